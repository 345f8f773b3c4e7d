import * as z from "zod";
import { PURPOSES } from "../../../core/select/request.ts";
import { strict } from "../../../core/strict-object.ts";
import { isNestedWithin, MOST_LEVELS, toFieldName } from "../../../core/spec/json.ts";
import { BuildFailure } from "../failure.ts";

/** Of a file of golden cases, or of one question. */
export const MAX_CASES_BYTES = 16 * 2 ** 20;

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

const goldenCase = strict({
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

/** Reads a file of golden cases. @throws {BuildFailure} naming the case and the field that is wrong. */
export function parseGoldenCases(file: string, text: string): readonly GoldenCase[] {
  const parsed = z.array(goldenCase).safeParse(parseJson(file, text));
  if (parsed.success) return parsed.data;
  throw toFailure(`${file} is no list of golden cases`, parsed.error);
}

/** Reads a file that holds one question: a golden case that needs neither name nor answer. @throws {BuildFailure} */
export function parseQuestion(file: string, text: string): GoldenCase {
  const value = parseJson(file, text);
  if (Array.isArray(value)) {
    const todo = "put one case into a file of its own, or ask them all with geniectl test --cases";
    throw new BuildFailure(`${file} is a list of cases, not one question`, { todo });
  }
  const parsed = goldenCase.extend({ name: z.string().default("question") }).safeParse(value);
  if (parsed.success) return parsed.data;
  throw toFailure(`${file} is no question`, parsed.error);
}

/** In one line; where there are more, each has a line of its own before it. */
const MAX_TOLD = 3;

function toFailure(what: string, { issues }: z.ZodError): BuildFailure {
  const faults = issues.map((issue) => {
    const field = toFieldName(issue.path);
    return field === "" ? issue.message : `${field}: ${issue.message}`;
  });
  return new BuildFailure(`${what}: ${faults.slice(0, MAX_TOLD).join("; ")}`, {
    todo: "see selectors/README.md, Test it",
    report: faults.length > MAX_TOLD ? faults : [],
  });
}

function parseJson(file: string, text: string): unknown {
  const value = readJson(file, text);
  if (isNestedWithin(value, MOST_LEVELS)) return value;
  throw new BuildFailure(`${file} is nested more than ${MOST_LEVELS} levels deep`, { todo: "mend the file" });
}

function readJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new BuildFailure(`${file} is not JSON: ${cause.message}`, { todo: "mend the file", cause });
  }
}
