import { ANNOTATIONS } from "../../cni/migrate/annotations.ts";
import { CNI_GENIE_KEYS } from "../../cni/migrate/cni-genie.ts";
import { MULTUS_KEYS } from "../../cni/migrate/multus.ts";
import type { KeyRule } from "../../cni/migrate/rule.ts";
import type { Row } from "./tables.ts";

/** Every annotation and key of CNI-Genie and of Multus; those of one fate share a row. */
export function migration(): readonly Row[] {
  const annotations = ANNOTATIONS.map(({ key, on, words }): Row => [
    `annotation of a ${on}`,
    toCode([key]),
    words,
  ]);
  return [
    ["of", "annotation or key", "in genie"],
    ...annotations,
    ...toRows("CNI-Genie", CNI_GENIE_KEYS),
    ...toRows("Multus", MULTUS_KEYS),
  ];
}

function toRows(whose: string, rules: readonly KeyRule[]): readonly Row[] {
  const told = rules.map(({ fate, words }) => (words === "as it is" ? words : `${fate}: ${words}`));
  return [...new Set(told)].map((words) => [
    whose,
    toCode(rules.filter((_, at) => told[at] === words).map(({ key }) => key)),
    words,
  ]);
}

function toCode(keys: readonly string[]): string {
  return keys.map((key) => `\`${key}\``).join(", ");
}
