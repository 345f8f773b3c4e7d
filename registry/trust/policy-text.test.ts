import { readFile } from "node:fs/promises";
import { generateKeyPairSync } from "node:crypto";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DIGEST, makeKey } from "../../test/fakes/signatures.ts";
import { CLONE_DIR } from "../../test/setup/build.ts";
import { listKeyFiles, parsePolicyText, planPolicy } from "./policy-text.ts";

const KEY = makeKey().public;
const demand = { key: KEY.pem };

function read(policy: unknown, pemByFile: ReadonlyMap<string, string> = new Map()) {
  const text = typeof policy === "string" ? policy : JSON.stringify(policy);
  return planPolicy(parsePolicyText(text, "trust.json"), { file: "trust.json", pemByFile });
}

test("an empty policy admits nothing and blocks nothing", () => {
  expect(read({})).toEqual({ sources: undefined, ruleByPrefix: new Map(), blocked: new Map() });
});

test("keys are texts, or files that are listed once", () => {
  const file = { key: "/etc/genie/team.pub" };
  const policy = {
    repositories: { "r.example": { allOf: [file, { ...file, name: "team" }], anyOf: [demand] } },
  };
  expect(listKeyFiles(parsePolicyText(JSON.stringify(policy), "trust.json"))).toEqual([file.key]);
  const rule = read(policy, new Map([[file.key, KEY.pem]])).ruleByPrefix.get("r.example");
  expect(rule?.allOf.map(({ name, key }) => [name, key.id])).toEqual([
    [file.key, KEY.id],
    ["team", KEY.id],
  ]);
  expect(rule).toMatchObject({ anyOf: [{ name: KEY.id }], minimum: 1, namesRepository: false });
});

const within = (rule: unknown, prefix = "r.example") => ({ repositories: { [prefix]: rule } });

test.each([
  ["no JSON", "{", "trust.json is not a JSON object"],
  ["a list", [], "trust.json is not a JSON object"],
  ["an unknown key", { repos: {} }, 'unknown key "repos"'],
  ["a misspelt key", within({ allof: [demand] }), 'unknown key "allof", did you mean "allOf"?'],
  ["a rule without a key", within({}), "repositories.r.example: must name a key under allOf or anyOf"],
  ["an empty list", within({ anyOf: [] }), "must name a key"],
  ["a minimum of none", within({ anyOf: [demand], minimum: 0 }), "repositories.r.example.minimum"],
  [
    "too high a minimum",
    within({ anyOf: [demand], minimum: 2 }),
    "repositories.r.example.minimum: must not be more",
  ],
  [
    "one key twice for two",
    within({ anyOf: [demand, demand], minimum: 2 }),
    "anyOf has fewer different keys",
  ],
  ["no key", within({ allOf: [{ key: "" }] }), "repositories.r.example.allOf[0].key: must be a public key"],
  ["a relative path", within({ allOf: [{ key: "team.pub" }] }), "allOf[0].key: must be a public key"],
  [
    "a key that is none",
    within({ allOf: [{ key: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----" }] }),
    "allOf[0].key can't be read as a public key",
  ],
  [
    "a file that is none",
    within({ anyOf: [demand, { key: "/k" }] }),
    "anyOf[1].key /k is no public key in PEM",
  ],
  [
    "an annotation that is no text",
    within({ allOf: [{ ...demand, annotations: { a: 1 } }] }),
    "allOf[0].annotations.a",
  ],
  ["a tag in a prefix", within({ allOf: [demand] }, "r.example/a:1"), "must be HOST or HOST/PATH"],
  ["a slash at the end", within({ allOf: [demand] }, "r.example/"), "must be HOST or HOST/PATH"],
  ["capitals", within({ allOf: [demand] }, "R.example/a"), "must be HOST or HOST/PATH"],
  ["an empty prefix", within({ allOf: [demand] }, ""), "must be HOST or HOST/PATH"],
  [
    "signedAs for everything",
    within({ allOf: [demand], signedAs: "r.example" }, "*"),
    "signedAs: must be beside a prefix",
  ],
  ["a source that is none", { sources: ["https://r.example"] }, "sources[0]: must be HOST or HOST/PATH"],
  [
    "a blocked digest that is none",
    { blocked: [{ digest: "sha256:00", reason: "x" }] },
    "blocked[0].digest: must be sha256:",
  ],
  [
    "a rule that would not be there",
    `{"repositories":{"__proto__":${JSON.stringify({ allOf: [demand] })}}}`,
    "trust.json: repositories.__proto__: no key may be called so",
  ],
  [
    "a demand that would not be there",
    JSON.stringify(within({ allOf: [{ ...demand, annotations: { x: "1" } }] })).replace('"x"', '"__proto__"'),
    "repositories.r.example.allOf[0].annotations.__proto__: no key may be called so",
  ],
  ["a key of no meaning", '{"__proto__":{}}', "trust.json: __proto__: no key"],
  ["no reason", { blocked: [{ digest: DIGEST }] }, "blocked[0].reason"],
])("with %s, the policy is refused and the field is named", (_, policy, message) => {
  expect(() => read(policy)).toThrow(message);
  expect(() => read(policy)).toThrow(expect.objectContaining({ kind: "invalidPolicy" }));
});

test("the policy that the README shows is one", async () => {
  const readme = await readFile(path.join(CLONE_DIR, "README.md"), "utf8");
  const [, text = ""] = /### Who is trusted[^]*?```json\n([^]*?)```/.exec(readme) ?? [];
  const parsed = parsePolicyText(text, "trust.json");
  const pemByFile = new Map(listKeyFiles(parsed).map((file) => [file, makeKey().public.pem]));
  const policy = planPolicy(parsed, { file: "trust.json", pemByFile });
  expect([...policy.ruleByPrefix.keys()]).toEqual(["registry.example/genie", "mirror.example/genie"]);
});

test("whatever a file holds, it is a policy or refused in one line", () => {
  const rule = fc.record({
    allOf: fc.jsonValue(),
    anyOf: fc.array(fc.record({ key: fc.string() })),
    minimum: fc.integer(),
  });
  const policy = fc.oneof(
    fc.jsonValue(),
    fc.record({
      repositories: fc.dictionary(fc.string(), fc.oneof(rule, fc.jsonValue())),
      sources: fc.jsonValue(),
    }),
  );
  fc.assert(
    fc.property(policy, (value) => {
      try {
        read(value);
      } catch (error) {
        expect(error).toMatchObject({
          kind: "invalidPolicy",
          message: expect.stringMatching(/^trust\.json/),
        });
      }
    }),
  );
});

test("a key that is there twice is refused: of two lists of what is blocked, the first would count for nothing", () => {
  const text = `{"blocked":[{"digest":"${DIGEST}","reason":"x"}],"blocked":[]}`;
  expect(() => read(text)).toThrow('trust.json has the key "blocked" twice');
});

test("hosts are the same by each of their names, and have one rule", () => {
  const policy = read({
    sources: ["index.docker.io/team", "r.example:443"],
    repositories: { "registry-1.docker.io/team": { allOf: [demand], signedAs: "r.example:443/team" } },
  });
  expect(policy.sources).toEqual(["docker.io/team", "r.example"]);
  expect(policy.ruleByPrefix.get("docker.io/team")).toMatchObject({ signedAs: "r.example/team" });
  const rule = { allOf: [demand] };
  expect(() => read({ repositories: { "r.example": rule, "r.example:443": rule } })).toThrow(
    "trust.json: repositories.r.example:443 is for r.example, which has a rule already",
  );
});

const makeDemands = (curve: "P-256" | "P-384" | undefined, count: number) =>
  Array.from({ length: count }, () => {
    const { publicKey } =
      curve === undefined ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: curve });
    return { key: publicKey.export({ type: "spki", format: "pem" }).toString() };
  });

test.each([
  ["P-256", 64, undefined],
  ["P-384", 22, 23],
  [undefined, 45, 46],
] as const)("a rule has as many keys of %s as a pod can wait for: %i", (curve, most, tooMany) => {
  const plan = (count: number) => {
    const all = makeDemands(curve, count);
    return read(within({ allOf: all.slice(0, 32), anyOf: all.slice(32) }));
  };
  expect(plan(most).ruleByPrefix.size).toBe(1);
  if (tooMany !== undefined)
    expect(() => plan(tooMany)).toThrow("r.example has too many keys for a pod to wait for");
});
