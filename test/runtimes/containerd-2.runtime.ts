import { mkdir, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { buildContainerd2 } from "../setup/containerd-2.ts";
import { testContainerd } from "./containerd-suite.ts";

const findNode = testContainerd({ ensure: buildContainerd2, cniVersion: "1.1.0" });

test("the node is ready as STATUS says, and the kubelet is told why it is not", async () => {
  const { node, plugins, containerd } = findNode();
  const findNetworkReady = async () => {
    const { status } = await containerd.cri.call("Status", {});
    return status.conditions.find(({ type }) => type === "NetworkReady");
  };
  expect(await findNetworkReady()).toMatchObject({ status: true });
  expect((await plugins.takeCalls()).map(({ verb, stdin }) => [verb, stdin["cniVersion"]])).toEqual([
    ["STATUS", "1.1.0"],
  ]);
  const aside = path.join(node.confDir, "../aside");
  await mkdir(aside);
  const networks = (await readdir(node.confDir)).filter((name) => !name.startsWith("00-"));
  const move = async (from: string, to: string) => {
    for (const name of networks) await rename(path.join(from, name), path.join(to, name));
  };
  await move(node.confDir, aside);
  expect(await findNetworkReady()).toMatchObject({
    status: false,
    message: expect.stringContaining(`${node.confDir} has no usable network`),
  });
  await move(aside, node.confDir);
  expect(await findNetworkReady()).toMatchObject({ status: true });
});
