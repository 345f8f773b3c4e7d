import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { addNamespace, type NetworkNamespace } from "../setup/namespace.ts";
import { CALL_LIMIT_MS, type ChaosNode, makeChaosNode } from "./chaos-node.ts";

const KILLS = 300;
const WORKERS = 5;
const CALM_WORKERS = 4;
/** Calls at work side by side take longer than one alone: kills fall into all of a call. */
const UNDER_LOAD = 4;
/** How long a container that nobody disturbs keeps its address, at most. */
const HELD_MS = 500;

/** Times of the calls that were let to their end. */
const tookMs: number[] = [];
const liveAddresses = new Set<string>();

/** A container whose ADD is killed, whose DEL may be killed, and whose last DEL is not. @returns the kills. */
async function crashRound(node: ChaosNode, withinMs: number): Promise<number> {
  await using pod = await addNamespace();
  let kills = 0;
  for (const verb of ["ADD", "DEL"] as const) {
    if (verb === "DEL" && Math.random() < 0.5) break;
    const { exitCode } = await node.call({ verb, pod, killAfterMs: Math.random() * withinMs });
    if (exitCode === undefined) kills += 1;
  }
  await expectDel(node, pod);
  return kills;
}

/** A container that nobody disturbs: its address is nobody else's for as long as it has it. */
async function calmRound(node: ChaosNode): Promise<void> {
  await using pod = await addNamespace();
  const add = await node.call({ verb: "ADD", pod });
  tookMs.push(add.tookMs);
  expect(add.exitCode, JSON.stringify(add.answer)).toBe(0);
  const [{ address }] = add.answer["ips"] as [{ address: string }];
  expect(liveAddresses).not.toContain(address);
  liveAddresses.add(address);
  await sleep(Math.random() * HELD_MS);
  liveAddresses.delete(address);
  await expectDel(node, pod);
}

async function expectDel(node: ChaosNode, pod: NetworkNamespace): Promise<void> {
  const del = await node.call({ verb: "DEL", pod });
  tookMs.push(del.tookMs);
  expect(del.exitCode, JSON.stringify(del.answer)).toBe(0);
}

test(`${KILLS} times kill -9 under load leave nothing`, async () => {
  await using node = await makeChaosNode();
  await calmRound(node);
  const withinMs = UNDER_LOAD * (tookMs[0] ?? 0);
  let kills = 0;
  const crashing = Array.from({ length: WORKERS }, async () => {
    while (kills < KILLS) kills += await crashRound(node, withinMs);
  });
  const calm = Array.from({ length: CALM_WORKERS }, async () => {
    while (kills < KILLS) await calmRound(node);
  });
  await Promise.all([...crashing, ...calm]);
  const longestMs = Math.max(...tookMs);
  console.log(`${kills} kills; ${tookMs.length} other calls took at most ${longestMs.toFixed(0)} ms`);
  expect(await node.remains()).toEqual({ links: [], addresses: [], ledger: [], locks: [], delegates: [] });
  expect(longestMs).toBeLessThan(CALL_LIMIT_MS);
});
