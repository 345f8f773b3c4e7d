import { expect, test } from "vitest";
import { findArgsWishes, withoutWishes } from "./cni-args.ts";

const NOMAD = "IgnoreUnknown=true;NOMAD_REGION=global;NOMAD_NAMESPACE=default;NOMAD_JOB_ID=web";
const PODMAN = "IgnoreUnknown=1;K8S_POD_NAME=web-1";
const KUBELET = "K8S_POD_NAME=web-1;K8S_POD_NAMESPACE=shop;K8S_POD_UID=u;IgnoreUnknown=1";
const ALL = 'K8S_ANNOT={"cni":"blue","a":"x=y"}';

test.each<[string, object | undefined, string]>([
  ["", undefined, ""],
  [KUBELET, undefined, KUBELET],
  [PODMAN, undefined, PODMAN],
  ["cni=blue", { cni: "blue" }, ""],
  ["cni=", { cni: "" }, ""],
  [`cni=blue, red@eth5;${PODMAN}`, { cni: "blue, red@eth5" }, PODMAN],
  [`${NOMAD};networks=tenant-a`, { networks: "tenant-a" }, NOMAD],
  [
    `${NOMAD};k8s.v1.cni.cncf.io/networks=a,b;cni-genie.github.io/x=y`,
    { "k8s.v1.cni.cncf.io/networks": "a,b", "cni-genie.github.io/x": "y" },
    NOMAD,
  ],
  [`${KUBELET};${ALL}`, { cni: "blue", a: "x=y" }, KUBELET],
  [`${ALL};cni=red`, { cni: "blue", a: "x=y" }, ""],
  ["K8S_ANNOT={}", {}, ""],
  ["K8S_ANNOT=null", {}, ""],
  ["K8S_ANNOT=", undefined, ""],
  ["K8S_ANNOT=;cni=red", { cni: "red" }, ""],
  ["cni=red;cni=red", { cni: "red" }, ""],
  ["CNI=blue", undefined, "CNI=blue"],
  ["cni", undefined, ""],
])("%j", (args, wishes, rest) => {
  const found = findArgsWishes(args);
  expect(found && Object.fromEntries(found)).toEqual(wishes);
  expect(withoutWishes(args)).toBe(rest);
});

test.each(["cni", "networks", "K8S_ANNOT", "cni-genie.github.io/x"])(
  "a second %s is nobody's word",
  (key) => {
    for (const args of [`${key}={};a=b;${key}=b`, `${key}=;${key}={}`]) {
      expect(() => findArgsWishes(args)).toThrow(
        expect.objectContaining({
          kind: "invalidEnvironment",
          message: `CNI_ARGS: ${key} is there twice, with two values`,
        }),
      );
    }
  },
);

test("annotations may have any name", () => {
  expect([...(findArgsWishes('K8S_ANNOT={"__proto__":"a"}') ?? [])]).toEqual([["__proto__", "a"]]);
});

test.each([
  ["K8S_ANNOT=cni=blue", "CNI_ARGS, K8S_ANNOT: must be a JSON object"],
  ['K8S_ANNOT={"cni":"a;b"}', "CNI_ARGS, K8S_ANNOT: must be a JSON object"],
  [`K8S_ANNOT=${"[".repeat(30_000)}`, "CNI_ARGS, K8S_ANNOT: must be a JSON object"],
  ['K8S_ANNOT=["cni"]', "CNI_ARGS, K8S_ANNOT: must be a JSON object"],
  ['K8S_ANNOT={"cni":null}', 'CNI_ARGS, K8S_ANNOT, "cni": must be a text'],
  ['K8S_ANNOT={"a":"","cni":{"b":1}}', 'CNI_ARGS, K8S_ANNOT, "cni": must be a text'],
  [`K8S_ANNOT={"${"k".repeat(9000)}":1}`, `CNI_ARGS, K8S_ANNOT, "${"k".repeat(128)}": must be a text`],
])("what is wrong is named: %.40s", (args, message) => {
  expect(() => findArgsWishes(args)).toThrow(expect.objectContaining({ kind: "invalidConfig", message }));
});
