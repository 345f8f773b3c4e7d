/** Modules that only the cluster's policies name, as the built geniectl brings them to a node and keeps them there. */
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { addNote, makeComponent, SCORER } from "../fakes/component.ts";
import { type FakeRegistry, startFakeRegistry } from "../fakes/registry.ts";
import { writeKubeconfig } from "../fakes/kubeconfig.ts";
import { type KeptNode, makeKeptNode } from "../setup/kept-node.ts";
import { type ClusterServer, startCluster } from "./api-server.ts";
import { deploy } from "./manifests.ts";
import { issueToken, mustCall } from "./pods.ts";

const POLICIES = "/apis/cni-genie.github.io/v1alpha1/selectionpolicies";

let cluster: ClusterServer;
let token: string;
let kept: KeptNode;
let registry: FakeRegistry;
/** Named by the node's configuration, and by a policy alone. */
let own: string;
let brought: string;

beforeAll(async () => {
  await using undo = new AsyncDisposableStack();
  cluster = undo.use(await startCluster());
  await deploy(cluster);
  token = await issueToken(cluster, { namespace: "kube-system", serviceAccount: "genie" });
  const held = undo.move();
  return () => held.disposeAsync();
});
beforeEach(async () => {
  await using undo = new AsyncDisposableStack();
  kept = undo.use(await makeKeptNode());
  registry = undo.use(await startFakeRegistry());
  own = await push("own:1.0.0", "name");
  brought = await push("brought:1.0.0", "producers");
  await configure();
  await mustCall(cluster, { method: "DELETE", path: POLICIES });
  await createPolicy("tenants", { scorers: [{ module: brought }], selector: [{ module: brought }] });
  const held = undo.move();
  return () => held.disposeAsync();
});

/** Pushes a module that no other note gives. @returns its pinned reference. */
async function push(name: string, note: string): Promise<string> {
  const { desk } = kept;
  await writeFile(path.join(desk.folder, "noted.wasm"), addNote(await makeComponent(SCORER), note));
  const { lastLine } = await desk.run("push", "noted.wasm", `${registry.host}/genie/${name}`);
  return `${registry.host}/genie/${name}@${lastLine}`;
}

async function configure(genie: object = {}): Promise<void> {
  const { dir } = kept.node;
  const kubeconfig = await writeKubeconfig(path.join(dir, "kubeconfig"), {
    cluster: { server: cluster.url, "certificate-authority": cluster.certified.authority },
    user: { token },
  });
  const folders = { confDir: path.join(dir, "net.d"), stateDir: dir, moduleStore: path.join(dir, "modules") };
  const selection = { scorers: [{ module: own }] };
  await kept.node.conf("00-genie.conf", {
    cniVersion: "1.0.0",
    name: "genie",
    type: "genie",
    kubernetes: { kubeconfig },
    genie: { ...folders, policySource: "cluster", selection, ...genie },
  });
}

async function createPolicy(name: string, selection: object): Promise<void> {
  const head = { apiVersion: "cni-genie.github.io/v1alpha1", kind: "SelectionPolicy", metadata: { name } };
  await mustCall(cluster, { method: "POST", path: POLICIES, body: { ...head, spec: { selection } } });
}

const run = (verb: string, ...args: string[]) => kept.desk.run(verb, "--config", kept.configFile, ...args);
const digestOf = (reference: string) => reference.slice(reference.indexOf("@") + 1);

async function listStored(): Promise<readonly string[]> {
  const { stdout } = await run("list", "--json");
  return JSON.parse(stdout).map(({ digest }: { digest: string }) => digest);
}

test("pull brings what policies name, and says which one wants it", async () => {
  const { exitCode, stdout, stderr } = await run("pull");
  const store = path.join(kept.node.dir, "modules");
  expect({ exitCode, stdout: stdout.split("\n") }).toEqual({
    exitCode: 0,
    stdout: [
      `${own} is in ${store}`,
      `${brought} is in ${store}, for SelectionPolicy tenants`,
      digestOf(brought),
    ],
  });
  expect(stderr).toBe(
    "warning: SelectionPolicy tenants: spec.selection.selector[0].module: is no selector: " +
      "it doesn't export genie:selection/selecting@1.0",
  );
  expect((await listStored()).toSorted()).toEqual([own, brought].map(digestOf).toSorted());
  const { stdout: asJson } = await run("pull", "--json");
  expect(JSON.parse(asJson).modules).toMatchObject([
    { reference: own, wantedBy: [kept.configFile] },
    { reference: brought, wantedBy: ["SelectionPolicy tenants"] },
  ]);
});

test("what a policy names and no registry has is told, and keeps no other out", async () => {
  const gone = `${registry.host}/genie/gone@sha256:${"0".repeat(64)}`;
  await createPolicy("lost", { scorers: [{ module: gone }] });
  const { exitCode, stderr } = await run("pull");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^warning: SelectionPolicy lost: spec\.selection\.scorers\[0\]\.module: GET [^\n]* 404 /m,
    ),
  });
  expect(await listStored()).toHaveLength(2);
});

test("a node whose file may not be overridden needs none of them", async () => {
  await configure({ overridable: false });
  expect(await run("pull")).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await listStored()).toEqual([digestOf(own)]);
});

test("outdated looks at them, and says in which policy a newer one is to be written", async () => {
  const newer = await push("brought:1.1.0", "name");
  const { exitCode, stdout } = await run("outdated", "--json");
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { reference: own, places: [`${kept.configFile}: genie.selection.scorers[0].module`], findings: [] },
    {
      reference: brought,
      places: [
        "SelectionPolicy tenants: spec.selection.scorers[0].module",
        "SelectionPolicy tenants: spec.selection.selector[0].module",
      ],
      findings: [
        {
          what: "newer",
          todo: `write ${registry.host}/genie/brought@${digestOf(newer)} into SelectionPolicy tenants`,
        },
      ],
    },
  ]);
});

test("prune keeps what policies name, and nothing that none names any more", async () => {
  await run("pull");
  const prune = () =>
    run("prune", "--conf-dir", path.join(kept.node.dir, "net.d"), "--older-than", "0", "--all");
  expect(await prune()).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await listStored()).toHaveLength(2);
  await mustCall(cluster, { method: "DELETE", path: `${POLICIES}/tenants` });
  expect(await prune()).toMatchObject({ exitCode: 0 });
  expect(await listStored()).toEqual([digestOf(own)]);
});

test("mirror takes them along, and repair gives them their names again", async () => {
  const archive = path.join(kept.node.dir, "modules.tar");
  const mirrored = await run("mirror", "--to", archive, "--json");
  expect(mirrored).toMatchObject({ exitCode: 0, stderr: "" });
  expect(JSON.parse(mirrored.stdout).artifacts).toMatchObject([{ reference: own }, { reference: brought }]);
  await run("pull");
  const store = path.join(kept.node.dir, "modules");
  for (const file of await readdir(store))
    if (file.startsWith("index.json")) await rm(path.join(store, file));
  const repaired = await run("repair", "--json");
  expect(JSON.parse(repaired.stdout)).toMatchObject({ damaged: [], added: { length: 2 } });
  const { stdout } = await run("list", "--json");
  for (const reference of [own, brought]) expect(stdout).toContain(`"${reference}"`);
});

test("without the API server, the configuration's modules are there, and one error tells of the others", async () => {
  await run("pull");
  await cluster.stop();
  await using _up = { [Symbol.asyncDispose]: () => cluster.start() };
  const error = /^error: the modules of SelectionPolicies aren't known: the API server can't be reached \(/;
  const pulled = await run("pull");
  expect(pulled).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(error) });
  expect(pulled.stderr.split("\n")).toHaveLength(1);
  expect(pulled.stdout).toContain(`${own} is in `);
  const outdated = await run("outdated", "--json");
  expect(outdated).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(error) });
  expect(JSON.parse(outdated.stdout)).toMatchObject([{ reference: own, findings: [] }]);
  const mirrored = await run("mirror", "--to", path.join(kept.node.dir, "modules.tar"), "--json");
  expect(mirrored).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(error) });
  expect(JSON.parse(mirrored.stdout).artifacts).toMatchObject([{ reference: own }]);
  const warned = { exitCode: 0, stderr: expect.stringMatching(/^warning: the modules of SelectionPolicies/) };
  expect(await run("repair")).toMatchObject(warned);
  expect(await run("modules")).toMatchObject(warned);
  const words = ["--conf-dir", path.join(kept.node.dir, "net.d"), "--older-than", "0", "--all"];
  expect(await run("prune", ...words)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(error) });
  expect(await listStored()).toHaveLength(2);
});
