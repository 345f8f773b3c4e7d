import { expect, test } from "vitest";
import { ensureRuntimes } from "../setup/tools.ts";
import { testContainerd } from "./containerd-suite.ts";

const findNode = testContainerd({ ensure: ensureRuntimes, cniVersion: "1.0.0" });

test("containerd 1 never asks for STATUS", async () => {
  const { plugins, containerd } = findNode();
  await containerd.cri.call("Status", {});
  expect(await plugins.takeCalls()).toEqual([]);
});
