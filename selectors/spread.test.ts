import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { buildModule } from "../cni/author/module.ts";
import type { Choice } from "../core/select/request.ts";
import { type Ask, loadComponent } from "../test/fakes/loaded-component.ts";
import { makeCandidate, makeRequest } from "../test/fakes/request.ts";

const PODS = 500;

let ask: Ask;
beforeAll(async () => {
  const { component, kind } = await buildModule({ file: path.join(import.meta.dirname, "spread/module.ts") });
  ask = await loadComponent(component, kind);
}, 120_000);

/** The network that a pod with this seed draws. */
function draw(seed: bigint, scoreByNetwork: Readonly<Record<string, number>>): string {
  const networks = Object.keys(scoreByNetwork);
  const candidates = networks.map((network) => makeCandidate(network));
  const verdicts = Object.values(scoreByNetwork).map((val) => ({ tag: "score" as const, val }));
  const said = ask(makeRequest({ candidates, seed }), verdicts);
  if (!("ok" in said)) throw new Error(said.error);
  const [first] = said.ok as Choice[];
  return networks[first?.candidate ?? -1] ?? "";
}

const drawAll = (scoreByNetwork: Readonly<Record<string, number>>) =>
  Array.from({ length: PODS }, (_, pod) => draw(BigInt(pod), scoreByNetwork));

/** Four standard deviations of the count: the seeds are the same each time, so that this holds or never does. */
const about = (share: number) => {
  const [mean, deviation] = [PODS * share, Math.sqrt(PODS * share * (1 - share))];
  return { least: mean - 4 * deviation, most: mean + 4 * deviation };
};

test.each<[string, Record<string, number>, Record<string, number>]>([
  ["by score", { blue: 1, green: 0.5, red: 0.25, grey: 0 }, { blue: 4 / 7, green: 2 / 7, red: 1 / 7 }],
  ["evenly where nobody scored", { blue: 0, green: 0, red: 0, grey: 0 }, { blue: 0.25, grey: 0.25 }],
])("pods are spread %s", (_, scores, shares) => {
  const drawn = drawAll(scores);
  for (const [network, share] of Object.entries(shares)) {
    const count = drawn.filter((it) => it === network).length;
    expect(count).toBeGreaterThan(about(share).least);
    expect(count).toBeLessThan(about(share).most);
  }
});

test("a network that is added takes pods, and moves no other", () => {
  const [before, after] = [drawAll({ blue: 1, green: 1 }), drawAll({ red: 1, blue: 1, green: 1 })];
  const moved = after.filter((network, pod) => network !== before[pod]);
  expect(new Set(moved)).toEqual(new Set(["red"]));
  expect(moved.length).toBeLessThan(about(1 / 3).most);
});
