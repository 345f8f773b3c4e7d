import fc from "fast-check";
import { expect, test } from "vitest";
import { marketEntry } from "../../test/fakes/market-entry.ts";
import { makeMarket } from "../../test/fakes/market.ts";
import { sha256 } from "../digest.ts";
import type { CatalogueEntry } from "../catalogue/catalogue.ts";
import type { ModuleDetails } from "./details.ts";
import type { Answer, Visit } from "./http/answer.ts";
import { type Market, pageRoutes } from "./routes.ts";

const DETAILS: ModuleDetails = {
  sizeBytes: 1,
  metadata: undefined,
  readme: undefined,
  goldenCases: [],
  bench: [],
  signatures: [],
  policy: undefined,
};

async function visit(market: Market, address: string): Promise<Answer & { readonly text: string }> {
  const { pathname, searchParams } = new URL(address, "http://market");
  const asked: Visit = {
    path: pathname.split("/").slice(1),
    params: searchParams,
    signal: new AbortController().signal,
  };
  for (const route of pageRoutes(market)) {
    const answer = await route(asked);
    if (answer !== undefined) return { ...answer, text: String(answer.body) };
  }
  throw new Error(`no answer for ${address}`);
}

test("the list leads to each module's page, which names the digest to pin", async () => {
  const entry = marketEntry();
  const market = await makeMarket([entry]);
  const [, address = ""] = /href="(\/modules\/[^"]*)"/.exec((await visit(market, "/")).text) ?? [];
  const { status, text } = await visit(market, address);
  expect(status).toBe(200);
  expect(text).toContain(
    `geniectl pin --config /etc/cni/net.d/00-genie.conf ${entry.repository}@${entry.digest}`,
  );
  expect(text).toContain("there is no registry here");
});

test("a module's page is its own, though somebody entered its digest under another name before", async () => {
  const entry = marketEntry();
  const stranger = { ...entry, repository: "evil.example/genie/near" };
  const market = await makeMarket([stranger, entry]);
  const addresses = [...(await visit(market, "/")).text.matchAll(/href="(\/modules\/[^"]*)"/g)].map(
    ([, url]) => url,
  );
  const pages = await Promise.all(addresses.map((address = "") => visit(market, address)));
  const pinned = pages.map(({ text }) => /00-genie.conf ([^@]*)@/.exec(text)?.[1]);
  expect(new Set(pinned)).toEqual(new Set([stranger.repository, entry.repository]));
});

test("where the roll-up names another digest than the version's own entry, the page is of the entry's, and says so", async () => {
  const listed = marketEntry();
  const own = { ...listed, digest: sha256(Buffer.from("its own")) };
  const market = await makeMarket([listed], {
    readOwn: () => Promise.resolve(own),
    readDetails: ({ digest }) =>
      Promise.resolve({ ...DETAILS, sizeBytes: digest === own.digest ? 7_777 : 1 }),
    findPlaygroundUrl: () => "/play",
  });
  const { text } = await visit(market, `/modules/${listed.digest}`);
  expect(text).toContain(`00-genie.conf ${own.repository}@${own.digest}<`);
  expect(text).toContain("7.8 kB");
  expect(text).toMatch(/roll-up says another digest/);
  expect(text.split(listed.digest)).toHaveLength(2); // in the warning alone
  expect(text).not.toContain("/play");
});

test("where the version's own entry can't be read, there is no line to pin it by, and the reason", async () => {
  const entry = marketEntry();
  const market = await makeMarket([entry], { readOwn: () => Promise.resolve("it was withdrawn") });
  const { text } = await visit(market, `/modules/${entry.digest}`);
  expect(text).not.toContain("geniectl pin");
  expect(text).toContain("it was withdrawn");
});

test("a digest that the catalogue doesn't name is asked of no registry", async () => {
  const asked: unknown[] = [];
  const market = await makeMarket([marketEntry()], {
    readDetails: (entry) => {
      asked.push(entry);
      return Promise.resolve(DETAILS);
    },
  });
  for (const address of [`/modules/${sha256(Buffer.from("other"))}`, "/modules/x", "/modules/", "/frob"]) {
    expect(await visit(market, address), address).toMatchObject({ status: 404 });
  }
  expect(asked).toEqual([]);
});

test("what is deprecated says why and what to use", async () => {
  const entry = marketEntry({ deprecated: { reason: "it is slow", replacedBy: "r.example/near:2" } });
  const { text } = await visit(await makeMarket([entry]), `/modules/${entry.digest}`);
  expect(text).toContain("it is slow");
  expect(text).toContain("r.example/near:2");
});

test("a page of a catalogue with 10,000 modules stays small", async () => {
  const entries = Array.from({ length: 10_000 }, (_, at) =>
    marketEntry({ repository: `r.example/m/n-${at}` }),
  );
  const { text } = await visit(await makeMarket(entries), "/?page=3");
  expect(text.length).toBeLessThan(100_000);
  expect(text).toContain("10,000 modules, page 3 of 334");
});

/** Every tag of a page, without the texts in its attributes; but for code, which texts may have between backticks. */
const tagsOf = (page: string) =>
  (page.replaceAll(/"[^"]*"/g, '""').match(/<[^>]*>/g) ?? []).filter((tag) => !/^<\/?code>$/.test(tag));

test("whatever texts a catalogue and a registry hold, a page has the tags that it has with plain ones", async () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      "<script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "' onclick='x",
      "</title>",
      "javascript:x",
    ),
    fc.string({ unit: "binary", minLength: 1 }),
  );
  const market = async (text: string) => {
    const entry: CatalogueEntry = {
      ...marketEntry({
        repository: `r.example/x/${text}`,
        version: text,
        description: text,
        licence: text,
      }),
      source: text,
      signers: [text],
      kpis: { required: [text], optional: [text] },
      deprecated: { reason: text, replacedBy: text },
    };
    const details: ModuleDetails = {
      ...DETAILS,
      metadata: {
        description: text,
        kpis: { required: [text], optional: [text] },
        labels: [text],
        annotations: [text],
        settings: {
          type: "object",
          properties: { [text]: { type: "string", description: text, default: text } },
        },
      },
      goldenCases: [
        {
          name: text,
          settings: text,
          kpis: [text],
          rows: [{ network: text, values: [1], verdict: text, answer: text }],
          error: text,
        },
      ],
      signatures: [{ format: text, identity: text, state: "broken", fault: text }],
      policy: { refusal: text },
    };
    return { entry, market: await makeMarket([entry], { readDetails: () => Promise.resolve(details) }) };
  };
  const pages = async (text: string) => {
    const { entry, market: made } = await market(text);
    const addresses = ["/?deprecated=yes", `/?q=zzz+${encodeURIComponent(text)}`, `/modules/${entry.digest}`];
    const answers = await Promise.all(addresses.map((address) => visit(made, address)));
    return answers.map((answer) => tagsOf(answer.text));
  };
  const plain = await pages("plain");
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      expect(await pages(text)).toEqual(plain);
    }),
    { numRuns: 60 },
  );
});
