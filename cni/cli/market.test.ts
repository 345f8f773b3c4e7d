/** `geniectl market` as it's shipped, in front of a real docker-registry. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseCatalogueName } from "../../registry/catalogue/name.ts";
import { publishEntry } from "../../registry/catalogue/update.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import type { Digest } from "../../registry/digest.ts";
import { makeEntry } from "../../test/fakes/catalogue-entry.ts";
import { makeAuthorFolder } from "../../test/e2e/author-folder.ts";
import { CLONE_DIR, DIST_DIR } from "../../test/setup/build.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { startRegistry } from "../../test/setup/registry-server.ts";

const SOURCES = path.join(CLONE_DIR, "selectors/cheapest-within");

const undo = new AsyncDisposableStack();
let desk: Desk;
let host: string;
let catalogue: string;
let digest: Digest;

beforeAll(async () => {
  desk = undo.use(await makeDesk());
  ({ host } = undo.use(await startRegistry({ dir: path.join(desk.folder, "registry") })));
  catalogue = `${host}/team/catalogue`;
  const documents = [
    "--readme",
    path.join(SOURCES, "README.md"),
    "--cases",
    path.join(SOURCES, "golden.json"),
  ];
  const module = path.join(DIST_DIR, "modules/cheapest-within.wasm");
  const pushed = await desk.run("push", module, `${host}/team/cheapest-within:1.0.0`, ...documents);
  expect(pushed).toMatchObject({ exitCode: 0 });
  digest = pushed.lastLine as Digest;
  await publish({ repository: `${host}/team/cheapest-within`, digest, kind: "selector" });
}, 60_000);
afterAll(() => undo.disposeAsync());

async function publish(more: Parameters<typeof makeEntry>[0]): Promise<void> {
  using client = new RegistryClient(parseCatalogueName(catalogue));
  await publishEntry(client, makeEntry(more), {});
}

const start = (...args: string[]) =>
  watch(desk.start("market", "--catalogue", catalogue, "--port", "0", "--json", ...args));

interface Served extends PromiseLike<{ readonly exitCode?: number | undefined; readonly stderr: string }> {
  readonly stdout: AsyncIterable<unknown>;
  kill(signal: NodeJS.Signals): boolean;
}

/** Waits until it's ready. */
async function watch(child: Served) {
  let text = "";
  for await (const piece of child.stdout) {
    text += String(piece);
    if (text.includes("\n")) break;
  }
  const { url } = JSON.parse(text) as { url: string };
  return {
    url,
    get: async (address: string) => {
      const response = await fetch(new URL(address, url));
      return { status: response.status, text: await response.text() };
    },
    stop: async () => {
      child.kill("SIGTERM");
      return await child;
    },
  };
}

test("a module's page shows what lies in the registry, and the server ends when told to", async () => {
  const market = await start();
  expect((await market.get("/")).text).toContain(`href="/modules/${digest}?in=`);
  const { status, text } = await market.get(`/modules/${digest}`);
  expect(status).toBe(200);
  for (const part of [
    "The cheapest network whose KPIs are within your limits, then the next cheapest.", // its README
    "<code>atMost</code>", // its settings
    "the cheapest within the limits first, the others by score", // its golden cases
    "price-per-hour", // its metadata
    `geniectl pin --config /etc/cni/net.d/00-genie.conf ${host}/team/cheapest-within@${digest}`,
  ]) {
    expect(text).toContain(part);
  }
  const playground = await market.get(`/modules/${digest}/playground`);
  expect(playground).toMatchObject({
    status: 200,
    text: expect.stringContaining("Try cheapest-within 1.0.0"),
  });
  expect(text).toContain(`href="/modules/${digest}/playground?in=`);
  const style = /href="(\/assets\/style\.[0-9a-f]{16}\.css)"/.exec(text)?.[1] ?? "";
  expect((await market.get(style)).status).toBe(200);
  expect(await market.stop()).toMatchObject({ exitCode: 0, stderr: "" });
});

test("with a trust policy, a page says which signatures hold and what the policy makes of it", async () => {
  expect(await desk.run("keygen", "genie")).toMatchObject({ exitCode: 0 });
  expect(
    await desk.run("sign", `${host}/team/cheapest-within@${digest}`, "--key", "genie.key"),
  ).toMatchObject({ exitCode: 0 });
  const anyOf = [{ key: path.join(desk.folder, "genie.pub"), name: "release key" }];
  const policy = { repositories: { [`${host}/team`]: { anyOf } } };
  await writeFile(path.join(desk.folder, "trust.json"), JSON.stringify(policy));
  const market = await start("--policy", "trust.json");
  const { text } = await market.get(`/modules/${digest}`);
  expect(text).toContain("signature verified");
  expect(text).toContain("would take it");
  expect(text).toContain("by release key");
  await market.stop();
});

test("what is published while it runs is shown soon", async () => {
  const market = await start("--refresh", "1");
  await publish({ repository: `${host}/team/gone`, description: "published late" });
  await expect
    .poll(async () => (await market.get("/")).text, { timeout: 20_000 })
    .toContain("published late");
  const list = await market.get("/?q=late");
  const address = /href="(\/modules\/sha256:[0-9a-f]{64}[^"]*)"/.exec(list.text)?.[1] ?? "";
  expect((await market.get(address)).text).toContain("its registry has it no longer");
  await market.stop();
});

test("a catalogue can't send the server to another registry than its own", async () => {
  const asked: string[] = [];
  const other = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  const otherHost = `127.0.0.1:${await new Promise<number>((resolve) => other.once("listening", () => resolve((other.address() as AddressInfo).port)))}`;
  await publish({ repository: `${otherHost}/team/elsewhere`, digest: `sha256:${"e".repeat(64)}` });
  const address = `/modules/sha256:${"e".repeat(64)}`;
  const market = await start();
  expect((await market.get(address)).text).toContain("its repository is none of those that this page reads");
  expect(asked).toEqual([]);
  await market.stop();
  const open = await start("--allow", host, "--allow", `${otherHost}/team`);
  expect((await open.get(address)).text).toContain("its registry has it no longer");
  expect(asked).not.toEqual([]);
  await open.stop();
  other.close();
});

test("the package alone serves it, outside the clone", async () => {
  await using stranger = await makeAuthorFolder();
  const program = path.join(stranger.dir, "node_modules/genie-cni/dist/bin/geniectl");
  const env = { PATH: process.env["PATH"], HOME: stranger.dir, GENIE_NODE: process.execPath };
  const { dir: cwd } = stranger;
  const args = ["market", "--catalogue", catalogue, "--port", "0", "--json"];
  const market = await watch(
    execa(program, args, { cwd, env, extendEnv: false, reject: false, timeout: 60_000 }),
  );
  const { status, text } = await market.get(`/modules/${digest}`);
  expect(status).toBe(200);
  expect(text).toContain("The cheapest network whose KPIs are within your limits, then the next cheapest.");
  for (const [, address = ""] of text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
    expect((await market.get(address)).status, address).toBe(200);
  }
  expect(await market.stop()).toMatchObject({ exitCode: 0, stderr: "" });
}, 60_000);

test.each([
  [["--catalogue", "r.example"], 2],
  [["--port", "65536"], 2],
  [["--port", "x"], 2],
  [["--name", "a:1"], 2],
  [["--host", "192.0.2.1"], 1],
  [["--policy", "nowhere.json"], 1],
])("with %j it doesn't start", async (args, exitCode) => {
  const ran = await desk.run("market", "--catalogue", catalogue, "--port", "0", ...args);
  expect(ran).toMatchObject({ exitCode, stdout: "" });
  expect(ran.stderr).toMatch(/^error: [^\n]+$/);
});

test("without a catalogue there is nothing to serve", async () => {
  const ran = await desk.run("market", "--catalogue", `${host}/team/nothing`, "--port", "0");
  expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("there is no catalogue at") });
});
