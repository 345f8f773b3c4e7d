/** The SDK's JSON reader against JSON.parse. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildModule } from "../../cni/author/module.ts";
import type { Verdict } from "../../core/select/request.ts";
import { type Ask, loadComponent } from "../../test/fakes/loaded-component.ts";
import { makeRequest } from "../../test/fakes/request.ts";

/** Tells what lies in the settings: an entry by its path and text, then its number as a score. */
const PROBE = `
import { JsonReader } from "genie-cni/json";
import { Request, Verdict, fail } from "genie-cni/sdk";

export function score(request: Request): Verdict[] {
  const json = request.workload.name;
  const reader = new JsonReader(json);
  if (reader.problem != "") return fail<Verdict>(reader.problem);
  const verdicts: Verdict[] = [];
  for (let i = 0; i < reader.entries.length; i++) {
    const entry = reader.entries[i];
    verdicts.push(Verdict.reject(entry.path + " " + (<i32>entry.kind).toString() + " " + entry.text));
    verdicts.push(Verdict.score(entry.number));
  }
  return verdicts;
}
`;

const KINDS = ["nothing", "boolean", "number", "string", "object"];

let folder: string;
let ask: Ask;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-json-"));
  const file = path.join(folder, "probe.ts");
  await writeFile(file, PROBE);
  const { component, kind } = await buildModule({ file });
  ask = await loadComponent(component, kind);
}, 30_000);
afterAll(() => rm(folder, { recursive: true }));

function read(json: string) {
  const request = makeRequest({});
  return ask({ ...request, workload: { ...request.workload, name: json } });
}

/** What the probe tells of a value that JSON.parse read. */
function flatten(value: unknown, at = ""): Verdict[] {
  const kind = KINDS.indexOf(value === null ? "nothing" : typeof value);
  const text = typeof value === "string" ? value : "";
  const number = typeof value === "number" || typeof value === "boolean" ? Number(value) : 0;
  const inside = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [
    { tag: "reject", val: `${at} ${kind} ${text}` },
    { tag: "score", val: number },
    ...inside.flatMap(([name, item]) => flatten(item, at === "" ? name : `${at}.${name}`)),
  ];
}

/** Names that can't make two paths equal, nor change their order in a JavaScript object. */
const names = fc.stringMatching(/^[a-z"\\\n é🙂]{1,4}$/u);
const numbers = fc.oneof(
  fc.integer(),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((it) => Number(it.toFixed(6)) + 0),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    numbers,
    fc.string({ unit: "binary" }),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("group"),
  ),
  list: fc.array(tie("value"), { maxLength: 4 }),
  group: fc.dictionary(names, tie("value"), { maxKeys: 4, noNullPrototype: true }),
})).value;

test("reads what JSON.stringify writes", () => {
  fc.assert(
    fc.property(values, fc.constantFrom(0, 2), (value, indent) => {
      expect(read(JSON.stringify(value, null, indent))).toEqual({ ok: flatten(value) });
    }),
    { numRuns: 500 },
  );
});

test("takes no text that JSON.parse refuses", () => {
  const pieces = fc.constantFrom(
    ...'{}[],:"\\ \n01.eE+-tnu'.split(""),
    "true",
    "null",
    '"a"',
    '"b":',
    "1e5",
    "\\u00e9",
    "\u0001",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const json = parts.join("");
      if ("ok" in read(json)) expect(() => JSON.parse(json) as unknown).not.toThrow();
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ["", "wanted a value at character 0"],
  ['{"a":1,}', "wanted a name or text in double quotes at character 7"],
  ['{"a" 1}', "wanted a colon at character 5"],
  ["[1 2]", "wanted a comma or ] at character 3"],
  ['{"a":"b', "wanted the closing quote at character 7"],
  ['"\\x"', "wanted an escape of JSON at character 3"],
  ["1 2", "wanted the end at character 2"],
  ['{"a":1,"a":2}', "wanted something new after the second a at character 10"],
  ['{"a":{"b":1},"a.b":2}', "wanted something new after the second a.b at character 18"],
  ["[".repeat(40), "wanted less of it at character 17"],
  [`[${"1,".repeat(2000)}1]`, "wanted less of it at character 1999"],
])("tells what is wrong in %j", (json, error) => {
  expect(read(json)).toEqual({ error });
});

test.each([
  "0e999",
  "1e-999",
  "-0",
  "1E+2",
  "12345678901234567890",
  "1e308",
  "0.1",
  "3.47",
  "100",
  "-2.5e-3",
])("reads the number %s", (json) => {
  const [, score] = (read(json) as { ok: Verdict[] }).ok;
  const wanted = Number(json);
  expect(Math.abs(Number(score?.val) - wanted)).toBeLessThanOrEqual(Math.abs(wanted) * 1e-15);
});
