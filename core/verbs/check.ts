import type { Config } from "../config.ts";
import { toPlaced } from "../delegate/failures.ts";
import { findNetns } from "../delegate/lifetime.ts";
import { runSilent } from "../delegate/run.ts";
import { Failure } from "../errors.ts";
import type { Attachment, CheckPorts } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import { isAtLeast } from "../spec/versions.ts";
import { requireVersion } from "./required-version.ts";

export interface CheckCall {
  readonly invocation: Invocation;
  readonly config: Config;
}

/**
 * Asks each plugin whether what it attached is still there, with the configuration and the result of its own
 * attachment. Source: SPEC.md, "CHECK".
 *
 * @throws the first plugin's error, {Failure} unknownContainer when nothing was attached, notAttached for half of it,
 * ioFailure when the ledger can't tell.
 */
export async function check({ invocation, config }: CheckCall, ports: CheckPorts): Promise<void> {
  requireVersion("CHECK", "0.4.0", config.cniVersion);
  const { containerId, ifName } = invocation;
  await using _lock = await ports.ledger.lock(containerId, ports.signal);
  const { attachments, hints } = await ports.ledger.read(containerId);
  if (hints !== undefined)
    throw new Failure("ioFailure", `the ledger's entry of ${containerId} is unreadable`);
  const ours = attachments.filter(({ caller }) => caller.ifName === ifName);
  if (ours.length === 0) {
    throw new Failure("unknownContainer", `${ifName} of ${containerId} is not attached`);
  }
  const whole = ours.filter(({ state }) => state === "attached"); // beside it may lie what a failed try left
  if (whole.length === 0) {
    const states = ours.map(({ state }) => state).join(", ");
    throw new Failure("notAttached", `${ifName} of ${containerId} is attached only in part: it is ${states}`);
  }
  for (const attachment of whole) {
    await requireInPlace(attachment, invocation, ports);
    await checkChain(attachment, invocation, ports);
  }
}

/** @throws {Failure} notAttached */
async function requireInPlace(attachment: Attachment, { netns }: Invocation, { kernel }: CheckPorts) {
  if ((await findNetns(attachment, netns, kernel)) !== "") return;
  throw new Failure(
    "notAttached",
    `${netns} is not the namespace in which ${attachment.ifName} was attached`,
  );
}

/** A network that is older than CHECK, or whose admin doesn't want it, is taken as it is. */
async function checkChain(attachment: Attachment, { netns, path }: Invocation, { exec, signal }: CheckPorts) {
  const { containerId, ifName, args, steps, cniVersion, checked } = attachment;
  if (!checked || !isAtLeast(cniVersion, "0.4.0")) return;
  const call = { containerId, ifName, args, netns, path, verb: "CHECK" } as const;
  try {
    for (const step of steps) await runSilent({ ...call, ...step }, exec, signal);
  } catch (failure) {
    throw toPlaced(failure, attachment);
  }
}
