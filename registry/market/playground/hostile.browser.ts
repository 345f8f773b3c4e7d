/** Glue and servers that misbehave, in a real browser: the page says what was wrong, and goes on. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { parse } from "@bytecodealliance/jco";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildModule } from "../../../cni/author/module.ts";
import { GLUE } from "../../../core/sandbox/wire/message.ts";
import { moveSlider, openPlayground, QUESTION, readFailure } from "../../../test/fakes/playground-page.ts";
import { readBuiltin, startPlayground, toTried } from "../../../test/fakes/playground.ts";
import { openBrowser } from "../../../test/setup/browser.ts";
import { CLONE_DIR } from "../../../test/setup/build.ts";
import type { TriedModule } from "./routes.ts";

const undo = new AsyncDisposableStack();
let browser: Browser;
/** Of a shape that is called by glue. */
let scripted: TriedModule;

beforeAll(async () => {
  browser = await openBrowser();
  undo.defer(() => browser.close());
  const source = path.join(CLONE_DIR, "selectors/templates/scorer/typescript/module.ts");
  scripted = toTried("scripted", (await buildModule({ file: source })).component, [QUESTION]);
}, 120_000);
afterAll(() => undo.disposeAsync());

test.each([
  [
    "component.wasm",
    (other: TriedModule) => other.component,
    /^The server gave a component with the digest sha256:/,
  ],
  [
    "manifest.json",
    (other: TriedModule) => other.manifest,
    /^The server gave a manifest with the digest sha256:/,
  ],
])("bytes that aren't those of the digest are run by nobody: %s", async (part, pick, says) => {
  const good = await readBuiltin("occupancy");
  const body = pick(await readBuiltin("price"));
  await using server = await startPlayground([good], {}, ({ path: parts }) =>
    parts.at(-1) === part
      ? { status: 200, contentType: "application/wasm", body, caching: "ask" }
      : undefined,
  );
  const page = await openPlayground(browser, server.urlOf(good));
  expect(await readFailure(page)).toMatch(says);
  expect(await page.locator("iframe").count()).toBe(0);
  await page.close();
});

/** Shows the page of a module whose glue is this script's value. */
async function openGlue(glue: string, cores: ReadonlyMap<string, Uint8Array> = new Map()) {
  await using built = new AsyncDisposableStack();
  const records = new Map<string, Uint8Array>([[GLUE, Buffer.from(`(() => {${glue}})()`)], ...cores]);
  const server = built.use(
    await startPlayground([scripted], {
      transpile: () => Promise.resolve({ outcome: "ok", value: records }),
    }),
  );
  const page = await openPlayground(browser, server.urlOf(scripted));
  built.defer(() => page.close());
  return { page, server, kept: built.move() };
}

/** Glue that answers; `told` is an expression for the reason of each rejection. */
const answering = (told: string) => `
  const score = ({ candidates }) => candidates.map(() => ({ tag: "reject", val: String(${told}) }));
  return () => ({ "genie:selection/scoring@1.0.0": { score } });`;

test("glue reaches nothing: no server, no other origin, no page, no text that is evaluated", async () => {
  const asked: string[] = [];
  const elsewhere = createServer(({ url = "" }, response) => {
    asked.push(url);
    response.writeHead(200, { "access-control-allow-origin": "*" }).end();
  }).listen(0, "127.0.0.1");
  await using _elsewhere = { [Symbol.asyncDispose]: async () => void elsewhere.close() };
  await new Promise((resolve) => elsewhere.once("listening", resolve));
  const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const { page, kept } = await openGlue(`
    const tried = {};
    const attempt = (name, act) => { try { act(); tried[name] = "done"; } catch (error) { tried[name] = error.name.replace('Error', ''); } };
    fetch("${url}/fetch").catch(() => {});
    try { new WebSocket("${url.replace("http", "ws")}/socket").onerror = () => {}; } catch {}
    try { new EventSource("${url}/events").onerror = () => {}; } catch {}
    try { navigator.sendBeacon?.("${url}/beacon", "x"); } catch {}
    attempt("xhr", () => { const asking = new XMLHttpRequest(); asking.open("GET", "${url}/xhr", false); asking.send(); });
    attempt("import", () => importScripts("${url}/script.js"));
    attempt("blob", () => importScripts(URL.createObjectURL(new Blob(["1"]))));
    attempt("eval", () => (0, eval)("1"));
    attempt("new", () => new Function("return 1")());
    attempt("disk", () => localStorage.length);
    attempt("page", () => document.title);
    ${answering("Object.entries(tried).map((pair) => pair.join(' ')).join('; ')")}`);
  await using _kept = kept;
  const [told = ""] = await page.locator("#ranking .reason").allTextContents();
  expect(told.split("; ")).toEqual([
    "xhr Network",
    "import Network",
    "blob Network",
    "eval Eval",
    "new Eval",
    "disk Reference",
    "page Reference",
  ]);
  await moveSlider(page, "0.9");
  await page.waitForTimeout(1_000); // for what is asked without waiting
  expect(asked).toEqual([]);
});

test("the frame has an origin of its own, and reaches neither its page nor a server", async () => {
  const good = await readBuiltin("occupancy");
  const asked: string[] = [];
  await using server = await startPlayground(
    [good],
    {},
    ({ path: parts }) => void asked.push(parts.join("/")),
  );
  const page = await openPlayground(browser, server.urlOf(good));
  const frame = page.frames().find((each) => each.url().endsWith("/playground/frame"));
  const inFrame = (expression: string) => frame?.evaluate<string>(expression);
  expect(await inFrame("self.origin")).toBe("null");
  const caught = (act: string) =>
    `(async () => { try { return String(await (${act})); } catch (error) { return error.name; } })()`;
  expect(await inFrame(caught("parent.document.title"))).toBe("SecurityError");
  expect(await inFrame(caught("document.cookie"))).toBe("SecurityError");
  expect(await inFrame(caught(`fetch("${server.origin}/from-frame")`))).toBe("TypeError");
  expect(await inFrame(caught(`open("${server.origin}/from-frame")`))).toBe("null");
  expect(await inFrame(caught(`top.location = "${server.origin}/from-frame"`))).toBe("SecurityError");
  expect(asked).not.toContain("from-frame");
  await page.close();
});

test("the frame is alone by its page's word and by its server's", async () => {
  const good = await readBuiltin("occupancy");
  await using server = await startPlayground([good]);
  const { headers } = await fetch(`${server.origin}/playground/frame`);
  expect(headers.get("content-security-policy")).toMatch(/^sandbox allow-scripts; default-src 'none'; /);
  const page = await openPlayground(browser, server.urlOf(good));
  expect(await page.locator("iframe").getAttribute("sandbox")).toBe("allow-scripts");
  await page.close();
});

test("memory ends where it ends on a node", async () => {
  const core = await parse('(module (memory (export "memory") 1 65536))');
  const { page, kept } = await openGlue(
    `return (getCore) => {
      const { memory } = new WebAssembly.Instance(getCore("module.core.wasm")).exports;
      try { for (;;) memory.grow(1); } catch {}
      const score = ({ candidates }) => candidates.map(() => ({ tag: "reject", val: String(memory.buffer.byteLength) }));
      return { "genie:selection/scoring@1.0.0": { score } };
    };`,
    new Map([["module.core.wasm", core]]),
  );
  await using _kept = kept;
  expect(await page.locator("#ranking .reason").first().textContent()).toBe(String(16 * 2 ** 20));
});

const MARKUP = `<img src=x onerror="parent.hit=1"><script>top.hit=1</script>`;

test("markup in a reason is shown as text", async () => {
  const { page, kept } = await openGlue(answering(JSON.stringify(MARKUP)));
  await using _kept = kept;
  expect(await page.locator("#ranking .reason").allTextContents()).toEqual([MARKUP, MARKUP, MARKUP]);
  expect(await page.locator("#ranking img, #ranking script").count()).toBe(0);
  expect(await page.evaluate("typeof hit")).toBe("undefined");
});

test.each([
  ["a number", "postMessage(7)"],
  ["an answer to nothing", `postMessage({ id: 99, text: "{}" })`],
  ["a text without end", `postMessage({ id: 0, text: "x".repeat(2 ** 21) })`],
  ["a flood", "for (let left = 10_000; left > 0; left -= 1) postMessage({ id: left, text: '{}' })"],
])("who says %s unasked is stopped", async (_, act) => {
  const { page, kept } = await openGlue(`${act}; ${answering('"here"')}`);
  await using _kept = kept;
  expect(await readFailure(page)).toBe("The module answers with an error: it said what it wasn't asked");
  expect(await page.evaluate("1 + 1")).toBe(2);
});

test.each([
  ["no JSON", `"{"`],
  ["no answer", `'{"outcome":"fine"}'`],
  ["verdicts of another shape", `'{"outcome":"ok","value":[{"tag":"score","val":"1"},1,2]}'`],
  ["a list of nothing", `'{"outcome":"ok","value":{"length":3}}'`],
])("an answer that is %s ends the call", async (_, text) => {
  const { page, kept } = await openGlue(`
    addEventListener("message", ({ data }) => {
      if (data.do === "ask") { postMessage({ id: data.id, text: ${text} }); for (;;); }
    });
    ${answering('"here"')}`);
  await using _kept = kept;
  expect(await page.locator("#ranking li").count()).toBe(0);
  expect(await readFailure(page)).toMatch(/^The module's answer breaks the contract/);
});

test("glue that throws, or isn't there, is told", async () => {
  const { page, kept } = await openGlue(`throw new Error("no");`);
  await using _kept = kept;
  expect(await readFailure(page)).toBe("The module answers with an error: its worker failed");
});
