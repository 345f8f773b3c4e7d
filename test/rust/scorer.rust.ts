/** The example in Rust, with the words of its README: built, tested and pushed, then it places a pod. */
import { cp, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AuthorFolder, makeAuthorFolder, PATIENT } from "../e2e/author-folder.ts";
import { callGenie, makeNode, readDecisions, type TestNode } from "../e2e/node.ts";
import { CLONE_DIR } from "../setup/build.ts";
import { addNamespace } from "../setup/namespace.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { RUST_EXAMPLE } from "../setup/rust.ts";

/** As the crate is said to be found by wit-bindgen: the worlds two folders above. */
const WIT = "selectors/wit/world.wit";
const COMMANDS = /```sh\n(?<text>[^]*?)```/;

/** A busy machine must not decide which network a pod gets. */
const DEADLINE_MS = 5_000;

const undo = new AsyncDisposableStack();
let author: AuthorFolder;
let node: TestNode;
let host: string;
let folder: string;

beforeAll(async () => {
  author = undo.use(await makeAuthorFolder());
  node = undo.use(await makeNode());
  ({ host } = undo.use(await startRegistry({ dir: path.join(author.dir, "registry") })));
  folder = path.join(author.dir, "examples/02-rust-scorer");
  await cp(RUST_EXAMPLE, folder, { recursive: true, filter: (file) => path.basename(file) !== "target" });
  await cp(path.join(CLONE_DIR, WIT), path.join(author.dir, WIT));
  const target = path.join(CLONE_DIR, ".cache/rust");
  await mkdir(target, { recursive: true });
  await symlink(target, path.join(folder, "target")); // the crates are compiled once
});
afterAll(() => undo.disposeAsync());

test("the commands of its README build it and pass its golden cases", async () => {
  const readme = await readFile(path.join(RUST_EXAMPLE, "README.md"), "utf8");
  const commands = COMMANDS.exec(readme)?.groups?.["text"] ?? "";
  const patient = commands.replaceAll(/^geniectl (check|test) .*$/gm, `$& ${PATIENT.join(" ")}`);
  const { stdout } = await execa("sh", ["-ec", patient], {
    cwd: folder,
    env: {
      PATH: `${path.join(author.dir, "node_modules/genie-cni/dist/bin")}:${process.env["PATH"]}`,
      GENIE_NODE: process.execPath,
      CARGO_NET_OFFLINE: "true",
    },
  });
  expect(stdout).toMatch(/^near\.wasm: scorer in wasm, \d+\.\d kB$/m);
  expect(stdout).toMatch(/^ok +component +\d+ bytes, no import$/m);
  expect(stdout).toMatch(/^4 of 4 cases passed$/m);
  const { size } = await stat(path.join(folder, "near.wasm"));
  expect(size).toBeLessThan(100_000);
});

test("it places a pod", async () => {
  const [file, reference] = [path.join(folder, "node.conf"), `${host}/team/near:1`];
  const networks = { green: { attributes: { zone: "b" } }, red: { attributes: { zone: "a" } } };
  const scorers = [{ module: reference, settings: { zone: "b" } }];
  const selection = { scorers, deadlineMs: DEADLINE_MS };
  await writeFile(file, JSON.stringify(node.config({ networks, selection })));
  const pushed = (await author.geniectl("push", path.join(folder, "near.wasm"), reference)).at(-1);
  await author.geniectl("pin", "--config", file);
  await author.geniectl("pull", "--config", file);

  await using pod = await addNamespace();
  const stdin = await readFile(file, "utf8");
  const added = await callGenie(node, { verb: "ADD", pod, stdin });
  expect(added, JSON.stringify(added)).toMatchObject({ exitCode: 0 });
  expect((await readDecisions(node)).at(-1)).toMatchObject({
    decidedBy: "scores",
    ranking: [{ network: "green", score: 1 }, { score: 0.2 }, { score: 0.2 }],
    modules: [{ digest: pushed, outcome: "ok" }],
  });
  expect(await callGenie(node, { verb: "DEL", pod, stdin })).toMatchObject({ exitCode: 0 });
});
