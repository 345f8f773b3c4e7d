import type { Ranked } from "./decision.ts";
import type { Question } from "./question.ts";

/** The ranking without any module: configuration order, the default network first where the admin says so. */
export function planFallback(networks: readonly string[], question: FallbackRule): readonly Ranked[] {
  const { fallback } = question.selection;
  const { defaultNetwork } = question;
  if (fallback === "first-fit" || defaultNetwork === undefined || !networks.includes(defaultNetwork)) {
    return networks.map((network) => ({ network, reason: "first-fit" }));
  }
  const others = networks.filter((network) => network !== defaultNetwork);
  return [
    { network: defaultNetwork, reason: "default" },
    ...others.map((network) => ({ network, reason: "first-fit" })),
  ];
}

type FallbackRule = Pick<Question, "defaultNetwork"> & { selection: Pick<Question["selection"], "fallback"> };
