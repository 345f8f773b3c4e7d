import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { answerIn, openStage, type Stage, type Subject } from "./stage.ts";

const verbsOf = async (stage: Stage) =>
  (await stage.plugins.takeCalls()).map(({ verb, plugin }) => `${verb} ${plugin}`);

/** What a plugin gets, and in which order. */
export function testChains(subject: Subject): void {
  describe("a chain", () => {
    test.each(["0.3.1", "0.4.0", "1.0.0", "1.1.0"])(
      "of %s: results forward, undo backward",
      async (cniVersion) => {
        await using stage = await openStage(subject);
        await stage.plugins.plugin("one", answerIn("0.3.0")); // in another version than it was asked in
        await stage.plugins.plugin("two", answerIn(cniVersion, "10.0.0.6/24"));
        await stage.addNetwork("10-a.conflist", {
          cniVersion,
          name: "a",
          plugins: [{ type: "one" }, { type: "two" }],
        });
        expect(await stage.call("ADD")).toMatchObject({
          exitCode: 0,
          answer: { ips: [{ address: "10.0.0.6/24" }] },
        });
        expect(await stage.call("DEL")).toMatchObject({ exitCode: 0, stdout: "" });
        expect(await stage.call("DEL")).toMatchObject({ exitCode: 0, stdout: "" });
        const calls = await stage.plugins.takeCalls();
        expect(calls.map(({ verb, plugin }) => `${verb} ${plugin}`)).toEqual([
          "ADD one",
          "ADD two",
          "DEL two",
          "DEL one",
        ]);
        const previous = calls.map(({ stdin }) => stdin["prevResult"]);
        expect(previous[0]).toBeUndefined();
        expect(previous[1]).toMatchObject({ cniVersion, ips: [{ address: "10.0.0.5/24" }] });
        const final = cniVersion === "0.3.1" ? undefined : { cniVersion, ips: [{ address: "10.0.0.6/24" }] };
        for (const last of previous.slice(2)) {
          if (final === undefined) expect(last).toBeUndefined();
          else expect(last).toMatchObject(final);
        }
      },
    );

    test("gives each plugin all that its configuration and the runtime say", async () => {
      await using stage = await openStage(subject);
      await stage.plugins.plugin("one", answerIn("1.0.0"));
      const unknown = { list: [1, { deep: null }], "dotted.key": "ä", big: 1e21, "": "empty" };
      const plugin = {
        type: "one",
        capabilities: { portMappings: true, Bandwidth: true, ips: false },
        unknown,
      };
      await stage.addNetwork("10-a.conflist", { cniVersion: "1.0.0", name: "a", plugins: [plugin] });
      const runtimeConfig = {
        portmappings: [{ hostPort: 1 }],
        bandwidth: { x: 1 },
        ips: ["10.0.0.9"],
        mac: "m",
      };
      const CNI_ARGS = "IgnoreUnknown=1;K8S_POD_NAME=a;X=y=z;;odd";
      const env = { CNI_ARGS, CNI_IFNAME: "net7" };
      expect(await stage.call("ADD", { stdin: { runtimeConfig }, env })).toMatchObject({ exitCode: 0 });
      const [add] = await stage.plugins.takeCalls();
      expect(add).toMatchObject({
        args: CNI_ARGS,
        ifName: "net7",
        netns: path.join(stage.plugins.dir, "netns"),
      });
      const handed = { portMappings: [{ hostPort: 1 }], Bandwidth: { x: 1 } };
      expect(add?.stdin).toEqual({ ...plugin, cniVersion: "1.0.0", name: "a", runtimeConfig: handed });
    });

    test("may be a single conf", async () => {
      await using stage = await openStage(subject);
      await stage.plugins.plugin("one", answerIn("0.2.0"));
      await stage.addNetwork("10-a.conf", { cniVersion: "0.2.0", name: "a", type: "one", x: 1 });
      expect(await stage.call("ADD")).toMatchObject({ exitCode: 0 });
      expect((await stage.plugins.takeCalls())[0]?.stdin).toMatchObject({ name: "a", x: 1 });
    });

    test.each([
      [false, ["ADD one", "ADD two"]],
      ["true", ["ADD one"]],
    ])(
      "takes plugins of its folder unless loadOnlyInlinedPlugins: %s",
      async (loadOnlyInlinedPlugins, expected) => {
        await using stage = await openStage(subject);
        for (const name of ["one", "two"]) await stage.plugins.plugin(name, answerIn("1.1.0"));
        const network = {
          cniVersion: "1.1.0",
          name: "a",
          loadOnlyInlinedPlugins,
          plugins: [{ type: "one" }],
        };
        await stage.addNetwork("10-a.conflist", network);
        await mkdir(path.join(stage.confDir, "a"));
        await writeFile(path.join(stage.confDir, "a/10-two.conf"), '{"type":"two"}');
        expect(await stage.call("ADD")).toMatchObject({ exitCode: 0 });
        expect(await verbsOf(stage)).toEqual(expected);
      },
    );

    test("that fails is undone from its end, and its error passed on", async () => {
      await using stage = await openStage(subject);
      await stage.plugins.plugin("one", answerIn("1.0.0"));
      const error = '{"cniVersion":"1.0.0","code":77,"msg":"no room","details":"at all"}';
      await stage.plugins.plugin("two", `[ $CNI_COMMAND = DEL ] || { echo '${error}'; exit 1; }`);
      await stage.addNetwork("10-a.conflist", {
        cniVersion: "1.0.0",
        name: "a",
        plugins: [{ type: "one" }, { type: "two" }],
      });
      const { exitCode, answer } = await stage.call("ADD");
      expect(exitCode).toBe(1);
      expect(answer).toEqual({
        cniVersion: "1.1.0",
        code: 77,
        msg: "no room",
        details: "at all; network a, interface eth0",
      });
      expect(await verbsOf(stage)).toEqual(["ADD one", "ADD two", "DEL two", "DEL one"]);
    });
  });
}
