import * as z from "zod";
import { PURPOSES } from "../select/request.ts";
import { strict } from "../strict-object.ts";

const texts = z.record(z.string(), z.string());

/** A value measured just now, or one with its age. */
const kpi = z.union([z.number(), z.strictObject({ value: z.number(), ageMs: z.number().int().min(0) })], {
  error: 'must be a number, or {"value": NUMBER, "ageMs": WHOLE NUMBER}',
});

/** A score, or the reason of a rejection; by network, in the order of the candidates. */
const verdicts = z.record(
  z.string(),
  z.union([z.number(), z.string()], { error: "must be a score, or the reason of a rejection in quotes" }),
);

export const goldenCase = strict({
  name: z.string(),
  settings: z.record(z.string(), z.json()).default({}),
  purpose: z.enum(PURPOSES).default("attach"),
  workload: strict({
    orchestrator: z.string().default("none"),
    namespace: z.string().default(""),
    name: z.string().default(""),
    labels: texts.default({}),
    annotations: texts.default({}),
    node: z.string().default("node"),
  }).prefault({}),
  /** KPIs by network and name. */
  candidates: z.record(z.string(), z.record(z.string(), kpi), {
    error: 'must be an object: KPIs by network, as in {"blue": {"occupancy": 0.5}}',
  }),
  /** The networks in the order of the candidates, where `candidates` can't tell: of names, JSON keeps numbers first. */
  order: z.array(z.string()).optional(),
  /** By network, for those that have any. */
  attributes: z.record(z.string(), texts).default({}),
  /** The type of the first plugin by network; `bridge` where it isn't said. */
  plugins: texts.default({}),
  /** The networks to which the workload is attached now. */
  current: z.array(z.string()).default([]),
  count: z.number().int().min(1).default(1),
  /** Decimal, since JSON has no 64-bit numbers. */
  seed: z
    .string()
    .regex(/^\d{1,20}$/, "must be a decimal number in quotes")
    .default("1"),
  extensions: texts.default({}),
  /** What a selector is told of the scorers. */
  verdicts: verdicts.optional(),
  /** A scorer's verdicts, or a selector's choices as network and reason. */
  answer: z
    .union([verdicts, z.array(z.tuple([z.string(), z.string()]))], {
      error: 'must be a score or a reason by network, or a list of ["network", "reason"]',
    })
    .optional(),
  /** The whole answer is this error. */
  error: z.string().optional(),
});

/** One question to a module and the answer that it must give; the form is explained in `selectors/README.md`. */
export type GoldenCase = z.infer<typeof goldenCase>;
/** As it stands in a file, where defaults may be left out. */
export type GoldenCaseInput = z.input<typeof goldenCase>;
