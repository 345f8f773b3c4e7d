import * as z from "zod";
import { fitsAll } from "../networks/label-terms.ts";
import { MOST_KEY_CHARACTERS } from "../select/pod-keys.ts";
import { strict } from "../strict-object.ts";

const MOST_REQUIREMENTS = 32;
const MOST_VALUES = 64;
/** A value is shorter than a key may be. */
const text = z.string().max(MOST_KEY_CHARACTERS);

const requirement = strict({
  key: text.min(1),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
  values: z.array(text).max(MOST_VALUES).default([]),
}).refine(
  ({ operator, values }) => (operator === "In" || operator === "NotIn") === values.length > 0,
  "In and NotIn take values, Exists and DoesNotExist take none",
);

/** As Kubernetes has it; an empty one matches everything. Source: Kubernetes API, LabelSelector v1 meta. */
export const labelSelector = strict({
  matchLabels: z.record(text, text).default({}),
  matchExpressions: z.array(requirement).max(MOST_REQUIREMENTS).default([]),
});

export type LabelSelector = z.infer<typeof labelSelector>;
export type Labels = ReadonlyMap<string, string>;

/** Does everything hold that the selector requires? */
export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  const equal = Object.entries(matchLabels).every(([key, value]) => labels.get(key) === value);
  return equal && fitsAll(matchExpressions, labels);
}
