import { expect, test } from "vitest";
import { parseChallenges } from "./challenge.ts";

test("reads what registries send", () => {
  const header =
    'Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull,push", Basic realm="x \\"y\\""';
  expect(parseChallenges(header).map(({ scheme, params }) => [scheme, Object.fromEntries(params)])).toEqual([
    [
      "bearer",
      { realm: "https://auth.example/token", service: "r.example", scope: "repository:a/b:pull,push" },
    ],
    ["basic", { realm: 'x "y"' }],
  ]);
});

test.each(["", '"', "=", 'Bearer realm="never closed', "a".repeat(100_000), ", ,,"])(
  "%.20s doesn't keep it busy",
  (header) => {
    expect(parseChallenges(header).length).toBeLessThan(3);
  },
);
