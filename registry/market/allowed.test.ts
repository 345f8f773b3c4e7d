import { expect, test } from "vitest";
import { parseReference } from "../reference.ts";
import { isAllowed } from "./allowed.ts";

const catalogue = parseReference("r.example/genie/catalogue:latest");

test.each([
  ["r.example/team/near", [], true],
  ["r.example.evil.example/team/near", [], false],
  ["127.0.0.1:5000/near", [], false],
  ["other.example/near", [], false],
  ["other.example/near", ["other.example"], true],
  ["other.example/near", ["other.example/"], true],
  ["r.example/near", ["other.example"], false],
  ["r.example/team/near", ["r.example/team"], true],
  ["r.example/teams/near", ["r.example/team"], false],
  ["r.example/team", ["r.example/team"], true],
])("%s with %j: %s", (repository, prefixes, allowed) => {
  expect(isAllowed(repository, { prefixes, catalogue })).toBe(allowed);
});
