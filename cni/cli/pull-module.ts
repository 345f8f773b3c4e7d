import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { parseAnyManifest } from "../../registry/artifact/manifest.ts";
import { listAnnotationFaults } from "../../registry/artifact/module-annotations.ts";
import { prepareModule } from "../../registry/prepare/source.ts";
import { formatReference, type Reference } from "../../registry/reference.ts";
import { openStore, type StoredModule } from "../../registry/store/store.ts";
import { pullInto } from "../../registry/transfer.ts";
import type { TrustPolicy } from "../../registry/trust/policy.ts";
import { spawnTranspiler } from "../guest-process.ts";
import { findMisfitAsAny } from "./misfit.ts";
import type { Shell } from "./shell.ts";

/** A person waits here, and no pod. */
const TRANSPILING = { startTranspiler: () => spawnTranspiler(), prepareMs: 30_000 };

/** Where modules are brought to, and what is trusted there. */
export interface PullTarget {
  readonly store: string;
  readonly policy: TrustPolicy | undefined;
}

export interface PulledModule extends StoredModule {
  /** Why genie can't use it; it is in the store all the same. */
  readonly misfit: string | undefined;
}

/** Has a module in the store, ready to be loaded. One that can't be used is stored all the same. */
export async function pullModule(
  { store: folder, policy }: PullTarget,
  reference: Reference,
  shell: Shell,
): Promise<PulledModule> {
  const name = formatReference(reference);
  shell.progress(`pulling ${name} …`);
  const warn = (message: string) => shell.warn(message);
  const options = { ...(await shell.clientOptions()), policy, warn };
  const module = await pullInto(openStore(folder), reference, options);
  shell.progress(`preparing ${name} …`);
  const misfit = findMisfitAsAny(module.wasm) ?? (await findPrepareFault(folder, module));
  const [fault] = readEmbeddedMetadata(module.wasm).faults;
  if (fault !== undefined) shell.warn(`what ${name} says of itself can't be used: ${fault}`);
  if (misfit === undefined) for (const each of listDisagreements(module)) shell.warn(`${name}: ${each}`);
  return { ...module, misfit };
}

/** The annotations that who looks for a module sees, against what it is. */
function listDisagreements({ manifest, wasm, digest }: StoredModule): readonly string[] {
  return listAnnotationFaults(parseAnyManifest(manifest, digest).annotations, wasm);
}

/** Makes what the guest process runs. @returns why that can't be made */
export async function findPrepareFault(folder: string, module: StoredModule): Promise<string | undefined> {
  const prepared = await prepareModule(folder, module, TRANSPILING);
  return prepared.outcome === "ok" ? undefined : prepared.detail;
}
