import { expect, test } from "vitest";
import { CNI_VERSIONS } from "../spec/versions.ts";
import { version } from "./version.ts";

test("answers in the version in which it was asked", () => {
  expect(version("0.3.1")).toEqual({ cniVersion: "0.3.1", supportedVersions: CNI_VERSIONS });
});
