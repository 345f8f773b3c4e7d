import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { openBrowser } from "./browser.ts";

test("a real browser runs a page's script, compiles wasm and draws its text", async () => {
  await using undo = new AsyncDisposableStack();
  const page = `<!doctype html><p>…</p><script>
    const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
    document.querySelector("p").textContent = String(new WebAssembly.Module(empty));
  </script>`;
  const server = createServer((_request, response) => response.end(page)).listen(0, "127.0.0.1");
  undo.defer(async () => void server.close());
  const browser = await openBrowser();
  undo.defer(() => browser.close());
  const tab = await browser.newPage();
  await new Promise((resolve) => (server.listening ? resolve(undefined) : server.once("listening", resolve)));
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const text = tab.locator("p");
  expect(await text.textContent()).toBe("[object WebAssembly.Module]");
  expect((await text.boundingBox())?.height).toBeGreaterThan(10);
});
