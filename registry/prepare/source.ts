import { findErrno } from "../../core/errors.ts";
import { findWorldFault } from "../../core/wasm/component.ts";
import { formatFault } from "../../core/wasm/fault.ts";
import { readDeclaredKeys } from "../../core/metadata/declared-keys.ts";
import { GLUE, LIFT } from "../../core/sandbox/wire/message.ts";
import type { FoundModule, ModuleSource, PreparedModule } from "../../core/sandbox/port.ts";
import type { Records } from "../../core/sandbox/wire/records.ts";
import { openTurns } from "../../core/turns.ts";
import type { ModuleResult } from "../../core/select/outcome.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { RegistryFailure } from "../errors.ts";
import { parseReference } from "../reference.ts";
import { openStore, type StoredModule } from "../store/store.ts";
import { findPrepared, writePrepared } from "./prepared.ts";
import { transpile, type TranspileOptions } from "./transpile.ts";

/** What keeps a cache from being written, and nothing else from working. */
const UNWRITABLE: readonly (string | undefined)[] = ["EROFS", "EACCES", "EPERM", "ENOSPC", "EDQUOT"];

/** What keeps files from being read, whatever they hold; a code of another kind tells of a bug. */
const UNREADABLE: readonly (string | undefined)[] = [
  "EACCES",
  "EIO",
  "EISDIR",
  "ELOOP",
  "EMFILE",
  "ENAMETOOLONG",
  "ENFILE",
  "ENOMEM",
  "ENOTDIR",
  "ENXIO",
  "EPERM",
  "ESTALE",
  "ETIMEDOUT",
];

export interface SourceOptions extends TranspileOptions {
  /** The largest component that is loaded, whatever else a store may hold. */
  readonly moduleBytes: number;
}

/** Makes a module's records out of its component. */
type Make = (component: Uint8Array) => Promise<ModuleResult<Records>>;

/** Modules out of the embedded store. What other tools put there is prepared on first use, one after the other. */
export function openModuleSource(storeDir: string, options: SourceOptions): ModuleSource {
  const inTurn = openTurns();
  const { moduleBytes } = options;
  return {
    load: (reference, kind, signal) => {
      const make: Make = (component) => inTurn(() => transpile(component, options, signal));
      return orNotInStore(() => loadModule(reference, kind, { storeDir, make, moduleBytes }));
    },
  };
}

async function loadModule(
  reference: string,
  kind: ModuleKind,
  { storeDir, make, moduleBytes }: { storeDir: string; make: Make; moduleBytes: number },
): Promise<ModuleResult<FoundModule>> {
  const { digest } = parseReference(reference);
  const stored = digest === undefined ? undefined : await openStore(storeDir).findModule(digest);
  if (stored === undefined) return { outcome: "notInStore", detail: `run geniectl pull ${reference}` };
  const { byteLength } = stored.wasm;
  if (byteLength > moduleBytes)
    return { outcome: "memory", detail: `has ${byteLength} bytes; ${moduleBytes} are allowed` };
  const fault = findWorldFault(kind, stored.wasm);
  if (fault !== undefined) return { outcome: "wrongWorld", detail: formatFault(fault) };
  const prepared = await prepare(storeDir, stored, make);
  if (prepared.outcome !== "ok") return prepared;
  const module = toPreparedModule({ digest: stored.digest, kind }, prepared.value);
  return { outcome: "ok", value: { ...module, declared: readDeclaredKeys(stored.wasm) } };
}

/** The records of a prepared module, taken apart for the sandbox. */
export function toPreparedModule(
  { digest, kind }: Pick<PreparedModule, "digest" | "kind">,
  records: Records,
): PreparedModule {
  const coreByName = new Map(records);
  const glue = coreByName.get(GLUE) ?? new Uint8Array();
  const lift = coreByName.get(LIFT);
  coreByName.delete(GLUE);
  coreByName.delete(LIFT);
  return { digest, kind, glue, lift, coreByName };
}

/** Makes what the guest process runs, once for each module and version of the transpiler. */
export function prepareModule(
  storeDir: string,
  module: Pick<StoredModule, "digest" | "wasm">,
  options: TranspileOptions,
): Promise<ModuleResult<Records>> {
  return prepare(storeDir, module, (component) => transpile(component, options));
}

async function prepare(
  storeDir: string,
  { digest, wasm }: Pick<StoredModule, "digest" | "wasm">,
  make: Make,
): Promise<ModuleResult<Records>> {
  const found = await findPrepared(storeDir, digest);
  if (found !== undefined) return { outcome: "ok", value: found };
  const made = await make(wasm);
  if (made.outcome !== "ok") return made;
  try {
    await writePrepared(storeDir, digest, made.value);
  } catch (error) {
    if (!UNWRITABLE.includes(findErrno(error))) throw error;
  }
  return made;
}

/** To a decision, a store that is damaged or can't be read is a store without the module. */
async function orNotInStore<T>(find: () => Promise<ModuleResult<T>>): Promise<ModuleResult<T>> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof RegistryFailure) {
      return { outcome: "notInStore", detail: `${error.message}: ${error.todo}` };
    }
    const code = findErrno(error);
    if (!UNREADABLE.includes(code)) throw error;
    return { outcome: "notInStore", detail: `the module store can't be read (${code})` };
  }
}
