import { rm } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { answerIn, openStage, type Stage, type Subject } from "./stage.ts";

/** A script that fails with code 50 for one verb. */
const failingAt = (verb: string) =>
  `[ $CNI_COMMAND = ${verb} ] && { echo '{"code":50,"msg":"not now","details":"d"}'; exit 1; }\n${answerIn("1.1.0")}`;

async function addList(stage: Stage, name: string, more: object = {}): Promise<void> {
  await stage.plugins.plugin(name, answerIn("1.1.0"));
  await stage.addNetwork(`10-${name}.conflist`, {
    cniVersion: "1.1.0",
    name,
    plugins: [{ type: name }],
    ...more,
  });
}

const callsOf = async (stage: Stage, verb: string) =>
  (await stage.plugins.takeCalls()).filter((call) => call.verb === verb);

/** CHECK, STATUS and GC. */
export function testOtherVerbs(subject: Subject): void {
  describe("CHECK", () => {
    test("gives each plugin its own final result, and passes its error on", async () => {
      await using stage = await openStage(subject);
      await addList(stage, "one", { plugins: [{ type: "two" }, { type: "one" }] });
      await stage.plugins.plugin("two", answerIn("1.1.0", "10.0.0.9/24"));
      await stage.call("ADD", { env: { CNI_ARGS: "a=b" } });
      expect(await stage.call("CHECK")).toMatchObject({ exitCode: 0, stdout: "" });
      const checks = await callsOf(stage, "CHECK");
      const prevResult = expect.objectContaining({
        cniVersion: "1.1.0",
        ips: [expect.objectContaining({ address: "10.0.0.5/24" })],
      });
      expect(checks).toMatchObject([
        { plugin: "two", args: "a=b", stdin: { type: "two", prevResult } },
        { plugin: "one", args: "a=b", stdin: { type: "one", prevResult } },
      ]);
      await stage.plugins.plugin("one", failingAt("CHECK"));
      expect(await stage.call("CHECK")).toMatchObject({
        exitCode: 1,
        answer: { code: 50, msg: "not now", details: "d; network one, interface eth0" },
      });
    });

    test.each([{ disableCheck: true }, { cniVersion: "0.3.1" }])(
      "leaves a network with %j alone",
      async (more) => {
        await using stage = await openStage(subject);
        await addList(stage, "one", more);
        await stage.call("ADD");
        expect(await stage.call("CHECK")).toMatchObject({ exitCode: 0, stdout: "" });
        expect(await callsOf(stage, "CHECK")).toEqual([]);
      },
    );

    test("of an unknown container is code 3", async () => {
      await using stage = await openStage(subject);
      expect(await stage.call("CHECK")).toMatchObject({ exitCode: 1, answer: { code: 3 } });
    });
  });

  describe("STATUS", () => {
    test("asks the network of pods without wishes, and passes its error on", async () => {
      await using stage = await openStage(subject);
      await addList(stage, "one");
      expect(await stage.call("STATUS")).toMatchObject({ exitCode: 0, stdout: "" });
      expect(await callsOf(stage, "STATUS")).toMatchObject([
        { ifName: "", netns: "", stdin: { name: "one" } },
      ]);
      await stage.plugins.plugin("one", failingAt("STATUS"));
      expect(await stage.call("STATUS")).toMatchObject({ exitCode: 1, answer: { code: 50, msg: "not now" } });
    });

    test("asks an older network's plugins only to be there", async () => {
      await using stage = await openStage(subject);
      await addList(stage, "one", { cniVersion: "1.0.0" });
      expect(await stage.call("STATUS")).toMatchObject({ exitCode: 0 });
      expect(await stage.plugins.takeCalls()).toEqual([]);
      await rm(`${stage.plugins.path[0]}/one`);
      expect(await stage.call("STATUS")).toMatchObject({ exitCode: 1, answer: { code: 50 } });
    });

    test("without any network is code 50", async () => {
      await using stage = await openStage(subject);
      expect(await stage.call("STATUS")).toMatchObject({ exitCode: 1, answer: { code: 50 } });
    });
  });

  describe("GC", () => {
    test("tells the plugins of newer networks what lives, by their own interfaces", async () => {
      await using stage = await openStage(subject);
      await addList(stage, "one");
      await addList(stage, "old", { cniVersion: "1.0.0" });
      await addList(stage, "quiet", { disableGC: true });
      await stage.call("ADD", { stdin: { args: { cni: "one" } } });
      await stage.plugins.takeCalls();
      const listed = [{ containerID: "other", ifname: "eth0" }];
      expect(await stage.call("GC", { stdin: { "cni.dev/valid-attachments": listed } })).toMatchObject({
        exitCode: 0,
        stdout: "",
      });
      const own = { containerID: "c1", ifname: "eth0" };
      expect(await stage.plugins.takeCalls()).toMatchObject([
        { verb: "GC", plugin: "one", stdin: { name: "one", "cni.dev/valid-attachments": [own, ...listed] } },
      ]);
      expect(await stage.call("DEL")).toMatchObject({ exitCode: 0 }); // its namespace lives: it was kept
      expect(await callsOf(stage, "DEL")).toHaveLength(1);
    });

    test("undoes what is in no list and has no namespace any more", async () => {
      await using stage = await openStage(subject);
      await addList(stage, "one");
      await stage.call("ADD");
      await rm(`${stage.plugins.dir}/netns`);
      const kept = [{ containerID: "c1", ifname: "eth0" }];
      await stage.call("GC", { stdin: { "cni.dev/valid-attachments": kept } });
      expect(await callsOf(stage, "DEL")).toEqual([]);
      expect(await stage.call("GC", { stdin: { "cni.dev/valid-attachments": [] } })).toMatchObject({
        exitCode: 0,
      });
      expect(await callsOf(stage, "DEL")).toMatchObject([{ plugin: "one", netns: "" }]);
    });

    test("goes on past a plugin that fails, and tells it", async () => {
      await using stage = await openStage(subject);
      await addList(stage, "one");
      await addList(stage, "two");
      await stage.plugins.plugin("one", failingAt("GC"));
      expect(await stage.call("GC")).toMatchObject({
        exitCode: 1,
        answer: { code: 50, msg: "not now" },
      });
      expect((await callsOf(stage, "GC")).map(({ plugin }) => plugin)).toEqual(["one", "two"]);
    });
  });
}
