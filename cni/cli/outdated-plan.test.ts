import { expect, test } from "vitest";
import { listNewer, listOutdatedFindings, type Look } from "./outdated-plan.ts";

const DIGEST = `sha256:${"a".repeat(64)}` as const;
const OTHER = `sha256:${"b".repeat(64)}` as const;
const FINE: Look = {
  digest: DIGEST,
  isThere: true,
  version: "1.0.0",
  tag: { version: "1.0.0", digest: DIGEST },
  newest: undefined,
  deprecated: undefined,
  refusal: undefined,
};

const WORDS = { config: "genie.conf", policies: [], repository: "r.example/a" };

test("nothing is said of what is as it should be", () => {
  expect(listOutdatedFindings(FINE, WORDS)).toEqual([]);
});

test.each<[string, Partial<Look>, readonly string[]]>([
  ["newer", { newest: { version: "1.1.0", digest: OTHER } }, ["newer"]],
  ["moved", { tag: { version: "1.0.0", digest: OTHER } }, ["moved"]],
  ["gone", { isThere: false, tag: { version: "1.0.0", digest: OTHER } }, ["gone"]],
  ["a tag alone", { digest: undefined }, ["notPinned"]],
  ["deprecated", { deprecated: { reason: "slow", replacedBy: "r.example/a:2" } }, ["deprecated"]],
  [
    "all at once",
    {
      refusal: "blocked",
      deprecated: { reason: "slow", replacedBy: undefined },
      isThere: false,
      newest: { version: "2", digest: OTHER },
    },
    ["refused", "deprecated", "gone", "newer"],
  ],
])("%s is told, the most pressing first", (_, change, wanted) => {
  expect(listOutdatedFindings({ ...FINE, ...change }, WORDS).map(({ what }) => what)).toEqual(wanted);
});

test("the commands that mend it can be copied", () => {
  const look: Look = { ...FINE, digest: undefined, newest: { version: "1.1.0", digest: OTHER } };
  expect(listOutdatedFindings(look, WORDS).map(({ todo }) => todo)).toEqual([
    "geniectl pin --config genie.conf",
    "geniectl pin --config genie.conf r.example/a:1.1.0",
  ]);
});

const TAGS = ["latest", "1.0.0", "1.10.0", "1.9.0", "2.0.0-rc.1", `sha256-${"a".repeat(64)}.sig`, "main"];

test.each([
  ["1.0.0", ["1.10.0", "1.9.0"]],
  ["1.10.0", []],
  ["2.0.0-beta", ["2.0.0-rc.1"]],
  [undefined, ["1.10.0", "1.9.0", "1.0.0"]],
])("beyond %s there are %j", (version, newer) => {
  expect(listNewer(TAGS, version)).toEqual(newer);
});
