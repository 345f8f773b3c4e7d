import { listSome } from "../../core/errors.ts";
import { isAway, RegistryFailure } from "../../registry/errors.ts";
import type { ArtifactReader } from "../../registry/reader.ts";
import { formatReference, type Reference } from "../../registry/reference.ts";
import { openStore, type StoredModule } from "../../registry/store/store.ts";
import { fetchSigned, findSound, isAdmitted, type SignedModule } from "../../registry/transfer.ts";
import type { TrustPolicy } from "../../registry/trust/policy.ts";
import { listSigners } from "../../registry/trust/signers.ts";
import type { ConfigFile } from "./config-file.ts";
import { settleEach } from "../../registry/some-at-a-time.ts";
import { toFetched, toPlace, withPlace } from "./module-place.ts";
import type { Pin } from "./pin-plan.ts";
import { pullModule } from "./pull-module.ts";
import type { Shell } from "./shell.ts";

export type Fetch = (reference: Reference) => Promise<SignedModule>;

interface FetchOptions {
  /** Where the modules are to be kept. Without it they are only looked at. */
  readonly store: string | undefined;
  /** Where a module may lie already, which saves the registry a question. */
  readonly usualStore: string;
  readonly policy: TrustPolicy | undefined;
}

/** Fetches each reference once, however many places name it. */
export function makeFetch(options: FetchOptions, shell: Shell): Fetch {
  const moduleByReference = new Map<string, Promise<SignedModule>>();
  return (reference) => {
    const name = formatReference(reference);
    const fetching = moduleByReference.get(name) ?? fetchOne(reference, options, shell);
    moduleByReference.set(name, fetching);
    return fetching;
  };
}

async function fetchOne(reference: Reference, options: FetchOptions, shell: Shell): Promise<SignedModule> {
  shell.progress(`resolving ${formatReference(reference)} …`);
  const { store, usualStore, policy } = options;
  const withSigners = async (module: StoredModule, reader: ArtifactReader): Promise<SignedModule> => {
    const named = { reference, digest: module.digest };
    return { module, signers: policy && (await listSigners(policy, named, reader)) };
  };
  if (store !== undefined) {
    const module = await pullModule({ store, policy }, reference, shell);
    if (module.misfit !== undefined)
      shell.warn(`genie can't use ${formatReference(reference)}: ${module.misfit}`);
    return await withSigners(module, openStore(store).reader(reference));
  }
  const present = await findPresent(reference, usualStore, policy);
  if (present !== undefined) return await withSigners(present, openStore(usualStore).reader(reference));
  return await fetchSigned(reference, { ...(await shell.clientOptions()), policy });
}

/** What is pinned may be there already; a tag beside the digest is to be asked about. */
async function findPresent(
  { tag, digest, ...repository }: Reference,
  folder: string,
  policy: TrustPolicy | undefined,
): Promise<StoredModule | undefined> {
  if (tag !== undefined || digest === undefined) return undefined;
  const store = openStore(folder);
  const present = await findSound(store, digest);
  if (present === undefined) return undefined;
  return (await isAdmitted(store, { reference: { ...repository, tag, digest }, digest }, policy))
    ? present
    : undefined;
}

export interface FoundModule extends SignedModule {
  readonly pin: Pin;
}

export interface FetchAllOptions {
  readonly config: ConfigFile;
  readonly fetch: Fetch;
  /** Told of what is pinned and can't be had just now; undefined where that is a failure, too. */
  readonly warn: ((message: string) => void) | undefined;
}

/** @throws {RegistryFailure} as the first module that can't be had, naming each with its place */
export async function fetchAll(
  pins: readonly Pin[],
  { config, fetch, warn }: FetchAllOptions,
): Promise<FoundModule[]> {
  const results = await settleEach(pins, async (pin) => {
    const { old, reference } = pin;
    const isPinned = reference.digest !== undefined && old === formatReference(reference);
    try {
      return { pin, ...(await fetch(isPinned ? toFetched(reference) : reference)) };
    } catch (error) {
      const place = toPlace({ owner: config.file, at: pin.at });
      if (!isPinned || warn === undefined || !isAway(error)) throw withPlace(error, place);
      warn(`${place}: ${error.message}: it stays as it is, and nothing of it was checked`);
      return [];
    }
  });
  const failures = results.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  throwAll(failures);
  return results.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
}

function throwAll(failures: readonly unknown[]): void {
  const known = failures.filter((each) => each instanceof RegistryFailure);
  if (known.length < failures.length) throw failures.find((each) => !(each instanceof RegistryFailure));
  const [first] = known;
  if (first === undefined) return;
  const messages = known.map(({ message }) => message);
  throw new RegistryFailure(first.kind, listSome(messages, "; "), { todo: first.todo, cause: first });
}
