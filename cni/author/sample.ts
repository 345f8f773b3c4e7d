import { KPIS } from "../../core/kpi/names.ts";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { makeSampleSettings } from "../../core/metadata/sample-settings.ts";
import type { Question } from "../../core/golden/answer.ts";

export interface SampleOptions {
  readonly candidates: number;
  /** For this module, as JSON. */
  readonly settings: string;
  /** KPIs beside those that genie knows. */
  readonly kpis?: readonly string[];
}

/** What a made-up question takes from what the module says of itself. @param settings in place of made-up ones. */
export function planSample(component: Uint8Array, settings?: string): Omit<SampleOptions, "candidates"> {
  const { metadata } = readEmbeddedMetadata(component);
  const { required = [], optional = [] } = metadata?.kpis ?? {};
  return {
    settings: settings ?? JSON.stringify(makeSampleSettings(metadata?.settings)),
    kpis: [...required, ...optional],
  };
}

/** A made-up question that asks no more of a module than an ordinary node does; the first network is the best. */
export function makeSampleQuestion({ candidates, settings, kpis = [] }: SampleOptions): Question {
  const names = [...new Set([...Object.keys(KPIS), ...kpis])];
  const positions = Array.from({ length: candidates }, (_, at) => at);
  return {
    request: {
      purpose: "simulate",
      workload: {
        orchestrator: "kubernetes",
        namespace: "sample",
        name: "sample-0",
        labels: [{ key: "app", value: "sample" }],
        annotations: [],
        node: "sample",
      },
      candidates: positions.map((at) => ({
        network: `network-${at}`,
        plugin: "bridge",
        attributes: [
          { key: "tenant", value: "a" },
          { key: "zone", value: `zone-${at % 3}` },
        ],
        kpis: names.map((name) => ({ name, value: (at + 1) / (candidates + 1), ageMs: 1_000 })),
        current: false,
      })),
      count: 1,
      settings,
      seed: 1n,
      extensions: [],
    },
    verdicts: positions.map((at) => ({ tag: "score", val: 1 - at / candidates })),
  };
}
