/** Modules without a store, as a daemon has them once it has read them. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { spawnGuest } from "../../cni/guest-process.ts";
import { openSandbox, type SandboxOptions } from "../../core/sandbox/host/sandbox.ts";
import type { ModuleSource, PreparedModule, Sandbox } from "../../core/sandbox/port.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { sha256 } from "../../registry/digest.ts";
import { prepare } from "../guests/prepared.ts";
import { DIST_DIR } from "../setup/build.ts";

/** A module by the reference that a configuration names it by. */
export interface KnownModule {
  readonly reference: string;
  readonly prepared: PreparedModule;
}

/** One that has just been built; prepared as a node does. */
export async function makeKnown(name: string, wasm: Uint8Array, kind: ModuleKind): Promise<KnownModule> {
  const digest = sha256(wasm);
  const prepared = await prepare(wasm, digest, kind);
  return { reference: `registry.example/soak/${name}@${digest}`, prepared };
}

/** One of those that come with genie. */
export async function makeBuiltin(name: string, kind: ModuleKind): Promise<KnownModule> {
  return await makeKnown(name, await readFile(path.join(DIST_DIR, "modules", `${name}.wasm`)), kind);
}

/** Has these modules and no other. */
export function openSource(modules: readonly KnownModule[]): ModuleSource {
  const byReference = new Map(modules.map(({ reference, prepared }) => [reference, prepared]));
  return {
    load: async (reference) => {
      const prepared = byReference.get(reference);
      if (prepared === undefined) return { outcome: "notInStore", detail: reference };
      return { outcome: "ok", value: { ...prepared, declared: { labels: [], annotations: [] } } };
    },
  };
}

/** A sandbox in which nothing is late. */
export function openGuests(
  options: SandboxOptions,
  program = path.join(DIST_DIR, "bin/genie-guest"),
): Sandbox {
  return openSandbox(() => spawnGuest(program), { memoryBytes: 16 * 2 ** 20, loadMs: 60_000 }, options);
}
