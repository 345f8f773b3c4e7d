import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Pod } from "../core/intent/pod.ts";
import { openPodDevices } from "./pod-devices.ts";

const POD: Pod = { namespace: "shop", name: "web", uid: "u1" };

let file: string;
beforeEach(async () => {
  file = path.join(await mkdtemp(path.join(tmpdir(), "genie-kubelet-")), "checkpoint");
});
afterEach(() => rm(path.dirname(file), { recursive: true }));

test("a pod's devices are in the kubelet's file", async () => {
  const entries = [{ PodUID: "u1", ResourceName: "a/vf", DeviceIDs: { "0": ["d1"] } }];
  await writeFile(file, JSON.stringify({ Data: { PodDeviceEntries: entries }, Checksum: 1 }));
  expect(await openPodDevices(file)(POD)).toEqual({
    source: file,
    hasKubelet: true,
    ownByResource: new Map([["a/vf", ["d1"]]]),
    allByResource: new Map([["a/vf", new Set(["d1"])]]),
  });
});

test.each<[string, Pod, boolean]>([
  ["where there is no kubelet", { ...POD, namespace: "" }, false],
  ["in a job of Nomad's", { ...POD, orchestrator: "nomad" }, false],
  ["where the kubelet has noted nothing", POD, true],
])("%s, nobody has a device", async (_, pod, hasKubelet) => {
  const none = { source: file, hasKubelet, ownByResource: new Map(), allByResource: new Map() };
  expect(await openPodDevices(file)(pod)).toEqual(none);
});

test("a file that is too long, or is none, is a failure with its name", async () => {
  const tell = (problem: string) => ({ kind: "ioFailure", message: `${file}${problem}` });
  await writeFile(file, "");
  await truncate(file, 16 * 1024 * 1024 + 1);
  await expect(openPodDevices(file)(POD)).rejects.toMatchObject(
    tell(" has 16777217 bytes, more than 16777216"),
  );
  const folder = path.dirname(file);
  await expect(openPodDevices(folder)(POD)).rejects.toMatchObject({
    kind: "ioFailure",
    message: `${folder} is not a file`,
  });
  await expect(openPodDevices(path.join(file, "x"))(POD)).rejects.toMatchObject({
    kind: "ioFailure",
    message: `${file}/x, in which the kubelet notes devices, can't be read: ENOTDIR`,
  });
});
