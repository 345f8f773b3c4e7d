import { expect, test } from "vitest";
import { CNI_VERSIONS, hasIpFamily, isBeforeIpList, parseCniVersion } from "./versions.ts";

test.each(CNI_VERSIONS)("%s is served", (version) => expect(parseCniVersion(version)).toBe(version));

test.each(["", "1", "1.0", "v1.0.0", "1.0.0 ", "2.0.0", "0.0.1", "toString", "__proto__"])(
  "%j is refused, and the served ones are named",
  (version) => {
    expect(() => parseCniVersion(version)).toThrow(
      expect.objectContaining({ kind: "incompatibleVersion", details: `served: ${CNI_VERSIONS.join(", ")}` }),
    );
  },
);

test("the shape of a result changes with 0.3.0 and with 1.0.0", () => {
  expect(CNI_VERSIONS.filter(isBeforeIpList)).toEqual(["0.1.0", "0.2.0"]);
  expect(CNI_VERSIONS.filter(hasIpFamily)).toEqual(["0.3.0", "0.3.1", "0.4.0"]);
});
