/** What the pages' server asks of registries, and what it makes of registries that fail and lie. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { makeEntry } from "../../test/fakes/catalogue-entry.ts";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import type { CatalogueEntry } from "../catalogue/catalogue.ts";
import { parseCatalogueName } from "../catalogue/name.ts";
import { putRollUp } from "../catalogue/roll-up.ts";
import { toEntryTag } from "../catalogue/tags.ts";
import { publishEntry } from "../catalogue/update.ts";
import { RegistryClient } from "../client/client.ts";
import { type ModuleDocument } from "../artifact/document.ts";
import { sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { planModuleArtifact } from "../artifact/module-artifact.ts";
import { parseReference } from "../reference.ts";
import { pushArtifact } from "../transfer.ts";
import { loadAssets, PAGE_FILES } from "./assets.ts";
import { type MarketOptions, type OpenMarket, openMarket } from "./market.ts";
import { openReadmeRenderer } from "./readme/renderer.ts";

const BROWSER_DIR = new URL("browser", import.meta.url).pathname;
const README: ModuleDocument = {
  kind: "readme",
  bytes: Buffer.from("# near\n\n![x](https://evil.example/x)\n"),
};

let undo: AsyncDisposableStack;
let registry: FakeRegistry;
let home: string;
let faults: unknown[];
let stop: AbortController;

beforeEach(async () => {
  undo = new AsyncDisposableStack();
  registry = undo.use(await startFakeRegistry());
  home = await mkdtemp(path.join(tmpdir(), "genie-market-"));
  undo.defer(() => rm(home, { recursive: true }));
  faults = [];
  stop = undo.adopt(new AbortController(), (each) => each.abort());
  await publish("near");
});
afterEach(() => undo.disposeAsync());

const catalogueName = () => parseCatalogueName(`${registry.host}/team/catalogue`);

/** Pushes a module and adds it to the catalogue. */
async function publish(name: string, version = "1.0.0"): Promise<void> {
  const component = await makeComponent(SCORER, `${name} ${version}`);
  const artifact = planModuleArtifact(component, { created: new Date(0) });
  const repository = `${registry.host}/team/${name}`;
  await pushArtifact(artifact, parseReference(`${repository}:${version}`), { documents: [README] });
  using client = new RegistryClient(catalogueName());
  await publishEntry(client, makeEntry({ repository, version, digest: artifact.digest }), {});
}

async function open(
  more: Partial<MarketOptions> = {},
): Promise<{ market: OpenMarket; entry: CatalogueEntry }> {
  const market = await openMarket({
    catalogue: catalogueName(),
    assets: await loadAssets(BROWSER_DIR, PAGE_FILES),
    readmes: undo.use(openReadmeRenderer(new URL("readme/worker.ts", import.meta.url))),
    prefixes: [],
    client: { env: { HOME: home } },
    withLogin: false,
    readPolicy: () => Promise.resolve(undefined),
    refreshMs: 3_600_000,
    signal: stop.signal,
    onFault: (error) => faults.push(error),
    ...more,
  });
  const [entry] = market.shelf().modules.map(({ offered }) => offered);
  if (entry === undefined) throw new Error("no module");
  registry.log.length = 0;
  return { market, entry };
}

const read = ({ market, entry }: Awaited<ReturnType<typeof open>>) => market.readDetails(entry, stop.signal);

test("what many ask for at the same time is asked for once, and kept", async () => {
  const opened = await open();
  const all = await Promise.all(Array.from({ length: 50 }, () => read(opened)));
  expect(new Set(all).size).toBe(1);
  expect(all[0]).toMatchObject({ readme: { text: "<h2>near</h2>\n<p>x</p>\n" } });
  const line = `GET /v2/team/near/manifests/${opened.entry.digest}`;
  expect(registry.log.filter((each) => each.line === line)).toHaveLength(1);
  const before = registry.log.length;
  await read(opened);
  expect(registry.log).toHaveLength(before);
});

test("READMEs that take long don't gather modules in memory", async () => {
  for (const name of ["a", "b", "c", "d", "e", "f"]) await publish(name);
  let inside = 0;
  const full = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const render = async () => {
    if (++inside === 4) full.resolve();
    await release.promise;
    return undefined;
  };
  const readmes = { render, [Symbol.asyncDispose]: () => Promise.resolve() };
  const { market } = await open({ readmes });
  const all = market.shelf().modules.map(({ offered }) => market.readDetails(offered, stop.signal));
  await full.promise;
  await fetch(`http://${registry.host}/v2/`); // comes after what was asked for before
  const asked = new Set(
    registry.log.flatMap(({ line }) => /\/team\/(\w+)\/manifests\/sha256:/.exec(line)?.[1] ?? []),
  );
  expect([inside, asked.size]).toEqual([4, 4]);
  release.resolve();
  await Promise.all(all);
  expect(inside).toBe(7);
});

test("a registry that wants a login gets ours only when told so", async () => {
  const auth = Buffer.from("me:secret").toString("base64");
  await writeFile(path.join(home, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
  const env = { HOME: home, DOCKER_CONFIG: home };
  const asAnybody = await open({ client: { env } });
  const asMe = await open({ client: { env }, withLogin: true });
  registry.fault = (request, response) => {
    if (request.headers.authorization !== undefined) return false;
    response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
    return true;
  };
  expect(await read(asAnybody)).toBe("its registry doesn’t show it to everybody");
  expect(registry.log.map(({ login }) => login)).not.toContain("Basic");
  expect(await read(asMe)).toMatchObject({ signatures: [] });
});

test("other bytes than the digest names are never shown", async () => {
  const opened = await open();
  const manifest = registry.manifestByName.get(`team/near/${opened.entry.digest}`) ?? Buffer.alloc(0);
  registry.manifestByName.set(
    `team/near/${opened.entry.digest}`,
    Buffer.concat([manifest, Buffer.from(" ")]),
  );
  expect(await read(opened)).toBe("its registry gave other bytes than the digest names");
  expect(faults).toMatchObject([{ kind: "digestMismatch" }]);
});

test("a registry that fails is not asked by every visitor", async () => {
  const opened = await open();
  registry.fault = (_, response) => {
    response.writeHead(403).end();
    return true;
  };
  expect(await read(opened)).toBe("its registry doesn’t show it to everybody");
  const before = registry.log.length;
  for (let at = 0; at < 5; at++) await read(opened);
  expect(registry.log).toHaveLength(before);
});

test("an administrator's own fault is told as such", async () => {
  const broken = () => Promise.reject(new RegistryFailure("invalidPolicy", "trust.json is not JSON"));
  expect(await read(await open({ readPolicy: broken }))).toBe("the trust policy of this site can’t be read");
});

test("a module's page has what the version's own tag says, whatever the roll-up says", async () => {
  await publish("near", "1.0.1");
  const { market } = await open();
  const entries = market.shelf().modules.flatMap(({ versions }) => versions);
  const digest = entries.find(({ version }) => version === "1.0.0")?.digest ?? sha256(Buffer.alloc(0));
  const repository = `${registry.host}/team/near`;
  const documents = ["1.0.0", "1.0.1"].map((version) => makeEntry({ repository, version, digest }));
  using client = new RegistryClient(catalogueName());
  await putRollUp(client, new Map(documents.map((each) => [toEntryTag(each), each])));

  const forged = await open();
  const listed = forged.market.shelf().modules[0]?.versions.find(({ version }) => version === "1.0.1");
  const truth = entries.find(({ version }) => version === "1.0.1");
  expect(listed?.digest).toBe(digest);
  expect(truth?.digest).not.toBe(digest);
  if (listed === undefined || truth === undefined) throw new Error("no such version");
  const owns = await Promise.all(Array.from({ length: 20 }, () => forged.market.readOwn(listed)));
  expect(owns).toEqual(owns.map(() => truth));
  expect(registry.log.length).toBeLessThanOrEqual(2);
  registry.manifestByName.delete(`team/catalogue/${toEntryTag(listed)}`);
  expect(await (await open()).market.readOwn(listed)).toBe("it was withdrawn");
  registry.fault = (_, response) => {
    response.writeHead(403).end();
    return true;
  };
  expect(await forged.market.readOwn(entries.find(({ version }) => version === "1.0.0") ?? truth)).toBe(
    "its registry doesn’t show it to everybody",
  );
});

test("a catalogue that can't be read again is shown as it was, and read again later", async () => {
  const { market } = await open({ refreshMs: 50 });
  registry.fault = (_, response) => {
    response.writeHead(404).end();
    return true;
  };
  await expect.poll(() => faults.length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(market.shelf().modules).toHaveLength(1);
  registry.fault = undefined;
  await publish("late");
  await expect.poll(() => market.shelf().modules.length, { timeout: 10_000 }).toBe(2);
  stop.abort();
  await market.ended;
});

test("where there is no catalogue there is no market", async () => {
  const catalogue = parseCatalogueName(`${registry.host}/team/nothing`);
  await expect(open({ catalogue })).rejects.toMatchObject({ kind: "notFound" });
});
