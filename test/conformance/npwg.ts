import { rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { conf, defined, NETWORKS, openNode, PREFIX, STATUS, takeCalls } from "./cluster-node.ts";
import { answerIn, type Subject } from "./stage.ts";

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

    test("NPWG 32: one that fails undoes all, with its own code and words and the attachment's name", async () => {
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
        answer: {
          code: 77,
          msg: "no",
          details: "network two (NetworkAttachmentDefinition shop/two), interface net2",
        },
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
        defined("one", conf("one"), { labels: { tenant: "a" } }),
        defined("two", conf("two"), { labels: { tenant: "a" } }),
        defined("three", conf("main"), { labels: { tenant: "b" } }),
      ];
      await using node = await openNode(subject, { [PREFIX]: { items } });
      const any = { name: "genie:any", "io.github.cni-genie.selector": "tenant=a" };
      expect(await node.call("ADD", JSON.stringify([any, any]))).toMatchObject({ exitCode: 0 });
      expect(await takeCalls(node.stage)).toEqual(["ADD main eth0", "ADD one net1", "ADD two net2"]);
      const asked = node.api.asked.map(({ line }) => line.split("?")[0]);
      expect(asked.filter((line) => line?.startsWith("GET"))).toEqual([`GET ${PREFIX}`]);
    });
  });
}
