import type { Ranked } from "./decision.ts";
import type { Question } from "./question.ts";

/** Configuration order. */
export function rankFirstFit(networks: readonly string[]): readonly Ranked[] {
  return networks.map((network) => ({ network, reason: "first-fit" }));
}

/** The ranking without any module: as they are ranked, the default network first where the admin says so. */
export function planFallback(ranked: readonly Ranked[], question: FallbackRule): readonly Ranked[] {
  const { fallback } = question.selection;
  const { defaultNetwork } = question;
  const preferred =
    fallback === "default" ? ranked.find(({ network }) => network === defaultNetwork) : undefined;
  if (preferred === undefined) return ranked;
  return [
    { network: preferred.network, reason: "default" },
    ...ranked.filter(({ network }) => network !== preferred.network),
  ];
}

type FallbackRule = Pick<Question, "defaultNetwork"> & { selection: Pick<Question["selection"], "fallback"> };
