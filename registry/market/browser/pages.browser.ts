/** The pages in a real browser: what visitors see, can reach and are kept from. */
import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { marketEntry } from "../../../test/fakes/market-entry.ts";
import { makeMarket } from "../../../test/fakes/market.ts";
import { openBrowser } from "../../../test/setup/browser.ts";
import type { ModuleDetails } from "../details.ts";
import { Html } from "../html.ts";
import { type MarketServer, startMarketServer } from "../http/server.ts";
import { renderReadme } from "../readme/render.ts";
import { pageRoutes } from "../routes.ts";

const HOSTILE =
  '"><script>document.title = "hit"</script><img src="https://evil.example/x" onerror="document.title = 1">';

const README = `# near

![tracker](https://evil.example/x.png) [a link](https://ok.example/) ${HOSTILE}

| setting | meaning |
|---|---|
| zone | ${"a long text ".repeat(10)} |

\`\`\`json
{ "long": "${"x".repeat(300)}" }
\`\`\`
`;

const DETAILS: ModuleDetails = {
  sizeBytes: 10_000,
  metadata: {
    description: "prefers near networks",
    kpis: { required: ["latency-ms"], optional: ["loss"] },
    labels: ["zone"],
    annotations: [],
    settings: {
      type: "object",
      properties: { zone: { type: "string", default: "a", description: HOSTILE } },
    },
  },
  readme: new Html(renderReadme(README)),
  goldenCases: [
    {
      name: "near first",
      settings: '{"zone":"a"}',
      kpis: ["latency-ms"],
      rows: [{ network: "blue", values: [3], verdict: "0.5", answer: "1" }],
      error: undefined,
    },
  ],
  bench: [{ candidates: 10, p50Ms: 0.1, p99Ms: 0.4 }],
  signatures: [{ format: "sigstore bundle", identity: undefined, state: "unchecked", fault: undefined }],
  policy: { refusal: "no rule is for it" },
};

const NEAR = marketEntry({
  kpis: { required: ["latency-ms"], optional: ["loss"] },
  signers: ["sha256:aa"],
  source: "https://git.example/near",
  licence: "Apache-2.0",
});
const ENTRIES = [
  NEAR,
  marketEntry({ repository: "r.example/a/cheap", kind: "selector" }),
  marketEntry({ repository: "r.example/a/rude", description: HOSTILE, version: "x", licence: HOSTILE }),
  marketEntry({ repository: "r.example/a/old", deprecated: { reason: "slow", replacedBy: undefined } }),
  ...Array.from({ length: 40 }, (_, at) => marketEntry({ repository: `r.example/many/n-${at}` })),
];

const undo = new AsyncDisposableStack();
let browser: Browser;
let server: MarketServer;
let base: string;

beforeAll(async () => {
  const market = await makeMarket(ENTRIES, { readDetails: () => Promise.resolve(DETAILS) });
  const options = { host: "127.0.0.1", port: 0, names: [], onFault: () => undefined };
  server = await startMarketServer({ ...options, routes: pageRoutes(market) });
  undo.defer(() => server.close());
  base = `http://127.0.0.1:${server.port}`;
  browser = await openBrowser();
  undo.defer(() => browser.close());
}, 90_000);
afterAll(() => undo.disposeAsync());

/** Opens a page, runs `look` on it, and gives back what it asked for and complained about. */
async function open(path: string, options: BrowserContextOptions, look: (page: Page) => Promise<void>) {
  const context = await browser.newContext(options);
  const requests: string[] = [];
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", ({ message }) => complaints.push(message));
  await page.goto(base + path);
  await look(page);
  await context.close();
  return { requests, complaints };
}

const PAGES = { list: "/?deprecated=yes", module: `/modules/${NEAR.digest}`, missing: "/frob" };
const PHONE = { width: 360, height: 780 };
const DESKTOP = { width: 1280, height: 900 };

const LOOKS = Object.keys(PAGES).flatMap((name) =>
  [PHONE, DESKTOP].flatMap((viewport) =>
    (["light", "dark"] as const).map((colorScheme) => ({
      name: name as keyof typeof PAGES,
      viewport,
      colorScheme,
    })),
  ),
);

test.each(LOOKS)(
  "the page $name has no fault for who can't see it well ($viewport.width, $colorScheme)",
  async (look) => {
    const { name, ...options } = look;
    await open(PAGES[name], options, async (page) => {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>("axe.run()");
      expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) }))).toEqual([]);
    });
  },
);

test.each(Object.entries(PAGES))("the page %s fits a phone", async (_, path) => {
  await open(path, { viewport: PHONE }, async (page) => {
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(PHONE.width);
  });
});

test.each(Object.entries(PAGES))(
  "the page %s asks nothing of anybody else, and runs nothing but ours",
  async (_, path) => {
    const { requests, complaints } = await open(path, {}, async (page) => {
      await page.waitForLoadState("networkidle");
      expect(await page.title()).toContain("genie modules");
    });
    expect(requests.filter((url) => !url.startsWith(`${base}/`))).toEqual([]);
    expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
  },
);

test("a page doesn't move while it loads", async () => {
  await open(PAGES.module, {}, async (page) => {
    const shift = await page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (sum += value)))
        .observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 500);
    })`);
    expect(shift).toBe(0);
  });
});

test("search and pages work without scripts", async () => {
  await open("/", { javaScriptEnabled: false }, async (page) => {
    await page.getByRole("link", { name: "Next" }).click();
    expect(await page.getByRole("status").textContent()).toBe("43 modules, page 2 of 2");
    await page.getByLabel("Search").fill("near");
    await page.getByLabel("Kind").selectOption("scorer");
    await page.getByRole("combobox", { name: "KPI" }).selectOption("loss");
    await page.getByLabel("only signed").check();
    await page.getByRole("button", { name: "Search" }).click();
    expect(
      await page
        .getByRole("listitem")
        .filter({ has: page.getByRole("heading") })
        .count(),
    ).toBe(1);
    await page.getByRole("link", { name: "near" }).click();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("near 1.0.0");
    expect(await page.getByRole("button", { name: "Copy" }).isVisible()).toBe(false);
  });
});

test("all that a mouse reaches, the tabulator reaches, the content first", async () => {
  await open(PAGES.module, {}, async (page) => {
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    const reached: string[] = [];
    for (let at = 0; at < 40; at++) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate<string>("document.activeElement.textContent.trim().slice(0, 20)"));
    }
    expect(reached).toEqual(expect.arrayContaining(["All modules", "Copy", "a link", "near first"]));
  });
});

test("the line to install is copied whole", async () => {
  const permissions = ["clipboard-read", "clipboard-write"];
  await open(PAGES.module, { permissions }, async (page) => {
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
      `geniectl pin --config /etc/cni/net.d/00-genie.conf ${NEAR.repository}@${NEAR.digest}`,
    );
  });
});
