import { listSome } from "../../core/errors.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { formatReference, type Reference } from "../../registry/reference.ts";
import { openStore, type StoredModule } from "../../registry/store/store.ts";
import { fetchArtifact, findSound, isAdmitted } from "../../registry/transfer.ts";
import type { NamedModule } from "../../registry/trust/admit.ts";
import type { TrustPolicy } from "../../registry/trust/policy.ts";
import type { ConfigFile } from "./config-file.ts";
import { settleFew } from "./few-at-once.ts";
import { toFetched, toPlace, withPlace } from "./module-place.ts";
import type { Pin } from "./pin-plan.ts";
import { pullModule } from "./pull-module.ts";
import type { Shell } from "./shell.ts";

export type Fetch = (reference: Reference) => Promise<StoredModule>;

interface FetchOptions {
  /** Where the modules are to be kept. Without it they are only looked at. */
  readonly store: string | undefined;
  /** Where a module may lie already, which saves the registry a question. */
  readonly usualStore: string;
  readonly policy: TrustPolicy | undefined;
}

/** Fetches each reference once, however many places name it. */
export function makeFetch(options: FetchOptions, shell: Shell): Fetch {
  const moduleByReference = new Map<string, Promise<StoredModule>>();
  return (reference) => {
    const name = formatReference(reference);
    const fetching = moduleByReference.get(name) ?? fetchOne(reference, options, shell);
    moduleByReference.set(name, fetching);
    return fetching;
  };
}

async function fetchOne(
  reference: Reference,
  { store, usualStore, policy }: FetchOptions,
  shell: Shell,
): Promise<StoredModule> {
  shell.progress(`resolving ${formatReference(reference)} …`);
  if (store !== undefined) {
    const module = await pullModule({ store, policy }, reference, shell);
    if (module.misfit !== undefined)
      shell.warn(`genie can't use ${formatReference(reference)}: ${module.misfit}`);
    return module;
  }
  const { tag, digest } = reference;
  const isPinned = tag === undefined && digest !== undefined; // a tag beside a digest is to be asked about
  const present = isPinned ? await findAdmitted({ reference, digest }, usualStore, policy) : undefined;
  return present ?? (await fetchArtifact(reference, { ...(await shell.clientOptions()), policy }));
}

async function findAdmitted(
  module: NamedModule,
  folder: string,
  policy: TrustPolicy | undefined,
): Promise<StoredModule | undefined> {
  const store = openStore(folder);
  const present = await findSound(store, module.digest);
  return present !== undefined && (await isAdmitted(store, module, policy)) ? present : undefined;
}

export interface FoundModule {
  readonly pin: Pin;
  readonly module: StoredModule;
}

/** @throws {RegistryFailure} as the first module that can't be had, naming each with its place */
export async function fetchAll(
  pins: readonly Pin[],
  config: ConfigFile,
  fetch: Fetch,
): Promise<FoundModule[]> {
  const results = await settleFew(pins, async (pin) => {
    const { old, reference } = pin;
    const isPinned = old === formatReference(reference);
    try {
      return { pin, module: await fetch(isPinned ? toFetched(reference) : reference) };
    } catch (error) {
      throw withPlace(error, toPlace(config, pin));
    }
  });
  const failures = results.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  throwAll(failures);
  return results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
}

function throwAll(failures: readonly unknown[]): void {
  const known = failures.filter((each) => each instanceof RegistryFailure);
  if (known.length < failures.length) throw failures.find((each) => !(each instanceof RegistryFailure));
  const [first] = known;
  if (first === undefined) return;
  const messages = known.map(({ message }) => message);
  throw new RegistryFailure(first.kind, listSome(messages, "; "), { todo: first.todo, cause: first });
}
