import { describe, expect, test } from "vitest";
import { narrowPool } from "./pool.ts";

describe("host-local gives addresses of sub_subnet alone:", () => {
  const part = "10.1.2.0/24";
  const narrowing = { subnet: part, place: "here", network: "net", isGateway: false };
  test.each<[string, object, object]>([
    ["where it had none", {}, { subnet: part }],
    [
      "in place of its subnet",
      { subnet: "10.1.0.0/16", rangeStart: "10.1.0.9", routes: [] },
      { subnet: part, routes: [] },
    ],
    [
      "within bounds that still hold",
      { subnet: "10.1.0.0/16", rangeStart: "10.1.0.9", rangeEnd: "10.1.2.99" },
      { subnet: part, rangeEnd: "10.1.2.99" },
    ],
    [
      "with its gateway, where that is inside",
      { subnet: "10.1.0.0/16", gateway: "10.1.2.254" },
      { subnet: part, gateway: "10.1.2.254" },
    ],
    [
      "in the whole subnet, where its gateway is outside",
      { subnet: "10.1.0.0/16", gateway: "10.1.0.1" },
      { subnet: "10.1.0.0/16", gateway: "10.1.0.1", rangeStart: "10.1.2.1", rangeEnd: "10.1.2.254" },
    ],
    [
      "in place of its set of ranges, beside those of the other family",
      { ranges: [[{ subnet: "fd00::/64" }], [{ subnet: "10.9.0.0/16" }, { subnet: "10.1.0.0/16" }]] },
      { ranges: [[{ subnet: "fd00::/64" }], [{ subnet: part }]] },
    ],
    [
      "beside ranges, where its subnet has it",
      { subnet: "10.1.0.0/16", ranges: [[{ subnet: "fd00::/64" }]] },
      { subnet: part, ranges: [[{ subnet: "fd00::/64" }]] },
    ],
    [
      "as ever, where a set is just that",
      { ranges: [[{ subnet: part, rangeStart: "10.1.2.9" }]] },
      { ranges: [[{ subnet: part, rangeStart: "10.1.2.9" }]] },
    ],
  ])("%s", (_, ipam, expected) =>
    expect(narrowPool({ type: "host-local", ...ipam }, narrowing)).toEqual({
      type: "host-local",
      ...expected,
    }),
  );

  test("though its gateway was outside, where the network's own plugin is the gateway", () => {
    const whole = { subnet: "10.1.0.0/16", gateway: "10.1.0.1" };
    expect(narrowPool(whole, { ...narrowing, isGateway: true })).toEqual({ subnet: part });
  });

  test("or it is refused, with the subnets that there are", () => {
    const ranges = [[{ subnet: "10.0.0.0/16" }, null, "x"], "y", [{ subnet: 7 }]];
    expect(() => narrowPool({ subnet: "fd00::/64", ranges }, narrowing)).toThrow(
      expect.objectContaining({
        message: "here: 10.1.2.0/24 is not part of network net",
        details: "its subnets: fd00::/64, 10.0.0.0/16",
      }),
    );
  });
});
