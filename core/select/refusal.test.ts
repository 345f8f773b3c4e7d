import { expect, test } from "vitest";
import { makeDecision, makeRun } from "../../test/fakes/decision.ts";
import { requireRanking } from "./refusal.ts";

const run = makeRun();
const decision = makeDecision();

test("a ranking is what it is", () => {
  const ranking = [{ network: "blue", reason: "" }];
  expect(requireRanking({ ...decision, ranking }, 1)).toBe(ranking);
});

test("rejections are a policy: each is named", () => {
  const rejected = ["blue", "red"].map((network) => ({
    network,
    by: "sha256:a",
    reason: `${network} is full`,
  }));
  expect(() => requireRanking({ ...decision, rejected, refusal: "everyCandidateRejected" }, 1)).toThrow(
    expect.objectContaining({
      kind: "noCandidate",
      details: "blue: blue is full (sha256:a); red: red is full (sha256:a)",
    }),
  );
});

test("a module that must not fail and did is named", () => {
  const modules = [run, { ...run, digest: "sha256:b", outcome: "trap" as const, detail: "unreachable" }];
  expect(() => requireRanking({ ...decision, modules, refusal: "moduleMustNotFail" }, 1)).toThrow(
    expect.objectContaining({
      kind: "moduleFailed",
      message: "a module that must not fail did: sha256:b (trap)",
      details: "unreachable",
    }),
  );
});
