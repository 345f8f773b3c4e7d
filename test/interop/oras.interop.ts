/** ORAS and we, over a real registry: what one publishes, the other has. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Desk, makeDesk } from "../setup/geniectl.ts";
import { findGoTool } from "../setup/go-tools.ts";
import { type RegistryServer, startRegistry } from "../setup/registry-server.ts";
import { runProgram } from "./program.ts";

const oras = await findGoTool("oras");

describe.skipIf(oras === undefined)("oras", () => {
  const undo = new AsyncDisposableStack();
  let desk: Desk;
  let registry: RegistryServer;
  beforeAll(async () => {
    desk = undo.use(await makeDesk());
    registry = undo.use(await startRegistry({ dir: path.join(desk.folder, "registry") }));
  });
  afterAll(() => undo.disposeAsync());

  const runOras = (...words: string[]) => runProgram([oras ?? "", ...words], { cwd: desk.folder });

  test("pulls what we push, into a file with a name", async () => {
    const reference = `${registry.host}/team/scorer:1`;
    const { lastLine: digest } = await desk.run("push", "scorer.wasm", reference);
    expect(await runOras("resolve", "--plain-http", reference)).toBe(digest);
    await runOras("pull", "--plain-http", "-o", "pulled", reference);
    expect(await readdir(path.join(desk.folder, "pulled"))).toEqual(["module.wasm"]);
    expect(await readFile(path.join(desk.folder, "pulled/module.wasm"))).toEqual(
      await readFile(path.join(desk.folder, "scorer.wasm")),
    );
  });
});
