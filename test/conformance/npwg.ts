import { rm } from "node:fs/promises";
import path from "node:path";
import type http from "node:http";
import { describe, expect, test } from "vitest";
import { startScriptedApi } from "../fakes/scripted-api.ts";
import { answerIn, openStage, type Stage, type Subject } from "./stage.ts";

const NETWORKS = "k8s.v1.cni.cncf.io/networks";
const STATUS = "k8s.v1.cni.cncf.io/network-status";
const CNI_ARGS = "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=u1";
const PREFIX = "/apis/k8s.cni.cncf.io/v1/namespaces/shop/network-attachment-definitions";

/** What the API server has, by its path. */
type Objects = Readonly<Record<string, unknown>>;

const defined = (name: string, config?: unknown, labels: object = {}) => ({
  metadata: { namespace: "shop", name, labels },
  spec: config === undefined ? {} : { config: JSON.stringify(config) },
});
const conf = (type: string, more: object = {}) => ({ cniVersion: "1.0.0", type, ...more });

function answerFrom(objects: Objects) {
  return (response: http.ServerResponse): void => {
    const { method, url = "" } = response.req;
    const found = method === "PATCH" || method === "POST" ? {} : objects[url.split("?")[0] ?? ""];
    response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(found ?? { kind: "Status", code: 404, reason: "NotFound" }));
  };
}

/** A node whose default network is `main`, in a cluster with these objects; plugins of all these names. */
async function openNode(subject: Subject, objects: Objects) {
  const undo = new AsyncDisposableStack();
  const stage = undo.use(await openStage(subject));
  const api = undo.use(await startScriptedApi());
  const kubernetes = { kubeconfig: await api.writeKubeconfig() };
  api.answers = [answerFrom(objects)];
  for (const plugin of ["main", "one", "two"]) await stage.plugins.plugin(plugin, answerIn("1.0.0"));
  await stage.addNetwork("10-main.conf", { ...conf("main"), name: "main" });
  const usual = {
    confDir: stage.confDir,
    stateDir: path.join(stage.plugins.dir, "state"),
    secondaryRoutes: "keep",
  };
  const call = (verb: "ADD" | "DEL" | "CHECK", networks: string, more: object = {}) => {
    const runtimeConfig = { "io.kubernetes.cri.pod-annotations": { [NETWORKS]: networks } };
    const genie = { ...usual, ...more }; // no namespace here in which there would be routes
    return stage.call(verb, { stdin: { kubernetes, runtimeConfig, genie }, env: { CNI_ARGS } });
  };
  return { stage, api, call, [Symbol.asyncDispose]: () => undo.disposeAsync() };
}

async function takeCalls(stage: Stage): Promise<readonly string[]> {
  return (await stage.plugins.takeCalls()).map(({ verb, plugin, ifName }) => `${verb} ${plugin} ${ifName}`);
}

/** Pods that select networks as the NPWG's specification has it. */
export function testNpwg(subject: Subject): void {
  describe("NPWG", () => {
    test.each([
      ["short", "one,two@x1,one"],
      [
        "JSON",
        JSON.stringify([
          { name: "one" },
          { name: "two", interface: "x1" },
          { name: "one", namespace: "shop" },
        ]),
      ],
    ])("NPWG 8, 22, 24, 29: the %s form; the status is one PATCH", async (_, networks) => {
      await using node = await openNode(subject, {
        [`${PREFIX}/one`]: defined("one", conf("one")),
        [`${PREFIX}/two`]: defined("two", { ...conf("two"), name: "other" }),
      });
      expect(await node.call("ADD", networks)).toMatchObject({ exitCode: 0, stderr: "" });
      expect(await takeCalls(node.stage)).toEqual([
        "ADD main eth0",
        "ADD one net1",
        "ADD two x1",
        "ADD one net3",
      ]);
      const written = node.api.asked.filter(({ line }) => line.startsWith("PATCH "));
      expect(written.map(({ line }) => line)).toEqual(["PATCH /api/v1/namespaces/shop/pods/web"]);
      const { metadata } = JSON.parse(written[0]?.body ?? "");
      expect(metadata.uid).toBe("u1");
      expect(JSON.parse(metadata.annotations[STATUS])).toMatchObject([
        { name: "main", default: true, interface: "eth0", ips: ["10.0.0.5"], gateway: ["10.0.0.1"] },
        { name: "shop/one", default: false, mac: "00:11:22:33:44:55" },
        { name: "shop/two", default: false },
        { name: "shop/one", default: false },
      ]);
    });

    test("NPWG 2, 5, 6, 31: a definition without a configuration is a list on disk, in its own version", async () => {
      await using node = await openNode(subject, {
        [`${PREFIX}/old`]: defined("old"),
        [`${PREFIX}/one`]: defined("one", conf("one")),
      });
      await node.stage.plugins.plugin("two", answerIn("0.2.0"));
      await node.stage.addNetwork("20-x.conf", { ...conf("one"), name: "old" });
      await node.stage.addNetwork("30-y.conflist", {
        cniVersion: "0.2.0",
        name: "old",
        plugins: [{ type: "two" }],
      });
      expect(await node.call("ADD", "old,one")).toMatchObject({ exitCode: 0 });
      const [, old, one] = await node.stage.plugins.takeCalls();
      expect(old).toMatchObject({ plugin: "two", stdin: { name: "old", cniVersion: "0.2.0" } });
      expect(one).toMatchObject({ plugin: "one", stdin: { name: "one", cniVersion: "1.0.0" } });
    });

    test("NPWG 31, 33: DEL and CHECK need neither the API server nor the files", async () => {
      const node = await openNode(subject, { [`${PREFIX}/one`]: defined("one", conf("one")) });
      await using _ = node;
      expect(await node.call("ADD", "one")).toMatchObject({ exitCode: 0 });
      await node.api[Symbol.asyncDispose]();
      await rm(path.join(node.stage.confDir, "10-main.conf"));
      expect(await node.call("CHECK", "one")).toMatchObject({ exitCode: 0 });
      expect(await node.call("DEL", "pink")).toMatchObject({ exitCode: 0, stdout: "" });
      expect(await takeCalls(node.stage)).toEqual([
        "ADD main eth0",
        "ADD one net1",
        "CHECK main eth0",
        "CHECK one net1",
        "DEL one net1",
        "DEL main eth0",
      ]);
      expect(await node.call("ADD", "one")).toMatchObject({ exitCode: 1, answer: { code: 11 } });
      expect(await takeCalls(node.stage)).toEqual([]);
    });

    test("NPWG 32: one that fails undoes all, with its own code and words", async () => {
      await using node = await openNode(subject, {
        [`${PREFIX}/one`]: defined("one", conf("one")),
        [`${PREFIX}/two`]: defined("two", conf("two")),
      });
      await node.stage.plugins.plugin(
        "two",
        '[ $CNI_COMMAND = DEL ] || { echo \'{"code":77,"msg":"no"}\'; exit 1; }',
      );
      expect(await node.call("ADD", "one,two,one")).toMatchObject({
        exitCode: 1,
        answer: { code: 77, msg: "no" },
      });
      expect(await takeCalls(node.stage)).toEqual([
        "ADD main eth0",
        "ADD one net1",
        "ADD two net2",
        "DEL two net2",
        "DEL one net1",
        "DEL main eth0",
      ]);
    });

    const element = `annotation "${NETWORKS}", element 2`;
    test.each<[string, string, object, object]>([
      [
        "13: a capability that no plugin has",
        '[{"name":"one"},{"name":"one","mac":"02:00:00:00:00:01"}]',
        {},
        {
          code: 7,
          msg: `${element}: NetworkAttachmentDefinition shop/one: no plugin of the network declares the capability mac`,
        },
      ],
      [
        "13: a bad MAC",
        '[{"name":"one"},{"name":"one","mac":"x"}]',
        {},
        { code: 7, msg: `${element}: mac: must be a 6-byte Ethernet address` },
      ],
      [
        "5: what isn't there",
        "one,onne",
        {},
        {
          code: 103,
          msg: `${element}: there is no NetworkAttachmentDefinition shop/onne`,
          details: "the closest is one",
        },
      ],
      ["14: an interface that is in use", "one,one@eth0", {}, { code: 7 }],
      [
        "35: what isn't granted",
        "one,one",
        { grants: [{ namespaces: ["x"], networks: ["*"] }] },
        { code: 102 },
      ],
    ])("NPWG %s: nothing is run", async (...[, networks, more, answer]) => {
      await using node = await openNode(subject, {
        [PREFIX]: { items: [defined("one", conf("one"))] },
        [`${PREFIX}/one`]: defined("one", conf("one")),
      });
      expect(await node.call("ADD", networks, more)).toMatchObject({ exitCode: 1, answer });
      expect(await takeCalls(node.stage)).toEqual([]);
    });

    test("NPWG 38: genie chooses among the labelled ones, others for each wish", async () => {
      const items = [
        defined("one", conf("one"), { tenant: "a" }),
        defined("two", conf("two"), { tenant: "a" }),
        defined("three", conf("main"), { tenant: "b" }),
      ];
      await using node = await openNode(subject, { [PREFIX]: { items } });
      const any = { name: "genie:any", "io.github.cni-genie.selector": "tenant=a" };
      expect(await node.call("ADD", JSON.stringify([any, any]))).toMatchObject({ exitCode: 0 });
      expect(await takeCalls(node.stage)).toEqual(["ADD main eth0", "ADD one net1", "ADD two net2"]);
    });
  });
}
