import { mkdir } from "node:fs/promises";
import path from "node:path";
import { replaceFile } from "../../registry/file/atomic-file.ts";
import { buildModule } from "./module.ts";
import { findPackageRoot } from "./toolchain.ts";

/** The modules that come with genie: one folder of `selectors` each. */
export const BUILTIN_MODULES = [
  "bandwidth",
  "cheapest-within",
  "highest",
  "labels",
  "latency",
  "less-congested",
  "occupancy",
  "price",
  "spread",
  "subnets",
] as const;

/** Builds the modules that come with genie to `<folder>/<name>.wasm`. */
export async function buildBuiltinModules(folder: string): Promise<void> {
  const selectors = path.join(await findPackageRoot(), "selectors");
  await mkdir(folder, { recursive: true });
  for (const name of BUILTIN_MODULES) {
    const { component } = await buildModule({ file: path.join(selectors, name, "module.ts") });
    await replaceFile(path.join(folder, `${name}.wasm`), component, { tempDir: folder });
  }
}
