/** oci-wasm, by which wkg and others publish: the layout is the same on both sides. */
import { copyFile, readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectComponent } from "../../core/wasm/component.ts";
import { sha256 } from "../../registry/digest.ts";
import { CLONE_DIR, DIST_DIR } from "../setup/build.ts";
import { type Desk, makeDesk } from "../setup/geniectl.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { OCI_WASM } from "../setup/rust.ts";

const BUILD_MS = 20 * 60_000;

const undo = new AsyncDisposableStack();
let desk: Desk;
let host: string;
let program: string;

beforeAll(async () => {
  desk = undo.use(await makeDesk());
  ({ host } = undo.use(await startRegistry({ dir: path.join(desk.folder, "registry") })));
  await copyFile(path.join(DIST_DIR, "modules/occupancy.wasm"), path.join(desk.folder, "ours.wasm"));
  const target = path.join(CLONE_DIR, ".cache/rust-oci-wasm");
  const words = ["build", "--locked", "--offline", "--target-dir", target];
  await execa("cargo", words, { cwd: OCI_WASM, timeout: BUILD_MS });
  program = path.join(target, "debug/oci-wasm-for-tests");
}, BUILD_MS);
afterAll(() => undo.disposeAsync());

const run = async (...words: string[]) => (await execa(program, words, { cwd: desk.folder })).stdout;
const read = (name: string) => readFile(path.join(desk.folder, name));

test("what geniectl pushes, oci-wasm pulls and understands", async () => {
  const reference = `${host}/team/ours:1`;
  const { exitCode, lastLine: digest } = await desk.run("push", "ours.wasm", reference);
  expect(exitCode).toBe(0);
  const component = await read("ours.wasm");
  const { imports, exports } = inspectComponent(component);
  expect(JSON.parse(await run("pull", "pulled.wasm", reference))).toMatchObject({
    digest,
    config: {
      architecture: "wasm",
      os: "wasip2",
      layerDigests: [sha256(component)],
      component: { imports, exports },
    },
  });
  expect((await read("pulled.wasm")).equals(component)).toBe(true);
});

test("what oci-wasm pushes, geniectl pulls, and says of it what oci-wasm says", async () => {
  const reference = `${host}/team/theirs:1`;
  const digest = await run("push", "ours.wasm", reference);
  const pulled = await desk.run("pull", reference, "--store", "store");
  expect(pulled).toMatchObject({ exitCode: 0, lastLine: digest });
  const { config } = JSON.parse(await run("pull", "theirs.wasm", reference));
  const { imports, exports } = inspectComponent(await read("ours.wasm"));
  expect(config).toMatchObject({ author: null, component: { imports, exports } });
});
