import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addNamespace } from "../setup/namespace.ts";
import { type CrashNode, makeCrashNode, type Traces } from "./crash-node.ts";

const TEST_MS = 180_000;

let node: CrashNode;
let clean: Traces;
beforeAll(async () => {
  node = await makeCrashNode();
  await using pod = await addNamespace(); // the first one makes the bridge
  expect(await node.call("ADD", pod)).toBe(0);
  expect((await node.traces()).rules).toHaveLength(4);
  expect(await node.call("DEL", pod)).toBe(0);
  clean = await node.traces();
  expect(clean).toMatchObject({ addresses: [], ledger: [] });
}, TEST_MS);
afterAll(() => node[Symbol.asyncDispose]());

/** Calls `act` with the number of each fault point, until a call passes them all. @returns the points. */
async function atEachPoint(act: (faultAt: number) => Promise<{ points: readonly string[]; died: boolean }>) {
  for (let faultAt = 1; ; faultAt++) {
    const { points, died } = await act(faultAt);
    if (!died) return points;
    expect(await node.traces(), `after a crash ${points.at(-1)}`).toEqual(clean);
  }
}

const ADD_POINTS = [
  "before write planned",
  "after write planned",
  ...["bridge", "rule", "bandwidth"].flatMap((plugin) =>
    ["before", "during", "after"].map((when) => `${when} ADD ${plugin}`),
  ),
  "before write attached",
  "after write attached",
];

describe("ADD is killed at each write and each exec", () => {
  test(
    "and DEL leaves nothing",
    async () => {
      const points = await atEachPoint(async (faultAt) => {
        await using pod = await addNamespace();
        const crash = await node.crash("ADD", pod, faultAt);
        expect(await node.call("DEL", pod)).toBe(0);
        return crash;
      });
      expect(points).toEqual(ADD_POINTS);
    },
    TEST_MS,
  );

  test(
    "and the next call of another container leaves nothing, once the namespace is gone",
    async () => {
      await atEachPoint(async (faultAt) => {
        await using other = await addNamespace();
        let crash;
        {
          await using pod = await addNamespace();
          crash = await node.crash("ADD", pod, faultAt);
        }
        if (!crash.died) return crash;
        expect(await node.call("ADD", other)).toBe(0);
        expect(await node.call("DEL", other)).toBe(0);
        return crash;
      });
    },
    TEST_MS,
  );

  test(
    "and a second ADD serves the container, whose DEL leaves nothing",
    async () => {
      await atEachPoint(async (faultAt) => {
        await using pod = await addNamespace();
        const crash = await node.crash("ADD", pod, faultAt);
        const isAttached = crash.points.at(-1) === "after write attached";
        expect(await node.call("ADD", pod), crash.points.at(-1)).toBe(isAttached ? 1 : 0);
        expect(await node.call("DEL", pod)).toBe(0);
        return crash;
      });
    },
    TEST_MS,
  );
});

test(
  "DEL is killed at each write and each exec, and the next DEL leaves nothing",
  async () => {
    const points = await atEachPoint(async (faultAt) => {
      await using pod = await addNamespace();
      expect(await node.call("ADD", pod)).toBe(0);
      const crash = await node.crash("DEL", pod, faultAt);
      expect(await node.call("DEL", pod)).toBe(0);
      return crash;
    });
    expect(points).toHaveLength(11);
  },
  TEST_MS,
);
