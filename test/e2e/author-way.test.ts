/** From an author's source outside the clone to a placed pod: build, push, pin, ADD; in both languages. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addNamespace } from "../setup/namespace.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { type AuthorFolder, makeAuthorFolder } from "./author-folder.ts";
import { callGenie, makeNode, readDecisions, type TestNode } from "./node.ts";

const SOURCES = {
  assemblyscript: `
import { Request, Verdict } from "genie-cni/sdk";
export function score(request: Request): Verdict[] {
  const verdicts: Verdict[] = [];
  for (let i = 0; i < request.candidates.length; i++) {
    verdicts.push(Verdict.score(request.candidates[i].attribute("tenant") == "a" ? 1 : 0));
  }
  return verdicts;
}`,
  typescript: `
import type { Request, Verdict } from "genie-cni/module";
export function score({ candidates }: Request): Verdict[] {
  const isOurs = (attributes: Request["candidates"][number]["attributes"]) =>
    attributes.some(({ key, value }) => key === "tenant" && value === "a");
  return candidates.map(({ attributes }) => ({ tag: "score", val: isOurs(attributes) ? 1 : 0 }));
}`,
};

const undo = new AsyncDisposableStack();
let author: AuthorFolder;
let node: TestNode;
let host: string;

beforeAll(async () => {
  author = undo.use(await makeAuthorFolder());
  node = undo.use(await makeNode());
  ({ host } = undo.use(await startRegistry({ dir: path.join(author.dir, "registry") })));
}, 60_000);
afterAll(() => undo.disposeAsync());

test.each(["assemblyscript", "typescript"] as const)("a scorer in %s places a pod", async (language) => {
  const [source, config] = [`tenant-${language}.ts`, `${language}.conf`];
  await writeFile(path.join(author.dir, source), SOURCES[language]);
  const networks = { green: { attributes: { tenant: "a" } } };
  await writeFile(path.join(author.dir, config), JSON.stringify(node.config({ networks, selection: {} })));

  const reference = `${host}/team/tenant-${language}:1`;
  await author.geniectl("build", source);
  const pushed = (await author.geniectl("push", `tenant-${language}.wasm`, reference)).at(-1);
  const pin = ["pin", "--config", config, "--store", node.storeDir, reference];
  expect((await author.geniectl(...pin)).at(-1)).toBe(pushed);

  await using pod = await addNamespace();
  const stdin = await readFile(path.join(author.dir, config), "utf8");
  const added = await callGenie(node, { verb: "ADD", pod, stdin });
  expect(added, JSON.stringify(added)).toMatchObject({ exitCode: 0 });
  expect((await readDecisions(node)).at(-1)).toMatchObject({
    decidedBy: "scores",
    ranking: [{ network: "green", score: 1 }, { score: 0 }, { score: 0 }],
    modules: [{ digest: pushed, outcome: "ok" }],
  });
  expect(await callGenie(node, { verb: "DEL", pod, stdin })).toMatchObject({ exitCode: 0 });
});
