import type { GoldenCase } from "../../../../../core/golden/case.ts";
import { makeSampleSettings } from "../../../../../core/metadata/sample-settings.ts";
import type { ToldModule } from "../../told.ts";
import { planRange } from "./kpi-range.ts";

const NETWORKS = ["blue", "green", "red"];

/** A question to begin with where the module has no golden case. */
export function makeSample({ kind, kpis, labels, annotations, settings }: ToldModule): GoldenCase {
  const shares = NETWORKS.map((network, at) => [network, (at + 1) / (NETWORKS.length + 1)] as const);
  const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, ""]));
  return {
    name: "a made-up question",
    settings: makeSampleSettings(settings ?? undefined) as GoldenCase["settings"],
    purpose: "attach",
    workload: {
      orchestrator: "kubernetes",
      namespace: "default",
      name: "web-0",
      labels: named(labels.filter((label) => label !== "*")),
      annotations: named(annotations),
      node: "node-1",
    },
    candidates: Object.fromEntries(
      shares.map(([network, share]) => [
        network,
        Object.fromEntries(kpis.map((kpi) => [kpi, share * planRange(kpi, []).most])),
      ]),
    ),
    order: NETWORKS,
    attributes: {},
    plugins: {},
    current: [],
    count: 1,
    seed: "1",
    extensions: {},
    ...(kind === "selector" && { verdicts: Object.fromEntries(shares) }),
  };
}
