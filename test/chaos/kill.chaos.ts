import { expect, test } from "vitest";
import { addNamespace } from "../setup/namespace.ts";
import { CALL_LIMIT_MS, type ChaosNode, makeChaosNode } from "./chaos-node.ts";

const ROUNDS = 300;
const WORKERS = 5;
/** A call takes a tenth of a second, more under load: kills fall into all of it. */
const KILLED_WITHIN_MS = 400;

/** Times of the calls that were let to their end. */
const tookMs: number[] = [];
const liveAddresses = new Set<string>();
let killed = 0;

/** A container whose ADD is killed, whose DEL may be killed, and whose last DEL is not. */
async function crashRound(node: ChaosNode): Promise<void> {
  await using pod = await addNamespace();
  const add = await node.call({ verb: "ADD", pod, killAfterMs: Math.random() * KILLED_WITHIN_MS });
  if (add.exitCode === undefined) killed += 1;
  if (Math.random() < 0.5) {
    const del = await node.call({ verb: "DEL", pod, killAfterMs: Math.random() * KILLED_WITHIN_MS });
    if (del.exitCode === undefined) killed += 1;
  }
  await finish(node, pod);
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
  const del = await finish(node, pod, () => liveAddresses.delete(address));
  expect(del).toBe(0);
}

async function finish(node: ChaosNode, pod: Parameters<ChaosNode["call"]>[0]["pod"], before = () => {}) {
  before();
  const { exitCode, answer, tookMs: took } = await node.call({ verb: "DEL", pod });
  tookMs.push(took);
  expect(exitCode, JSON.stringify(answer)).toBe(0);
  return exitCode;
}

test(`${ROUNDS} rounds of kill -9 under load leave nothing`, async () => {
  await using node = await makeChaosNode();
  let left = ROUNDS;
  const crashing = Array.from({ length: WORKERS }, async () => {
    while (left-- > 0) await crashRound(node);
  });
  const calm = (async () => {
    while (left > 0) await calmRound(node);
  })();
  await Promise.all([...crashing, calm]);
  console.log(
    `killed ${killed} calls; ${tookMs.length} others took at most ${Math.max(...tookMs).toFixed(0)} ms`,
  );
  expect(await node.remains()).toEqual({ links: [], addresses: [], ledger: [], locks: [], delegates: [] });
  expect(Math.max(...tookMs)).toBeLessThan(CALL_LIMIT_MS);
  expect(killed).toBeGreaterThan(ROUNDS / 3);
});
