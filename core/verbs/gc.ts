import type { Config } from "../config.ts";
import { cleanDead } from "../delegate/clean.ts";
import { listFailures, toOneFailure } from "../delegate/failures.ts";
import { forward } from "../delegate/forward.ts";
import { Failure } from "../errors.ts";
import { listNetworks } from "../networks/candidates.ts";
import type { Attachment, GcPorts } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import type { JsonObject } from "../spec/json.ts";
import { VALID_ATTACHMENTS_KEYS, type ValidAttachment } from "../spec/valid-attachments.ts";
import { isAtLeast } from "../spec/versions.ts";
import { requireVersion } from "./required-version.ts";

export interface GcCall {
  readonly invocation: Invocation;
  readonly config: Config;
  /** What the runtime says is alive. */
  readonly valid: readonly ValidAttachment[];
}

/**
 * Undoes what this caller attached, no longer knows, and whose namespace is gone; then lets the plugins collect
 * theirs. The runtime's list speaks of its own containers only, so it never costs a living one its network.
 * Source: SPEC.md, "GC".
 *
 * @throws the first failure, after everything had its turn.
 */
export async function gc({ invocation, config, valid }: GcCall, ports: GcPorts): Promise<void> {
  requireVersion("GC", "1.1.0", config.cniVersion);
  if (config.disableGC === true) return;
  const isKept = (one: Attachment): boolean =>
    one.caller.network !== config.name || valid.some((living) => isOf(living, one));
  const containerIds = await ports.ledger.list();
  const failures = [...(await cleanDead({ containerIds, limit: Number.POSITIVE_INFINITY, isKept }, ports))];
  failures.push(...(await listFailures(() => collect({ invocation, config, valid }, ports))));
  if (failures.length > 0) throw toOneFailure(failures);
}

function isOf({ containerId, ifName }: ValidAttachment, { caller, ...one }: Attachment): boolean {
  return containerId === one.containerId && ifName === caller.ifName;
}

/**
 * Plugins free what belongs to none of the attachments that they are told: all of the ledger's, under the names of
 * their own interfaces, and the runtime's, which may be older than genie. An entry that can't be read could be any
 * network's: then none is asked.
 */
async function collect({ invocation, config, valid }: GcCall, ports: GcPorts): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const { network } of listNetworks(await ports.confFolder(), config).networks) {
    if (network.disableGC || !isAtLeast(network.cniVersion, "1.1.0")) continue;
    const attached = await readAll(ports); // again for each: the one before may have taken its time
    const living = [...attached.filter((one) => one.network === network.name), ...valid];
    const forwarding = { network, path: invocation.path, more: toMore(living) };
    failures.push(...(await listFailures(() => forward("GC", forwarding, ports))));
  }
  return failures;
}

/** @throws {Failure} ioFailure */
async function readAll({ ledger }: GcPorts): Promise<readonly Attachment[]> {
  const entries = await Promise.all((await ledger.list()).map((one) => ledger.read(one)));
  if (entries.every(({ hints }) => hints === undefined))
    return entries.flatMap(({ attachments }) => attachments);
  throw new Failure("ioFailure", "the ledger has an unreadable entry: plugins aren't asked to collect");
}

function toMore(living: readonly ValidAttachment[]): JsonObject {
  const listed = living.map(({ containerId, ifName }) => ({ containerID: containerId, ifname: ifName }));
  return Object.fromEntries(VALID_ATTACHMENTS_KEYS.map((key) => [key, listed]));
}
