import { writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { makeComponent } from "../../test/fakes/component.ts";
import type { FakeRegistry } from "../../test/fakes/registry.ts";
import type { Desk } from "../../test/setup/geniectl.ts";
import { setUpDesk } from "../../test/setup/registry-desk.ts";

let registry: FakeRegistry;
let desk: Desk;
beforeEach(async () => {
  ({ desk, registry } = await setUpDesk());
});

const at = (name: string) => `${registry.host}/genie/${name}`;
const pull = (...args: string[]) => desk.run("pull", "--config", "genie.conf", ...args);
const push = async (file: string, name: string) => (await desk.run("push", file, at(name))).lastLine;

async function configure(scorers: readonly string[], selector: string): Promise<void> {
  const selection = { scorers: scorers.map((module) => ({ module })), selector: { module: selector } };
  const genie = { moduleStore: path.join(desk.folder, "store"), selection };
  const config = { cniVersion: "1.0.0", name: "genie", type: "genie", genie };
  await writeFile(path.join(desk.folder, "genie.conf"), JSON.stringify(config));
}

async function listStored(): Promise<readonly string[]> {
  const { stdout } = await desk.run("list", "--config", "genie.conf", "--json");
  return JSON.parse(stdout).map(({ digest }: { digest: string }) => digest);
}

test("one that can't be had, and one that can't be used, keep no other out of the store", async () => {
  await writeFile(path.join(desk.folder, "other.wasm"), await makeComponent([]));
  const scorer = await push("scorer.wasm", "scorer:1");
  const other = await push("other.wasm", "other:1");
  const gone = at(`gone@sha256:${"0".repeat(64)}`);
  await configure([at(`scorer@${scorer}`), gone], at(`other@${other}`));
  const { exitCode, stdout, stderr } = await pull();
  expect({ exitCode, stdout: stdout.split("\n").at(-1) }).toEqual({ exitCode: 1, stdout: other });
  const lines = stderr.split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^warning: genie\.conf: genie\.selection\.scorers\[1\]\.module: GET .* 404 /);
  expect(lines[1]).toMatch(/^warning: genie\.conf: genie\.selection\.selector\.module: .*doesn't export/);
  expect(lines[2]).toBe("error: 1 of 3 modules of genie.conf can't be had: do what is said with each");
  expect((await listStored()).toSorted()).toEqual([other, scorer].toSorted());

  const asJson = await pull("--json");
  expect(asJson).toMatchObject({ exitCode: 1, stderr });
  const wantedBy = ["genie.conf"];
  expect(JSON.parse(asJson.stdout)).toEqual({
    digest: other,
    modules: [
      { reference: at(`scorer@${scorer}`), digest: scorer, fault: null, wantedBy },
      { reference: gone, digest: null, fault: expect.stringContaining("404"), wantedBy },
      {
        reference: at(`other@${other}`),
        digest: other,
        fault: expect.stringContaining("doesn't export"),
        wantedBy,
      },
    ],
  });
});

test("a module that stands in two places is asked for once", async () => {
  const scorer = await push("scorer.wasm", "scorer:1");
  const selector = await push("selector.wasm", "selector:1");
  const twice = at(`scorer@${scorer}`);
  await configure([twice, twice], at(`selector@${selector}`));
  registry.log.length = 0;
  expect(await pull()).toMatchObject({ exitCode: 0, stderr: "" });
  const manifests = registry.log.filter(({ line }) => line === `GET /v2/genie/scorer/manifests/${scorer}`);
  expect(manifests).toHaveLength(1);
});

test("a tag is pulled, and that no pod is attached with it is told", async () => {
  await push("scorer.wasm", "scorer:1");
  const selector = await push("selector.wasm", "selector:1");
  await configure([at("scorer:1")], at(`selector@${selector}`));
  expect(await pull()).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("genie.selection.scorers[0].module: must be pinned by digest"),
  });
});

test("what a manifest says in the face of its module is told; the module counts", async () => {
  await push("scorer.wasm", "scorer:1");
  const manifest = JSON.parse(String(registry.manifestByName.get("genie/scorer/1")));
  manifest.annotations["io.github.cni-genie.module.kind"] = "selector\u001b[2J";
  registry.manifestByName.set("genie/scorer/1", Buffer.from(JSON.stringify(manifest)));
  const { exitCode, stderr } = await desk.run("pull", at("scorer:1"), "--store", "store");
  expect(exitCode).toBe(0);
  expect(stderr).toBe(
    `warning: ${at("scorer:1")}: the annotation io.github.cni-genie.module.kind says "selector", the module itself "scorer"`,
  );
});

test("a registry that refuses everything is told once, also where the digest is known", async () => {
  registry.fault = ({ url = "" }, response) => {
    const answer = () => response.writeHead(403).end();
    if (url.includes("sha256:")) setTimeout(answer, 300);
    else answer();
    return true;
  };
  const { exitCode, stderr } = await desk.run("pull", at(`near@sha256:${"0".repeat(64)}`), "--store", "s");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/^error: GET [^\n]* 403/),
  });
});
