/** From each template outside the clone to a placed pod, on a host that knows nothing of it: new, build, push, pin, ADD. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addNamespace } from "../setup/namespace.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { type AuthorFolder, makeAuthorFolder, PATIENT } from "./author-folder.ts";
import { callGenie, makeNode, readDecisions, type TestNode } from "./node.ts";

/** Green has the most addresses. */
const SUBNETS = {
  blue: { cidr: "10.10.1.0/29", gateway: "10.10.1.1" },
  green: { cidr: "10.10.2.0/28", gateway: "10.10.2.1" },
  red: { cidr: "10.10.3.0/29", gateway: "10.10.3.1" },
};

/** A busy machine must not decide which network a pod gets. */
const DEADLINE_MS = 5_000;

const undo = new AsyncDisposableStack();
let author: AuthorFolder;
let node: TestNode;
let host: string;

beforeAll(async () => {
  author = undo.use(await makeAuthorFolder());
  node = undo.use(await makeNode(SUBNETS));
  ({ host } = undo.use(await startRegistry({ dir: path.join(author.dir, "registry") })));
}, 60_000);
afterAll(() => undo.disposeAsync());

/** Both kinds prefer green: for its zone, and for its addresses. */
const KINDS = {
  scorer: {
    selection: (module: string) => ({ scorers: [{ module, settings: { zone: "a" } }] }),
    decidedBy: "scores",
    ranking: [{ network: "green", score: 1 }, { score: 0.2 }, { score: 0.2 }],
  },
  selector: {
    selection: (module: string) => ({ selector: { module } }),
    decidedBy: "selector",
    ranking: [{ network: "green", reason: expect.stringMatching(/^\d+ free addresses$/) }, {}, {}],
  },
} as const;

const ways = (["scorer", "selector"] as const).flatMap((kind) =>
  (["assemblyscript", "typescript"] as const).map((language) => ({ kind, language })),
);

test.concurrent.each(ways)(
  "a $kind in $language places a pod",
  async ({ kind, language }) => {
    const { selection, decidedBy, ranking } = KINDS[kind];
    const name = `${kind}-${language}`;
    const reference = `${host}/team/${name}:1`;
    const config = `${name}.conf`;
    const networks = { green: { attributes: { zone: "a" } } };
    const block = { networks, selection: { ...selection(reference), deadlineMs: DEADLINE_MS } };
    await writeFile(path.join(author.dir, config), JSON.stringify(node.config(block)));

    await author.geniectl("new", kind, "--lang", language, name);
    await author.geniectl("build", name);
    expect((await author.geniectl("test", name, ...PATIENT)).at(-1)).toMatch(/^(\d) of \1 cases passed$/);
    const [findings = ""] = await author.geniectl("check", `${name}.wasm`, ...PATIENT, "--json");
    expect(JSON.parse(findings).map((one: { state: string }) => one.state)).not.toContain("problem");
    const pushed = (await author.geniectl("push", `${name}.wasm`, reference)).at(-1);
    const pin = ["pin", "--config", config, "--store", node.storeDir];
    expect((await author.geniectl(...pin)).at(-1)).toBe(pushed);

    await using pod = await addNamespace();
    const stdin = await readFile(path.join(author.dir, config), "utf8");
    const added = await callGenie(node, { verb: "ADD", pod, stdin });
    expect(added, JSON.stringify(added)).toMatchObject({ exitCode: 0 });
    const decision = (await readDecisions(node)).find(({ containerId }) => containerId === pod.name);
    expect(decision).toMatchObject({ decidedBy, ranking, modules: [{ digest: pushed, outcome: "ok" }] });
    expect(await callGenie(node, { verb: "DEL", pod, stdin })).toMatchObject({ exitCode: 0 });
  },
  180_000,
);

test("a module in AssemblyScript has at most 15 kB", async () => {
  for (const kind of Object.keys(KINDS)) {
    const component = await readFile(path.join(author.dir, `${kind}-assemblyscript.wasm`));
    expect(component.byteLength).toBeLessThan(15_000);
  }
});
