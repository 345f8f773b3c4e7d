import { onTestFinished } from "vitest";
import { type FakeRegistry, startFakeRegistry } from "../fakes/registry.ts";
import { type Desk, makeDesk } from "./geniectl.ts";

/** A desk and a registry of one test's own, which are gone when it has finished. */
export async function setUpDesk(): Promise<{ desk: Desk; registry: FakeRegistry }> {
  await using undo = new AsyncDisposableStack();
  const registry = undo.use(await startFakeRegistry());
  const desk = undo.use(await makeDesk());
  const held = undo.move();
  onTestFinished(() => held.disposeAsync());
  return { desk, registry };
}
