import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { conf, defined, NETWORKS, openNode, PREFIX, takeCalls } from "./cluster-node.ts";
import type { Subject } from "./stage.ts";

/** Below the /var/lib that the tests have to themselves. */
const CHECKPOINT = "/var/lib/kubelet/device-plugins/kubelet_internal_checkpoint";

/** The kubelet has given the pod these devices of `a/vf`; d0 is for others. */
async function note(deviceIds: readonly string[]): Promise<AsyncDisposable> {
  const entry = { PodUID: "u1", ContainerName: "c", ResourceName: "a/vf", DeviceIDs: { "-1": deviceIds } };
  const Data = { PodDeviceEntries: [entry], RegisteredDevices: { "a/vf": ["d0", "d1", "d2"] } };
  await mkdir(path.dirname(CHECKPOINT), { recursive: true });
  await writeFile(CHECKPOINT, JSON.stringify({ Data, Checksum: 1 }), { flag: "wx" });
  return { [Symbol.asyncDispose]: () => rm(CHECKPOINT) };
}

function openDeviceNode(subject: Subject) {
  const annotations = { "k8s.v1.cni.cncf.io/resourceName": "a/vf" };
  const config = conf("one", { capabilities: { deviceID: true } });
  return openNode(subject, { [`${PREFIX}/vf`]: defined("vf", config, { annotations }) });
}

/** Networks whose pods have a device of the kubelet's. The kubelet's file is one for all, so one test at a time. */
export function testDevices(subject: Subject): void {
  describe("NPWG 21: a network of a resource", { concurrent: false }, () => {
    test("brings the pod's own devices, in their order; CHECK and DEL need no kubelet", async () => {
      await using node = await openDeviceNode(subject);
      {
        await using _noted = await note(["d2", "d1"]);
        expect(await node.call("ADD", "vf,vf")).toMatchObject({ exitCode: 0, stderr: "" });
      }
      expect(await node.call("CHECK", "vf,vf")).toMatchObject({ exitCode: 0 });
      expect(await node.call("DEL", "vf,vf")).toMatchObject({ exitCode: 0 });
      const calls = (await node.stage.plugins.takeCalls()).filter(({ plugin }) => plugin === "one");
      const withDevice = (id: string) => ({ deviceID: id, pciBusID: id, runtimeConfig: { deviceID: id } });
      expect(calls.map(({ verb, ifName, stdin }) => [verb, ifName, stdin])).toMatchObject([
        ["ADD", "net1", withDevice("d1")],
        ["ADD", "net2", withDevice("d2")],
        ["CHECK", "net1", withDevice("d1")],
        ["CHECK", "net2", withDevice("d2")],
        ["DEL", "net2", withDevice("d2")],
        ["DEL", "net1", withDevice("d1")],
      ]);
    });

    const element = `annotation "${NETWORKS}", element 2`;
    test.each<[string, string, object]>([
      [
        "another pod's device",
        '[{"name":"vf"},{"name":"vf","deviceID":"d0"}]',
        { code: 102, msg: `${element}: deviceID: d0 is no device of this pod's` },
      ],
      [
        "a second device of the pod's only one",
        "vf,vf",
        {
          code: 7,
          msg: `${element}: NetworkAttachmentDefinition shop/vf: its networks take more devices of a/vf than the 1 that it has`,
        },
      ],
    ])("refuses %s: nothing is run", async (...[, networks, answer]) => {
      await using node = await openDeviceNode(subject);
      await using _noted = await note(["d1"]);
      expect(await node.call("ADD", networks)).toMatchObject({ exitCode: 1, answer });
      expect(await takeCalls(node.stage)).toEqual([]);
    });

    test("is refused where no kubelet has given a device", async () => {
      await using node = await openDeviceNode(subject);
      expect(await node.call("ADD", "vf")).toMatchObject({
        exitCode: 1,
        answer: {
          code: 7,
          msg: expect.stringContaining("the kubelet has given this pod no device of a/vf"),
          details: expect.stringContaining(CHECKPOINT),
        },
      });
      expect(await node.call("ADD", '[{"name":"vf","deviceID":"0000:00:1f.6"}]')).toMatchObject({
        exitCode: 1,
        answer: { code: 102, msg: expect.stringContaining("0000:00:1f.6 is no device of this pod's") },
      });
      expect(await takeCalls(node.stage)).toEqual([]);
    });
  });
}
