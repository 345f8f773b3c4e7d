import { chmod, glob, mkdtempDisposable, readFile, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type KeptNode, makeKeptNode } from "../../test/setup/kept-node.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { makeKeyPair } from "../../registry/trust/key.ts";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import type { Finding } from "../doctor/check.ts";

let kept: KeptNode;
let dir: string;
beforeEach(async () => {
  kept = await makeKeptNode();
  ({ dir } = kept.node);
  await kept.node.plugin("one", `echo '{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]}'`);
  await kept.node.conf("10-blue.conf", { cniVersion: "1.0.0", name: "blue", type: "one" });
});
afterEach(() => kept[Symbol.asyncDispose]());

const doctor = (...args: string[]) => kept.desk.run("doctor", "--cni-path", kept.node.path[0], ...args);

/** What a node with its configuration named is told, by the name of the check. */
async function examine(...args: string[]) {
  const { exitCode, stdout, stderr } = await doctor("--config", kept.configFile, "--json", ...args);
  const findings: readonly Finding[] = JSON.parse(stdout);
  const byCheck = Map.groupBy(findings, ({ check }) => check);
  return { exitCode, stderr, findings, of: (check: string) => byCheck.get(check) ?? [] };
}

/** Every file with its size and the time of its last change. */
async function takePicture(): Promise<readonly string[]> {
  const picture: string[] = [];
  for await (const name of glob("**", { cwd: dir })) {
    const { size, mtimeMs, ctimeMs } = await stat(path.join(dir, name));
    if (name !== "calls") picture.push(`${name} ${size} ${mtimeMs} ${ctimeMs}`);
  }
  return picture.toSorted();
}

test("a sound node has no problem, and nothing on it is changed", async () => {
  await kept.node.ledger.write("c1", [await kept.living()]);
  await writeFile(path.join(dir, "calls"), ""); // the scripted plugin's own
  const before = await takePicture();
  const { exitCode, stderr, findings, of } = await examine();
  expect(findings.filter(({ state }) => state === "problem")).toEqual([]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(before.length).toBeGreaterThan(4);
  expect(await takePicture()).toEqual(before);
  for (const finding of findings) {
    expect(finding).toStrictEqual({
      check: expect.stringMatching(/./),
      state: expect.stringMatching(/^(ok|warning)$/),
      detail: expect.stringMatching(/./),
      todo: finding.state === "ok" ? "" : expect.stringMatching(/./),
    });
  }
  expect(of("plugin one")).toMatchObject([
    { state: "ok", detail: expect.stringContaining("speaks 0.4.0, 1.0.0") },
  ]);
  expect(of("network blue")).toMatchObject([{ state: "ok" }]);
  expect(of("ledger")).toMatchObject([{ state: "ok", detail: "1 attachments" }]);
  expect(of("guest process")).toMatchObject([{ detail: expect.stringMatching(/^starts.* seccomp$/) }]);
  expect(of("program flock")).toMatchObject([{ state: "ok", detail: expect.stringContaining("util-linux") }]);
  expect(of("program genie-routes")).toMatchObject([
    { state: "ok", detail: expect.stringMatching(/dist\/bin\/genie-routes$/) },
  ]);
});

test("what is wrong is told with what to do, in a table and in one last line", async () => {
  await kept.node.conf("10-blue.conf", { cniVersion: "1.0.0", name: "blue", type: "missing" });
  const { exitCode, stdout, stderr } = await doctor("--config", kept.configFile);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^problem +network blue +10-blue\.conf needs missing, not found in .*\n +→ install /m,
  );
  expect(stderr).toMatch(/^error: 1 of \d+ checks found a problem: do what is said with network blue first$/);
});

test("plugins are asked what they speak; one that hangs costs seconds, and what it started ends", async () => {
  await kept.node.plugin("hangs", `echo $$ > '${dir}/pid'; sleep 60`);
  await kept.node.plugin("no-plugin", "echo hello");
  await kept.node.conf("20-new.conf", {
    cniVersion: "1.1.0",
    name: "new",
    type: "one",
    ipam: { type: "lost" },
  });
  await kept.node.conf("30-newer.conf", { cniVersion: "1.1.0", name: "newer", type: "one" });
  const { exitCode, of } = await examine();
  expect(exitCode).toBe(1);
  for (const name of ["hangs", "no-plugin"])
    expect(of(`plugin ${name}`)).toMatchObject([{ state: "warning" }]);
  expect(of("network new")).toMatchObject([
    { state: "problem", detail: expect.stringContaining("needs lost") },
  ]);
  expect(of("network newer")).toMatchObject([
    { state: "problem", detail: expect.stringContaining("1.1.0, which one doesn't speak") },
  ]);
  expect(await kept.node.has("pid")).toBe(true);
  await expect(isAlive(path.join(dir, "pid"))).resolves.toBe(false);
});

async function isAlive(pidFile: string): Promise<boolean> {
  const pid = Number(await readFile(pidFile, "utf8"));
  return await stat(`/proc/${pid}`).then(
    () => true,
    () => false,
  );
}

test("no plugin of a folder that anyone may write to is run", async () => {
  await chmod(kept.node.path[0], 0o777);
  const { of } = await examine();
  expect(of("plugins")).toMatchObject([
    { state: "problem", detail: expect.stringContaining("no program") },
    { state: "problem", detail: expect.stringContaining("anyone may write") },
  ]);
  expect(await kept.node.takeCalls()).toEqual([]);
});

test.each([
  ["is no JSON", "{", /:1 is not JSON/],
  ["is another plugin's", `{"type":"bridge"}`, /no plugin of type genie/],
  [
    "has an unknown key",
    `{"cniVersion":"1.0.0","name":"g","type":"genie","genie":{"stateDri":"/a"}}`,
    /stateDir/,
  ],
  ["has comments", `{"cniVersion":"1.0.0","name":"g","type":"genie"} // ours`, /comments/],
])("a configuration that %s is a problem, and the rest is looked at", async (_, text, detail) => {
  await writeFile(kept.configFile, text);
  const { exitCode, of } = await examine();
  expect({ exitCode, found: of("configuration")[0] }).toMatchObject({
    exitCode: 1,
    found: { state: "problem", detail: expect.stringMatching(detail) },
  });
  expect(of("plugin one")).toHaveLength(1);
});

test("a file that sorts before genie's own is told", async () => {
  await kept.node.conf("00-a.conf", { cniVersion: "1.0.0", name: "a", type: "one" });
  expect((await examine()).of("configuration")).toContainEqual(
    expect.objectContaining({ state: "warning", detail: expect.stringContaining("runtimes take 00-a.conf") }),
  );
});

test("a module that isn't in the store is a problem", async () => {
  const module = `registry.example/genie/price@sha256:${"a".repeat(64)}`;
  const genie = { confDir: path.join(dir, "net.d"), stateDir: dir, selection: { scorers: [{ module }] } };
  await kept.node.conf("00-genie.conf", { cniVersion: "1.0.0", name: "genie", type: "genie", genie });
  const { exitCode, of } = await examine();
  expect({ exitCode, found: of(`module ${module}`) }).toMatchObject({
    exitCode: 1,
    found: [{ state: "problem", todo: expect.stringContaining("geniectl pull") }],
  });
});

test("what is dead or unreadable in the ledger is told", async () => {
  await kept.node.ledger.write("c1", [await kept.dead(), await kept.living({ ifName: "eth1" })]);
  await writeFile(path.join(dir, "ledger/c2"), "torn");
  await writeFile(path.join(dir, "ledger/.unreadable-c3-1"), "torn");
  const { exitCode, of } = await examine();
  expect(exitCode).toBe(0);
  expect(of("ledger")).toMatchObject([{ state: "warning", detail: "2 attachments, 1 of them dead" }]);
  expect(of("ledger entry")).toMatchObject([
    { state: "warning", detail: expect.stringContaining("/ledger/c2 is torn") },
    { state: "warning", detail: expect.stringContaining("c3-1 was set aside") },
  ]);
});

test("state in memory is told, and so is a clock that was behind the latest decision", async () => {
  const latest = path.join(dir, "decisions.jsonl");
  await writeFile(latest, "");
  await utimes(latest, 4e9, 4e9);
  expect((await examine()).of("clock")).toMatchObject([
    { state: "warning", detail: expect.stringContaining("2096") },
  ]);
  await using memory = await mkdtempDisposable("/dev/shm/genie-");
  const { stdout } = await doctor("--state-dir", memory.path, "--json");
  const findings: readonly Finding[] = JSON.parse(stdout);
  expect(findings.find(({ check }) => check === "folder stateDir, disk")).toMatchObject({
    state: "warning",
    detail: expect.stringMatching(/^tmpfs, .*a reboot forgets/),
  });
});

test("a signal ends it at once, with the plugin that it waits for", async () => {
  await kept.node.plugin("hangs", `echo $$ > '${dir}/pid'; sleep 60`);
  const running = kept.desk.start("doctor", "--cni-path", kept.node.path[0]);
  await expect.poll(() => kept.node.has("pid"), { timeout: 10_000 }).toBe(true);
  running.kill("SIGINT");
  expect((await running).signal).toBe("SIGINT");
  expect(await isAlive(path.join(dir, "pid"))).toBe(false);
});

test("folders that aren't there or aren't safe are told, and none is made", async () => {
  await chmod(path.join(dir, "net.d"), 0o777);
  const { exitCode, of } = await examine();
  expect(exitCode).toBe(1);
  expect(of("folder confDir")).toMatchObject([
    { state: "problem", detail: expect.stringContaining("mode 777") },
  ]);
  const missing = path.join(dir, "a/b");
  const { stdout } = await doctor("--state-dir", missing, "--json");
  expect(stdout).toContain(`${missing} isn't there yet`);
  expect(await kept.node.has("a")).toBe(false);
});

test("a trust policy that holds a module back, can't be used or isn't where it should be is told", async () => {
  const artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  const module = `r.example/genie/near@${artifact.digest}`;
  const [policy, moduleStore] = [path.join(dir, "trust.json"), path.join(dir, "modules")];
  await openStore(moduleStore).put(artifact, parseReference(module));
  const selection = { scorers: [{ module }] };
  const genie = {
    confDir: path.join(dir, "net.d"),
    stateDir: dir,
    moduleStore,
    selection,
    trust: { policy },
  };
  await writeFile(
    kept.configFile,
    JSON.stringify({ cniVersion: "1.0.0", name: "genie", type: "genie", genie }),
  );
  expect((await examine()).of("trust policy")).toMatchObject([
    { state: "problem", detail: expect.stringContaining("can't be read (ENOENT)") },
  ]);
  const { publicPem } = makeKeyPair();
  const rule = { allOf: [{ key: publicPem, name: "team" }] };
  await writeFile(policy, JSON.stringify({ repositories: { "r.example": rule } }));
  const { of } = await examine();
  expect(of("trust policy")).toMatchObject([{ state: "ok" }]);
  expect(of(`module ${module}`)).toContainEqual(
    expect.objectContaining({
      state: "problem",
      detail: expect.stringContaining("no signature holds by team"),
    }),
  );
  await writeFile(policy, "{");
  expect((await examine()).of("trust policy")).toMatchObject([
    { state: "problem", detail: expect.stringContaining("is not a JSON object") },
  ]);
});
