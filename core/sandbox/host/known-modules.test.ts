/** What the host remembers of modules from call to call; guests are scripted. */
import { expect, onTestFinished, test, vi } from "vitest";
import { makeRequest } from "../../../test/fakes/request.ts";
import {
  frameOf,
  LIMITS,
  makeGuest,
  makeModule,
  makeSlowGuest,
  OK,
} from "../../../test/fakes/scripted-guest.ts";
import { openSandbox } from "./sandbox.ts";

const module = makeModule();

test("a module that was taken up too late is tried again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let takesMs = 51;
  await using sandbox = openSandbox(() => makeSlowGuest(takesMs), { ...LIMITS, loadMs: 50 });
  for (const outcome of ["timeout", "ok"]) {
    const loading = sandbox.load(module);
    await vi.advanceTimersByTimeAsync(60);
    expect(await loading).toMatchObject({ outcome });
    takesMs = 1;
  }
});

test("one digest as scorer and as selector is two modules", async () => {
  const ids: unknown[] = [];
  const guest = makeGuest((output, nonce, order) => {
    ids.push(/"id":"([^"]*)"/.exec(Buffer.from(order).toString("latin1"))?.[1]);
    output.write(frameOf(OK, nonce));
  });
  guest.output.write(frameOf(OK));
  await using sandbox = openSandbox(() => guest, LIMITS);
  const request = makeRequest({ candidates: [] });
  for (const kind of ["scorer", "selector"] as const) await sandbox.load({ ...module, kind });
  await sandbox.score(module.digest, request, 5000);
  await sandbox.select(module.digest, { request, verdicts: [] }, 5000);
  const [scorer, selector] = ["scorer", "selector"].map((kind) => `${kind} ${module.digest}`);
  expect(ids).toEqual([scorer, selector, scorer, selector]);
});
