import { expect, test } from "vitest";
import { makeMemoryReader } from "../../test/fakes/reader.ts";
import { addBundle, addTagged } from "../../test/fakes/signature-artifacts.ts";
import { DIGEST, makeKey } from "../../test/fakes/signatures.ts";
import { judgeAll, judgeEnough } from "./admit.ts";
import type { PublicKey } from "./key.ts";
import { EVERYTHING, type TrustPolicy, type TrustRule } from "./policy.ts";

const [byTag, byBundle, nobody] = [makeKey(), makeKey(), makeKey()];
const module = {
  reference: { host: "r.example", repository: "genie/occupancy", tag: undefined, digest: DIGEST },
  digest: DIGEST,
};

const demand = ({ public: key }: { public: PublicKey }) => ({ name: key.id, key, annotations: {} });
const RULE: TrustRule = { allOf: [], anyOf: [], minimum: 1, signedAs: undefined, namesRepository: false };
const toPolicy = (rule: Partial<TrustRule>): TrustPolicy => ({
  sources: undefined,
  ruleByPrefix: new Map([[EVERYTHING, { ...RULE, ...rule }]]),
  blocked: new Map(),
});

function sign() {
  const reader = makeMemoryReader();
  addTagged(reader, { key: byTag });
  addBundle(reader, { key: byBundle });
  return reader;
}

test.each<[string, TrustPolicy, { isAdmitted: boolean; needsBundles: boolean }]>([
  [
    "one key whose signature is at the tag",
    toPolicy({ allOf: [demand(byTag)] }),
    { isAdmitted: true, needsBundles: false },
  ],
  [
    "one of two keys",
    toPolicy({ anyOf: [demand(nobody), demand(byTag)] }),
    { isAdmitted: true, needsBundles: false },
  ],
  [
    "one key whose signature is a bundle",
    toPolicy({ allOf: [demand(byBundle)] }),
    { isAdmitted: true, needsBundles: true },
  ],
  [
    "two keys, all of them",
    toPolicy({ allOf: [demand(byTag), demand(byBundle)] }),
    { isAdmitted: true, needsBundles: true },
  ],
  [
    "two of three keys",
    toPolicy({ anyOf: [byTag, nobody, byBundle].map(demand), minimum: 2 }),
    { isAdmitted: true, needsBundles: true },
  ],
  [
    "three of three keys",
    toPolicy({ anyOf: [byTag, nobody, byBundle].map(demand), minimum: 3 }),
    { isAdmitted: false, needsBundles: true },
  ],
  [
    "a key that has signed nothing",
    toPolicy({ allOf: [demand(byTag), demand(nobody)] }),
    { isAdmitted: false, needsBundles: true },
  ],
  [
    "that it is blocked",
    { ...toPolicy({ allOf: [demand(byTag)] }), blocked: new Map([[DIGEST, "bad"]]) },
    { isAdmitted: false, needsBundles: true },
  ],
])("a policy that says %s is judged as with every signature", async (_, policy, expected) => {
  const reader = sign();
  let listed = 0;
  const list = reader.listReferrers.bind(reader);
  reader.listReferrers = (...asked) => (listed++, list(...asked));
  const { refusal } = await judgeEnough(policy, module, reader);
  expect({ isAdmitted: refusal === undefined, needsBundles: listed > 0 }).toEqual(expected);
  expect(refusal).toBe((await judgeAll(policy, module, sign())).refusal);
});

test("where bundles are needed and can't be had, that is a failure", async () => {
  const reader = sign();
  reader.listReferrers = async () => {
    throw new Error("it is down");
  };
  await expect(judgeEnough(toPolicy({ allOf: [demand(byBundle)] }), module, reader)).rejects.toThrow(
    "it is down",
  );
});
