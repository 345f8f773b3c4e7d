import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { findMisfit, inspectComponent } from "../../core/wasm/component.ts";
import { findKind } from "../../registry/artifact/module-kind.ts";
import { BUILTIN_MODULES, buildBuiltinModules } from "./builtin.ts";

async function digestModules(folder: string): Promise<string[]> {
  const files = BUILTIN_MODULES.map((name) => readFile(path.join(folder, `${name}.wasm`)));
  return (await Promise.all(files)).map((bytes) => createHash("sha256").update(bytes).digest("hex"));
}

test(
  "two processes in two folders build the same bytes, and each module fits its world",
  { timeout: 120_000 },
  async () => {
    await using undo = new AsyncDisposableStack();
    const folder = await mkdtemp(path.join(tmpdir(), "genie-builtin-"));
    undo.defer(() => rm(folder, { recursive: true }));
    const [here, there] = [path.join(folder, "here"), path.join(folder, "there")];

    await buildBuiltinModules(here);
    const script = `
    import { buildBuiltinModules } from ${JSON.stringify(path.join(import.meta.dirname, "builtin.ts"))};
    await buildBuiltinModules(${JSON.stringify(there)});`;
    await execa(process.execPath, ["--input-type=module", "-e", script], { cwd: folder });

    expect(await digestModules(there)).toEqual(await digestModules(here));
    const fitting = BUILTIN_MODULES.map(async (name) => {
      const component = await readFile(path.join(here, `${name}.wasm`));
      const kind = findKind(inspectComponent(component).exports);
      return [name, kind === undefined ? "is of no kind" : findMisfit(kind, component)];
    });
    expect(await Promise.all(fitting)).toEqual(BUILTIN_MODULES.map((name) => [name, undefined]));
  },
);
