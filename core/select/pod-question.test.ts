import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import type { NodeTarget } from "../intent/intent.ts";
import { toPodQuestion } from "./pod-question.ts";

const MEASURED = { cAdvisor_address: "http://127.0.0.1:4194" };
const any = { wants: "any", count: 1 } as const;

test.each<{ of: string; target: NodeTarget; more: object; byTraffic: boolean }>([
  { of: "a pod that has genie choose", target: any, more: MEASURED, byTraffic: true },
  { of: "one that nobody measures for", target: any, more: {}, byTraffic: false },
  { of: "a pod that wishes nothing", target: { ...any, isDefault: true }, more: MEASURED, byTraffic: false },
  { of: "where no module may decide", target: { wants: "first" }, more: MEASURED, byTraffic: false },
])("whether traffic may choose: $of", async ({ target, more, byTraffic }) => {
  const choosing = {
    from: "a test",
    target,
    pod: { namespace: "shop", name: "web", uid: "u1" },
    labels: new Map(),
    annotations: new Map(),
    networks: { networks: [], skipped: [] },
    config: parseConfig(JSON.stringify({ name: "genie", type: "genie", ...more })),
    containerId: "c1",
  };
  const question = await toPodQuestion(choosing, [], { seed: async () => 1n, nodeName: "n1" });
  expect(question.byTraffic).toBe(byTraffic);
});
