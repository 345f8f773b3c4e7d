import { Command } from "commander";
import { DEFAULT_MODULE_STORE } from "../../core/config.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { findKind } from "../../registry/artifact/module-kind.ts";
import type { Digest } from "../../registry/digest.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { isPrepared } from "../../registry/prepare/prepared.ts";
import { openStore, type Store } from "../../registry/store/store.ts";
import { findStore } from "./config-file.ts";
import type { Shell } from "./shell.ts";
import { formatSize } from "../../registry/size.ts";
import { printTable } from "./table.ts";

interface ListedModule {
  readonly digest: Digest;
  readonly references: readonly string[];
  /** Null when it's neither a scorer nor a selector, or can't be read. */
  readonly kind: ModuleKind | null;
  readonly sizeBytes: number | null;
  readonly prepared: boolean;
  /** Why it can't be used, if it's damaged. */
  readonly fault: string | null;
}

/** `geniectl list` */
export function listCommand(shell: Shell): Command {
  return new Command("list")
    .description("show the modules in the store of this node")
    .option("--config <file>", "take the module store of this .conf or .conflist")
    .option("--store <dir>", `the module store (default: ${DEFAULT_MODULE_STORE})`)
    .option("--json", "print one JSON document")
    .action(async (options: { config?: string; store?: string; json?: true }) => {
      const store = await findStore(options);
      const modules = await listModules(store);
      if (options.json === true) return shell.printJson(modules);
      if (modules.length === 0) return shell.print(`no modules in ${store}`);
      printTable([["REFERENCE", "DIGEST", "KIND", "SIZE", "PREPARED"], ...modules.flatMap(toRows)], shell);
      for (const { fault } of modules) if (fault !== null) shell.warn(fault);
    });
}

async function listModules(folder: string): Promise<ListedModule[]> {
  const store = openStore(folder);
  const entries = await store.listEntries();
  const byDigest = Map.groupBy(entries, ({ digest }) => digest);
  const modules: ListedModule[] = [];
  for (const [digest, named] of byDigest) {
    const found = await inspect(store, digest);
    if (found === undefined) continue;
    const references = named.flatMap(({ reference }) => reference ?? []);
    modules.push({ digest, references, ...found, prepared: await isPrepared(folder, digest) });
  }
  return modules;
}

/** Undefined for what other tools have put there and is no module, such as a signature. */
async function inspect(
  store: Store,
  digest: Digest,
): Promise<Pick<ListedModule, "kind" | "sizeBytes" | "fault"> | undefined> {
  try {
    const module = await store.findModule(digest);
    if (module === undefined)
      return { kind: null, sizeBytes: null, fault: `${digest} is named but missing: pull it again` };
    return {
      kind: findKind(module.shape.exports) ?? null,
      sizeBytes: module.wasm.byteLength,
      fault: null,
    };
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    if (error.kind === "notModule") return undefined;
    return { kind: null, sizeBytes: null, fault: `${error.message}: ${error.todo}` };
  }
}

function toRows({ digest, references, kind, sizeBytes, prepared, fault }: ListedModule): string[][] {
  const state = fault === null ? (kind ?? "unknown") : "damaged";
  const facts = [digest, state, sizeBytes === null ? "-" : formatSize(sizeBytes), prepared ? "yes" : "no"];
  return (references.length === 0 ? ["-"] : references).map((reference) => [reference, ...facts]);
}
