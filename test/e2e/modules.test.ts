import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILTIN_MODULES } from "../../cni/author/builtin.ts";
import { DIST_DIR } from "../setup/build.ts";
import { addNamespace } from "../setup/namespace.ts";
import { type RegistryServer, startRegistry } from "../setup/registry-server.ts";
import { callGenie, makeNode, readDecisions, type TestNode, withAnnotations } from "./node.ts";
import { startNodeApi } from "./node-api.ts";

const SUBNETS = {
  blue: { cidr: "10.20.1.0/29", gateway: "10.20.1.1" },
  green: { cidr: "10.20.2.0/29", gateway: "10.20.2.1" },
  red: { cidr: "10.20.3.0/29", gateway: "10.20.3.1" },
};
/** What a /29 gives to pods: 8 less network, broadcast and gateway. */
const ADDRESSES = 5;

let node: TestNode;
let registry: RegistryServer;
let folder: string;
const undo = new AsyncDisposableStack();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-modules-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  registry = undo.use(await startRegistry({ dir: path.join(folder, "registry") }));
  node = undo.use(await makeNode(SUBNETS));
  await Promise.all(BUILTIN_MODULES.map(push));
});
afterAll(() => undo.disposeAsync());

async function geniectl(...words: string[]): Promise<string> {
  const { stdout } = await execa(path.join(DIST_DIR, "bin/geniectl"), words, {
    env: { GENIE_NODE: process.execPath },
  });
  return stdout.split("\n").at(-1) ?? "";
}

const push = (name: string) => geniectl("push", path.join(DIST_DIR, `modules/${name}.wasm`), refer(name));
const refer = (name: string) => `${registry.host}/genie/${name}:1.0.0`;

/** Longer than any module takes on the slowest machine: who is chosen is tested here, and not how fast. */
const deadlineMs = 10_000;

/** Writes genie's configuration with tags, has geniectl pin and pull it, and gives back what it became. */
async function configure(selection: object, networks: object = {}): Promise<Record<string, unknown>> {
  const file = path.join(folder, "00-genie.conf");
  await writeFile(
    file,
    JSON.stringify(node.config({ selection: { deadlineMs, ...selection }, networks }), undefined, 2),
  );
  await geniectl("pin", "--config", file);
  await geniectl("pull", "--config", file);
  return JSON.parse(await readFile(file, "utf8"));
}

/** Attaches pods one by one until none is left; answers who got what. */
async function attachPods(count: number, stdin: object, args = ""): Promise<readonly string[]> {
  await using pods = new AsyncDisposableStack();
  const networks: string[] = [];
  for (let at = 0; at < count; at++) {
    const pod = pods.use(await addNamespace());
    const added = await callGenie(node, { verb: "ADD", pod, stdin, args });
    expect(added, JSON.stringify(added)).toMatchObject({ exitCode: 0 });
    pods.defer(async () =>
      expect(await callGenie(node, { verb: "DEL", pod, stdin })).toMatchObject({ exitCode: 0 }),
    );
    networks.push(await findNetwork());
  }
  return networks;
}

async function findNetwork(): Promise<string> {
  const ranking = (await readDecisions(node)).at(-1)?.["ranking"] as { network: string }[];
  return ranking[0]?.network ?? "";
}

test("pushed twice, a module has the same digest", async () => {
  expect(await push("occupancy")).toBe(await push("occupancy"));
});

test("occupancy and highest spread the pods evenly", async () => {
  const stdin = await configure({
    scorers: [{ module: refer("occupancy") }],
    selector: { module: refer("highest") },
  });
  const networks = await attachPods(6, stdin);
  expect(networks.toSorted()).toEqual(["blue", "blue", "green", "green", "red", "red"]);
  expect((await readDecisions(node)).at(-1)).toMatchObject({
    decidedBy: "selector",
    ranking: [{ score: expect.closeTo(1 - 1 / ADDRESSES) }, {}, {}],
    modules: [
      { kind: "scorer", outcome: "ok" },
      { kind: "selector", outcome: "ok" },
    ],
  });
});

test("a scorer alone ranks by its scores", async () => {
  const stdin = await configure(
    { scorers: [{ module: refer("price") }] },
    { red: { pricePerHour: 1 }, blue: { pricePerHour: 2 } },
  );
  expect(await attachPods(2, stdin)).toEqual(["red", "red"]);
  expect((await readDecisions(node)).at(-1)).toMatchObject({
    decidedBy: "scores",
    ranking: [
      { network: "red", score: 1 },
      { network: "blue", score: 0.5 },
      { network: "green", score: 0 },
    ],
  });
});

test("cheapest-within takes the cheapest until it is too full", async () => {
  const stdin = await configure(
    { selector: { module: refer("cheapest-within"), settings: { atMost: { occupancy: 0.3 } } } },
    { green: { pricePerHour: 1 }, blue: { pricePerHour: 2 }, red: { pricePerHour: 3 } },
  );
  expect(await attachPods(5, stdin)).toEqual(["green", "green", "blue", "blue", "red"]);
});

test("what every scorer rejects is answered with 101, naming each rejection", async () => {
  const module = refer("occupancy");
  const stdin = await configure({ scorers: [{ module, settings: { rejectAt: 0 } }] });
  await using pod = await addNamespace();
  const { exitCode, answer } = await callGenie(node, { verb: "ADD", pod, stdin });
  expect({ exitCode, code: answer?.["code"] }).toEqual({ exitCode: 1, code: 101 });
  for (const name of ["blue", "green", "red"]) expect(answer?.["details"]).toContain(name);
});

const STATED = {
  blue: { capacityMbps: 1000, pricePerHour: 1, kpis: { "latency-ms": 9, loss: 0.05, "received-mbps": 700 } },
  green: { capacityMbps: 400, pricePerHour: 3, kpis: { "latency-ms": 3, loss: 0, "received-mbps": 10 } },
  red: { capacityMbps: 100, pricePerHour: 2, kpis: { "latency-ms": 6, loss: 0.001, "received-mbps": 5 } },
};

test.each([
  { name: "latency", kind: "scorer", settings: {}, network: "green" },
  { name: "bandwidth", kind: "scorer", settings: {}, network: "green" },
  {
    name: "cheapest-within",
    kind: "selector",
    settings: { atMost: { "latency-ms": 8, loss: 0.01 } },
    network: "red",
  },
  { name: "less-congested", kind: "selector", settings: {}, network: "red" },
])("by what the admin states, the $kind $name places pods", async ({ name, kind, settings, network }) => {
  const module = { module: refer(name), settings };
  const stdin = await configure(kind === "scorer" ? { scorers: [module] } : { selector: module }, STATED);
  expect(await attachPods(1, stdin)).toEqual([network]);
  expect((await readDecisions(node)).at(-1)).toMatchObject({ modules: [{ kind, outcome: "ok" }] });
});

const classes = { green: { attributes: { class: "gold" } } };
const byTier = () => ({ module: refer("labels"), settings: { match: { tier: "class" } } });

test("a pod's label places it, when the admin shows it", async () => {
  const labels = byTier();
  const pod = { args: { cni: { labels: [{ key: "tier", value: "gold" }] } } };
  const shown = await configure({ scorers: [{ ...labels, labels: ["tier"] }] }, classes);
  expect(await attachPods(1, { ...shown, ...pod })).toEqual(["green"]);
  expect((await readDecisions(node)).at(-1)).toMatchObject({
    rejected: [
      { network: "blue", reason: "class is not gold" },
      { network: "red", reason: "class is not gold" },
    ],
  });
  const hidden = await configure({ scorers: [labels] }, classes);
  expect(await attachPods(1, { ...hidden, ...pod })).toEqual(["blue"]);
});

test("a pod's label that nobody hands over is asked for once", async () => {
  const shown = await configure({ scorers: [{ ...byTier(), labels: ["tier"] }] }, classes);
  const { api, kubeconfig } = await startNodeApi(node, undo);
  const args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-1;K8S_POD_UID=u-1";
  const inCluster = { ...shown, ...withAnnotations(null), kubernetes: { kubeconfig } };
  api.answers = [{ body: { metadata: { uid: "u-1", labels: { tier: "gold" } } } }];
  expect(await attachPods(1, inCluster, args)).toEqual(["green"]);
  expect(api.asked.map(({ line }) => line).filter((line) => line.startsWith("GET"))).toEqual([
    "GET /api/v1/namespaces/default/pods/web-1",
  ]);
});
