import { describe, expect, test } from "vitest";
import { addNamespace } from "../setup/namespace.ts";
import { type Crash, type CrashNode, makeCrashNode } from "./crash-node.ts";

const TEST_MS = 180_000;

/** Calls `act` with the number of each fault point, until a call passes them all. @returns the points. */
async function atEachPoint(act: (node: CrashNode, faultAt: number) => Promise<Crash>) {
  await using node = await makeCrashNode();
  const clean = await useOnce(node);
  for (let faultAt = 1; ; faultAt++) {
    const { points, died } = await act(node, faultAt);
    if (!died) return points;
    expect(await node.traces(), `after a crash ${points.at(-1)}`).toEqual(clean);
  }
}

/** The first pod makes the bridge. @returns what stays of it. */
async function useOnce(node: CrashNode) {
  await using pod = await addNamespace();
  expect(await node.call("ADD", pod)).toBe(0);
  expect((await node.traces()).rules).toHaveLength(4);
  expect(await node.call("DEL", pod)).toBe(0);
  const traces = await node.traces();
  expect(traces).toMatchObject({ addresses: [], ledger: [] });
  return traces;
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

describe.concurrent("killed at each write and each exec,", () => {
  test(
    "ADD leaves nothing that DEL doesn't undo",
    async () => {
      const points = await atEachPoint(async (node, faultAt) => {
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
    "ADD leaves nothing that the next call of another container doesn't undo, once the namespace is gone",
    async () => {
      await atEachPoint(async (node, faultAt) => {
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
    "ADD does not keep a second ADD from serving the container, whose DEL leaves nothing",
    async () => {
      await atEachPoint(async (node, faultAt) => {
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

  test(
    "DEL leaves nothing that the next DEL doesn't undo",
    async () => {
      const points = await atEachPoint(async (node, faultAt) => {
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
});
