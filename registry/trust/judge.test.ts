import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import {
  DIGEST,
  FORMATS,
  makeClaim,
  makeKey,
  makeSignature,
  OTHER_DIGEST,
  requireSignature,
} from "../../test/fakes/signatures.ts";
import { judge } from "./judge.ts";
import { parsePolicyText, planPolicy } from "./policy-text.ts";
import type { TrustPolicy } from "./policy.ts";
import type { BadSignature, Signature } from "./signature.ts";
import { toRuleName } from "./rule-name.ts";

const [team, release, stranger] = [makeKey(), makeKey(), makeKey()];
const reference = { host: "r.example", repository: "genie/occupancy" };

function plan(policy: object): TrustPolicy {
  return planPolicy(parsePolicyText(JSON.stringify(policy), "trust.json"), {
    file: "trust.json",
    pemByFile: new Map(),
  });
}

const demand = (key: typeof team, more: object = {}) => ({ key: key.public.pem, ...more });
const byTeam = plan({ repositories: { "r.example/genie": { allOf: [demand(team, { name: "team" })] } } });

function judgeAll(policy: TrustPolicy, ...signatures: (Signature | BadSignature)[]) {
  return judge(policy, { reference, digest: DIGEST, signatures });
}

test.each(FORMATS)("a signature of the format %s by the key of the policy admits", (format) => {
  const { refusal, signatures } = judgeAll(byTeam, makeSignature(format, team));
  expect(refusal).toBeUndefined();
  expect(signatures).toEqual([
    { format, key: "team", keyId: team.public.id, claim: makeClaim(), fault: undefined },
  ]);
});

test.each(FORMATS)("a signature of the format %s counts for nothing else than it says", (format) => {
  const refuse = (...found: (Signature | BadSignature)[]) => judgeAll(byTeam, ...found).refusal;
  expect(refuse()).toBe("no signature holds by team");
  expect(refuse(makeSignature(format, stranger))).toBeDefined();
  expect(refuse(makeSignature(format, team, { digest: OTHER_DIGEST }))).toBeDefined();
  expect(refuse(makeSignature(format, team, { repository: "r.example/genie/price" }))).toBeDefined();
  expect(refuse(makeSignature(format, team, { repository: "r.example/genie/occupancy2" }))).toBeDefined();
  const good = makeSignature(format, team);
  expect(refuse({ ...good, signature: makeSignature(format, team).signature.subarray(1) })).toBeDefined();
});

test("what is wrong with each signature is told", () => {
  const faults = judgeAll(
    byTeam,
    makeSignature("sig", stranger),
    makeSignature("sig", team, { digest: OTHER_DIGEST }),
    makeSignature("bundle", team, { repository: "evil.example/x" }),
    { format: "bundle", fault: "it is listed, and gone" },
  ).signatures.map(({ fault }) => fault);
  expect(faults).toEqual([
    "it was made by no key that counts here",
    `it is for ${OTHER_DIGEST}`,
    'it is for "evil.example/x"',
    "it is listed, and gone",
  ]);
});

test("with two keys valid at once, either is enough: a rotation", () => {
  const rotating = plan({ repositories: { "r.example": { anyOf: [demand(team), demand(release)] } } });
  for (const key of [team, release])
    expect(judgeAll(rotating, makeSignature("sig", key)).refusal).toBeUndefined();
  expect(judgeAll(rotating, makeSignature("sig", stranger)).refusal).toMatch("0 of the keys");
});

test("a minimum counts keys, not signatures", () => {
  const two = plan({
    repositories: { "r.example": { anyOf: [demand(team), demand(release), demand(stranger)], minimum: 2 } },
  });
  const own = [makeSignature("sig", team), makeSignature("sig", team), makeSignature("bundle", team)];
  expect(judgeAll(two, ...own).refusal).toMatch("1 of the keys");
  expect(judgeAll(two, ...own, makeSignature("bundle", stranger)).refusal).toBeUndefined();
});

test("allOf and anyOf hold both", () => {
  const both = plan({
    repositories: { "r.example": { allOf: [demand(team)], anyOf: [demand(release), demand(stranger)] } },
  });
  expect(judgeAll(both, makeSignature("sig", team)).refusal).toBeDefined();
  expect(judgeAll(both, makeSignature("sig", release)).refusal).toBeDefined();
  expect(judgeAll(both, makeSignature("sig", release), makeSignature("sig", team)).refusal).toBeUndefined();
});

test.each(FORMATS)("annotations that the policy wants must be signed, format %s", (format) => {
  const wanting = plan({
    repositories: { "r.example": { allOf: [demand(team, { annotations: { stage: "prod" } })] } },
  });
  const refuse = (annotations: Record<string, string>) =>
    judgeAll(wanting, makeSignature(format, team, { annotations })).refusal;
  expect(refuse({ stage: "prod", more: "x" })).toBeUndefined();
  expect(refuse({ stage: "test" })).toMatch("stage=prod");
  expect(refuse({})).toBeDefined();
});

test("an annotation is not made of two signatures", () => {
  const annotations = { stage: "prod", region: "eu" };
  const wanting = plan({ repositories: { "r.example": { allOf: [demand(team, { annotations })] } } });
  const [one, other] = [{ stage: "prod" }, { region: "eu" }].map((each) =>
    requireSignature(makeSignature("sig", team, { annotations: each })),
  );
  expect(one && other && judgeAll(wanting, one, other).refusal).toBeDefined();
});

test("the longest prefix in whole segments counts", () => {
  const policy = plan({
    repositories: {
      "*": { allOf: [demand(stranger)] },
      "r.example": { allOf: [demand(release)] },
      "r.example/genie": { allOf: [demand(team)] },
      "r.example/genie/occ": { allOf: [demand(stranger)] },
    },
  });
  expect(judgeAll(policy, makeSignature("sig", team)).refusal).toBeUndefined();
  expect(judgeAll(policy, makeSignature("sig", release)).refusal).toBeDefined();
  const elsewhere = { host: "other.example", repository: "x" };
  const signatures = [makeSignature("sig", stranger, { repository: "other.example/x" })];
  expect(judge(policy, { reference: elsewhere, digest: DIGEST, signatures }).refusal).toBeUndefined();
});

test("what no rule is for is refused, also next to one that is alike", () => {
  const policy = plan({ repositories: { "r.example/gen": { allOf: [demand(team)] } } });
  expect(judgeAll(policy, makeSignature("sig", team)).refusal).toBe(
    "no rule is for r.example/genie/occupancy",
  );
});

test("hosts are the same whatever the case", () => {
  const loud = { host: "R.Example", repository: "genie/occupancy" };
  const signatures = [makeSignature("sig", team, { repository: "R.EXAMPLE/genie/occupancy" })];
  expect(judge(byTeam, { reference: loud, digest: DIGEST, signatures }).refusal).toBeUndefined();
});

test("a mirror's rule says where its modules were signed", () => {
  const rule = { allOf: [demand(team)], signedAs: "r.example/genie" };
  const policy = plan({ repositories: { "mirror.example/copies": rule } });
  const mirrored = { host: "mirror.example", repository: "copies/occupancy" };
  const refuse = (repository: string) =>
    judge(policy, {
      reference: mirrored,
      digest: DIGEST,
      signatures: [makeSignature("sig", team, { repository })],
    }).refusal;
  expect(refuse("r.example/genie/occupancy")).toBeUndefined();
  expect(refuse("r.example/genie/price")).toBeDefined();
  expect(refuse("mirror.example/copies/occupancy")).toBeDefined();
});

test("a signature without a repository counts unless the rule wants one", () => {
  const nameless = makeSignature("bundle", team, { repository: undefined });
  expect(judgeAll(byTeam, nameless).refusal).toBeUndefined();
  const rule = { allOf: [demand(team)], namesRepository: true };
  expect(judgeAll(plan({ repositories: { "r.example": rule } }), nameless).refusal).toBeDefined();
});

test("a blocked digest is refused however it is signed, with the reason", () => {
  const policy = plan({
    repositories: { "r.example": { allOf: [demand(team)] } },
    blocked: [{ digest: DIGEST, reason: "places pods on red" }],
  });
  expect(judgeAll(policy, makeSignature("sig", team)).refusal).toBe(
    `${DIGEST} is blocked: places pods on red`,
  );
});

test("what comes from no allowed source is refused", () => {
  const rules = { repositories: { "*": { allOf: [demand(team)] } } };
  expect(
    judgeAll(plan({ ...rules, sources: ["r.example/gen", "x.example"] }), makeSignature("sig", team)).refusal,
  ).toMatch("none of the allowed sources");
  expect(
    judgeAll(plan({ ...rules, sources: ["r.example/genie"] }), makeSignature("sig", team)).refusal,
  ).toBeUndefined();
  expect(judgeAll(plan({ ...rules, sources: [] }), makeSignature("sig", team)).refusal).toBeDefined();
});

test("what strangers signed, however much, costs a bounded number of checks", () => {
  const keys = Array.from({ length: 32 }, () => makeKey());
  const policy = plan({
    repositories: { "r.example": { allOf: [demand(team)], anyOf: keys.map((key) => demand(key)) } },
  });
  const foreign = Array.from({ length: 128 }, () => makeSignature("sig", stranger));
  const faults = judgeAll(policy, ...foreign).signatures.map(({ fault }) => fault);
  expect(faults.filter((fault) => fault === "it was made by no key that counts here")).toHaveLength(33);
  expect(faults.at(-1)).toBe("it isn't checked: there are too many for so many keys");
  const few = plan({ repositories: { "r.example": { allOf: [demand(team)], anyOf: [demand(team)] } } });
  expect(judgeAll(few, ...foreign, makeSignature("bundle", team)).refusal).toBeUndefined();
});

test("keys that are slow to check with check fewer, and never fewer than there are keys", () => {
  const keys = Array.from({ length: 8 }, () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    return { key: publicKey.export({ type: "spki", format: "pem" }).toString() };
  });
  const countChecked = (allOf: readonly { key: string }[]) => {
    const policy = plan({ repositories: { "r.example": { allOf } } });
    const foreign = Array.from({ length: 128 }, () => makeSignature("sig", stranger));
    const { signatures } = judgeAll(policy, ...foreign);
    return signatures.filter(({ fault }) => fault === "it was made by no key that counts here").length;
  };
  expect([1, 4, 8].map((count) => countChecked(keys.slice(0, count)))).toEqual([128, 32, 16]);
});

test.each([
  ["docker.io", "index.docker.io"],
  ["index.docker.io", "docker.io"],
  ["registry-1.docker.io", "docker.io"],
  ["r.example", "R.example:443"],
  ["r.example:443", "r.example"],
])("what is asked for at %s may have been signed for %s", (host, signedFor) => {
  const policy = plan({
    sources: [`${toRuleName(host)}/genie`],
    repositories: { [toRuleName(signedFor)]: { allOf: [demand(team)] } },
  });
  const signatures = [makeSignature("sig", team, { repository: `${signedFor}/genie/occupancy` })];
  const module = { reference: { host, repository: "genie/occupancy" }, digest: DIGEST, signatures };
  expect(judge(policy, module).refusal).toBeUndefined();
  const other = { ...module, reference: { host: `${host}0`, repository: "genie/occupancy" } };
  expect(judge(policy, other).refusal).toBeDefined();
});
