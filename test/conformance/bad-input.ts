import { describe, expect, test } from "vitest";
import { openStage, type Subject, type Verb } from "./stage.ts";

const REQUIRED: readonly [Verb, readonly string[]][] = [
  ["ADD", ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH"]],
  ["CHECK", ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH"]],
  ["DEL", ["CNI_CONTAINERID", "CNI_IFNAME", "CNI_PATH"]],
  ["STATUS", ["CNI_PATH"]],
  ["GC", ["CNI_PATH"]],
];

const MALFORMED: readonly [string, string][] = [
  ["CNI_CONTAINERID", "../etc"],
  ["CNI_CONTAINERID", "-c"],
  ["CNI_NETNS", "relative/path"],
  ["CNI_IFNAME", "sixteen-letters-"],
  ["CNI_IFNAME", "a/b"],
  ["CNI_IFNAME", ".."],
];

interface BadConfig {
  readonly verb: Verb;
  readonly stdin: object | string;
  readonly code: number;
  readonly names: string;
}

const BAD_CONFIGS: readonly BadConfig[] = [
  ...(["ADD", "DEL", "CHECK", "STATUS", "GC"] as const).flatMap((verb) => [
    { verb, stdin: "{", code: 6, names: "JSON" },
    { verb, stdin: "", code: 6, names: "JSON" },
    { verb, stdin: '["a"]', code: 6, names: "JSON" },
    { verb, stdin: { genie: { stateDir: "relative" } }, code: 7, names: "genie.stateDir" },
  ]),
  { verb: "ADD", stdin: { cniVersion: "9.9.9" }, code: 1, names: "9.9.9" },
  { verb: "ADD", stdin: { name: "../x" }, code: 7, names: "name" },
  { verb: "ADD", stdin: { genie: { confdir: "/a" } }, code: 7, names: "confDir" },
  { verb: "GC", stdin: { "cni.dev/valid-attachments": [{}] }, code: 7, names: "cni.dev/valid-attachments" },
  { verb: "CHECK", stdin: { cniVersion: "0.3.1" }, code: 1, names: "CHECK" },
  { verb: "STATUS", stdin: { cniVersion: "1.0.0" }, code: 1, names: "STATUS" },
  { verb: "GC", stdin: { cniVersion: "1.0.0" }, code: 1, names: "GC" },
];

/** What a runtime may get wrong: one error object on stdout, exit code 1, nothing run. */
export function testBadInput(subject: Subject): void {
  describe("bad input", () => {
    test.each(REQUIRED)("%s without its variables names them all", async (verb, names) => {
      await using stage = await openStage(subject);
      const env = Object.fromEntries(names.map((name) => [name, ""]));
      const { exitCode, answer } = await stage.call(verb, { env });
      expect({ exitCode, code: answer?.["code"] }).toEqual({ exitCode: 1, code: 4 });
      for (const name of names) expect(answer?.["msg"]).toContain(name);
    });

    test.each(MALFORMED)("%s may not be %s", async (name, value) => {
      await using stage = await openStage(subject);
      const { exitCode, answer } = await stage.call("ADD", { env: { [name]: value } });
      expect({ exitCode, code: answer?.["code"] }).toEqual({ exitCode: 1, code: 4 });
      expect(answer?.["msg"]).toContain(name);
    });

    test("an unknown verb is code 4", async () => {
      await using stage = await openStage(subject);
      const { exitCode, answer } = await stage.call("ADD", { env: { CNI_COMMAND: "EXPLODE" } });
      expect({ exitCode, answer }).toMatchObject({
        exitCode: 1,
        answer: { code: 4, msg: expect.stringContaining("EXPLODE") },
      });
    });

    test.each(BAD_CONFIGS)("$verb with $stdin is code $code", async ({ verb, stdin, code, names }) => {
      await using stage = await openStage(subject);
      const { exitCode, answer } = await stage.call(verb, { stdin });
      expect({ exitCode, code: answer?.["code"] }).toEqual({ exitCode: 1, code });
      expect(`${String(answer?.["msg"])} ${String(answer?.["details"])}`).toContain(names);
      expect(await stage.plugins.takeCalls()).toEqual([]);
    });

    test("DEL needs no valid configuration but the state folder", async () => {
      await using stage = await openStage(subject);
      const stdin = {
        cniVersion: "9.9.9",
        name: 5,
        genie: { stateDir: `${stage.plugins.dir}/state`, wrong: 1 },
      };
      expect(await stage.call("DEL", { stdin, env: { CNI_NETNS: "" } })).toMatchObject({
        exitCode: 0,
        stdout: "",
      });
    });
  });
}
