import { expect, test } from "vitest";
import type { Invocation } from "../spec/environment.ts";
import { isSystemPod, readPod, toWorkload } from "./pod.ts";

const invocation: Invocation = {
  verb: "ADD",
  containerId: "c",
  netns: "",
  ifName: "eth0",
  args: "",
  path: [],
};

test("reads what the kubelet's runtimes say", () => {
  const args =
    "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-1;K8S_POD_INFRA_CONTAINER_ID=x;K8S_POD_UID=u1";
  expect(readPod({ ...invocation, args })).toEqual({ namespace: "shop", name: "web-1", uid: "u1" });
});

test("reads what Nomad's client says, which leaves out what has a semicolon", () => {
  const args =
    "IgnoreUnknown=true;NOMAD_REGION=global;NOMAD_NAMESPACE=kube-system;NOMAD_GROUP_NAME=front;NOMAD_ALLOC_ID=a1";
  const pod = { namespace: "kube-system", uid: "a1", orchestrator: "nomad" } as const;
  expect(readPod({ ...invocation, args })).toEqual({ ...pod, name: "front" });
  expect(readPod({ ...invocation, args: `${args};NOMAD_JOB_ID=web` })).toEqual({ ...pod, name: "web/front" });
  expect(toWorkload({ ...pod, name: "web" }, "n1")).toMatchObject({ orchestrator: "nomad" });
  expect(isSystemPod({ ...pod, name: "web" })).toBe(false);
});

test.each(["NOMAD_NAMESPACE", "NOMAD_ALLOC_ID", "K8S_POD_NAMESPACE", "K8S_POD_UID"])(
  "a second %s, which a semicolon in another value brings, is nobody's word",
  (key) => {
    const args = `${key}=a;IgnoreUnknown=1;${key}=a`;
    expect(() => readPod({ ...invocation, args })).not.toThrow();
    for (const forged of [`${args};x=y;${key}=b`, `x=y;${key}=b;${args}`, `${args};${key}=`]) {
      expect(() => readPod({ ...invocation, args: forged })).toThrow(
        expect.objectContaining({
          kind: "invalidEnvironment",
          message: `CNI_ARGS: ${key} is there twice, with two values`,
        }),
      );
    }
  },
);

test("Mesos says that it is Mesos", () => {
  const args = { "org.apache.mesos": { network_info: {} } };
  expect(readPod(invocation, { args })).toEqual({ namespace: "", name: "", uid: "", orchestrator: "mesos" });
});

test("who says nothing is nobody", () => {
  expect(readPod(invocation)).toEqual({ namespace: "", name: "", uid: "" });
});

test("a workload is the pod and its node", () => {
  const nobody = { namespace: "", name: "", uid: "" };
  expect(toWorkload(nobody, "n1")).toMatchObject({ orchestrator: "none", node: "n1" });
  expect(toWorkload({ namespace: "shop", name: "web", uid: "u" }, "n1")).toEqual({
    orchestrator: "kubernetes",
    namespace: "shop",
    name: "web",
    node: "n1",
  });
});

test.each([
  ["kube-system", true],
  ["kube-public", true],
  ["kube-node-lease", true],
  ["kube-system2", false],
  ["KUBE-SYSTEM", false],
  ["", false],
])("namespace %j is the system's: %s", (namespace, expected) => {
  expect(isSystemPod({ namespace, name: "a", uid: "b" })).toBe(expected);
});
