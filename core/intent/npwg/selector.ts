import { Failure } from "../../errors.ts";
import type { LabelTerm } from "../../networks/label-terms.ts";

const MOST_CHARACTERS = 1_024;

const NAME = "[A-Za-z0-9](?:[-\\w.]{0,61}[A-Za-z0-9])?";
const KEY = `(?:[a-z0-9][-a-z0-9.]{0,252}/)?${NAME}`;
const SET = `\\s+(?<set>in|notin)\\s*\\((?<values>[^()]*)\\)`;
const EQUAL = `\\s*(?<sign>==|=|!=)\\s*(?<value>(?:${NAME})?)`;
const VALUE = new RegExp(`^(?:${NAME})?$`);
const TERM = new RegExp(`\\s*(?:!\\s*(?<absent>${KEY})|(?<key>${KEY})(?:${SET}|${EQUAL})?)\\s*(?:,|$)`, "y");

/**
 * Reads a label selector as `kubectl -l` takes it: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by
 * commas; an empty one fits all. Source: Kubernetes, "Labels and Selectors".
 *
 * @throws {Failure} invalidConfig naming the place and where the text stops to be one.
 */
export function parseSelector(text: string, from: string): readonly LabelTerm[] {
  if (text.length > MOST_CHARACTERS) {
    throw new Failure("invalidConfig", `${from}: the selector has more than ${MOST_CHARACTERS} characters`);
  }
  const terms: LabelTerm[] = [];
  TERM.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ""; at = TERM.lastIndex) {
    const term = toTerm(TERM.exec(text)?.groups);
    if (term === undefined) {
      throw new Failure("invalidConfig", `${from}: the selector is none at character ${at + 1}`, {
        details: "such as: tenant=a, speed in (fast,faster), !legacy",
      });
    }
    terms.push(term);
  }
  return terms;
}

/** Undefined for what is none. */
function toTerm(found: Partial<Record<string, string>> | undefined): LabelTerm | undefined {
  if (found === undefined) return undefined;
  const { absent, key = "", set, values = "", sign, value = "" } = found;
  if (absent !== undefined) return { key: absent, operator: "DoesNotExist", values: [] };
  if (sign !== undefined) return { key, operator: sign === "!=" ? "NotIn" : "In", values: [value] };
  if (set === undefined) return { key, operator: "Exists", values: [] };
  const listed = values.split(",").map((one) => one.trim());
  if (!listed.every((one) => VALUE.test(one))) return undefined;
  return { key, operator: set === "in" ? "In" : "NotIn", values: listed };
}
