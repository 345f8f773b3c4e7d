import { expect, test } from "vitest";
import { sortByTraffic } from "./traffic-order.ts";

const sort = (...receivedMbps: (number | undefined)[]) =>
  sortByTraffic(
    receivedMbps.map((value, at) => ({
      network: String(at),
      plugin: "bridge",
      attributes: [],
      kpis: value === undefined ? [] : [{ name: "received-mbps", value, ageMs: 0 }],
      current: false,
    })),
  )
    .map(({ network }) => network)
    .join("");

test.each<[string, (number | undefined)[], string]>([
  ["what receives least comes first", [5, 1, 3], "120"],
  ["what isn't measured comes last, in its order", [undefined, 9, undefined, 0], "3102"],
  ["of the same, the configuration's first", [1, 1, 0, 0], "2301"],
  ["nothing measured leaves the order", [undefined, undefined], "01"],
])("%s", (_, received, order) => expect(sort(...received)).toBe(order));
