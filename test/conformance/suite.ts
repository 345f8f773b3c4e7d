import { describe } from "vitest";
import { testBadInput } from "./bad-input.ts";
import { testChains } from "./chains.ts";
import { testDevices } from "./devices.ts";
import { testMisbehaviour } from "./misbehaviour.ts";
import { testNpwg } from "./npwg.ts";
import { testOtherVerbs } from "./other-verbs.ts";
import type { Subject } from "./stage.ts";
import { testVersions } from "./versions.ts";

/**
 * What every way of running genie must do: the verbs of CNI over its versions, with plugins that behave and plugins
 * that don't. Registers its tests with vitest. Source: CNI SPEC.md.
 */
export function runConformance(subject: Subject): void {
  // Each test has a stage of its own, and waits for programs most of the time.
  describe.concurrent(`${subject.name} conforms`, () => {
    testVersions(subject);
    testChains(subject);
    testOtherVerbs(subject);
    testMisbehaviour(subject);
    testBadInput(subject);
    testNpwg(subject);
    testDevices(subject);
  });
}
