import { expect, test } from "vitest";
import { DIGEST, makeKey, makeSignature } from "../../test/fakes/signatures.ts";
import { trustKeys } from "../trust/policy.ts";
import { judgeFor } from "./signature-views.ts";

test("a signature that is broken, that doesn't count and that holds are told apart, as by geniectl inspect", () => {
  const [team, stranger] = [makeKey(), makeKey()];
  const broken = { format: "bundle", fault: "it is no sigstore bundle v0.3" } as const;
  const signatures = [makeSignature("sig", team), makeSignature("sig", stranger), broken];
  const module = {
    reference: { host: "r.example", repository: "genie/occupancy" },
    digest: DIGEST,
    signatures,
  };
  const listStates = (policy: Parameters<typeof judgeFor>[0]) =>
    judgeFor(policy, module).signatures.map(({ state }) => state);
  const policy = trustKeys([{ name: "team", key: team.public }]);
  expect(listStates(policy)).toEqual(["holds", "doesn't count", "broken"]);
  expect(listStates(undefined)).toEqual(["unchecked", "unchecked", "broken"]);
});
