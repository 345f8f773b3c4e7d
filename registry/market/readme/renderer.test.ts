import { expect, test } from "vitest";
import { openReadmeRenderer } from "./renderer.ts";

const WORKER = new URL("worker.ts", import.meta.url);
const STUCK = new URL(
  "data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.on('message', ({ markdown }) => { while (markdown === 'stuck'); if (markdown === 'crash') throw new Error('x'); parentPort.postMessage(markdown); })",
);

const LONG = new URL(
  "data:text/javascript,import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => parentPort.postMessage('x'.repeat(3_000_000)))",
);

test("a README is rendered in another thread", async () => {
  await using renderer = openReadmeRenderer(WORKER);
  expect((await renderer.render("# a"))?.text).toBe("<h2>a</h2>\n");
});

test("characters that turn text around are seen", async () => {
  await using renderer = openReadmeRenderer(WORKER);
  for (const text of ["a\u202eb", "a&#x202e;b", "a&#8238;b"])
    expect((await renderer.render(text))?.text).toBe("<p>a\ufffdb</p>\n");
});

test("one that doesn't end, or ends the thread, keeps no other one from being rendered", async () => {
  await using renderer = openReadmeRenderer(STUCK, 3_000);
  const answers = await Promise.all(["a", "stuck", "b", "crash", "c"].map((text) => renderer.render(text)));
  expect(answers.map((answer) => answer?.text)).toEqual(["a", undefined, "b", undefined, "c"]);
});

test("one of which too much is made isn't shown", async () => {
  await using renderer = openReadmeRenderer(LONG);
  expect(await renderer.render("a")).toBeUndefined();
});

test("one that is too long isn't looked at", async () => {
  await using renderer = openReadmeRenderer(STUCK);
  expect(await renderer.render("a".repeat(300_000))).toBeUndefined();
});
