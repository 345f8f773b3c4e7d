import * as z from "zod";
import { type GoldenCase, goldenCase } from "../../../core/golden/case.ts";
import { hasAtMost, isNestedWithin, MOST_LEVELS, toFieldName } from "../../../core/spec/json.ts";
import { BuildFailure } from "../failure.ts";

/** Of a file of golden cases, or of one question. */
export const MAX_CASES_BYTES = 16 * 2 ** 20;

/** Of numbers, texts, lists and objects together: the file may be a stranger's. */
const MOST_VALUES = 50_000;

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
  if (!hasAtMost(value, MOST_VALUES)) {
    throw new BuildFailure(`${file} has more than ${MOST_VALUES} values`, {
      todo: "make several files of it",
    });
  }
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
