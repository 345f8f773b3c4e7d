import { open, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { findErrno } from "../../core/errors.ts";
import { answerIn, openStage, type Stage, type Subject, type Verb } from "./stage.ts";

type Expected = "fails" | "works" | { readonly code: number };

interface Misbehaviour {
  readonly what: string;
  /** Shell code in place of the verb's work. */
  readonly script: string;
  readonly add: Expected;
  /** DEL, CHECK, STATUS and GC have no result, so what they say besides an error isn't looked at. */
  readonly others: Expected;
}

const ERROR = `{"cniVersion":"0.4.0","code":99,"msg":"mine","details":"own"}`;

const MISBEHAVIOURS: readonly Misbehaviour[] = [
  { what: "crashes", script: "kill -SEGV $$", add: "fails", others: "fails" },
  { what: "prints garbage", script: "echo no json; exit 0", add: "fails", others: "works" },
  { what: "prints null", script: "echo null; exit 0", add: "fails", others: "works" },
  { what: "prints too much", script: "head -c 3000000 /dev/zero; exit 0", add: "fails", others: "fails" },
  { what: "fails without a word", script: "exit 3", add: "fails", others: "fails" },
  { what: "fails with an error", script: `echo '${ERROR}'; exit 1`, add: { code: 99 }, others: { code: 99 } },
  {
    what: "succeeds with an error",
    script: `echo '${ERROR}'; exit 0`,
    add: { code: 99 },
    others: { code: 99 },
  },
  {
    what: "fails with a code that is none",
    script: `echo '{"code":-1}'; exit 1`,
    add: "fails",
    others: "fails",
  },
];

/** Many times what a call takes to come to its plugin. */
const BUSY_MS = 1_500;
const VERBS = ["ADD", "DEL", "CHECK", "STATUS", "GC"] as const satisfies readonly Verb[];
const CASES = VERBS.flatMap((verb) =>
  MISBEHAVIOURS.map(({ what, script, add, others }) => ({
    verb,
    what,
    script,
    expected: verb === "ADD" ? add : others,
  })),
);

/** A network whose plugin does that at one verb, and its work at all others; attached unless ADD is the verb. */
async function openWith(subject: Subject, { verb, script }: { verb: Verb; script: string }): Promise<Stage> {
  const stage = await openStage(subject);
  await stage.addNetwork("10-a.conflist", { cniVersion: "1.1.0", name: "a", plugins: [{ type: "one" }] });
  await stage.plugins.plugin("one", `[ $CNI_COMMAND = ${verb} ] && { ${script}\n}\n${answerIn("1.1.0")}`);
  if (verb !== "ADD") expect(await stage.call("ADD")).toMatchObject({ exitCode: 0 });
  return stage;
}

/** The process that a plugin noted in `file` is gone. */
async function expectGone(stage: Stage, file: string): Promise<void> {
  const pid = Number(await readFile(path.join(stage.plugins.dir, file), "utf8"));
  expect(pid).toBeGreaterThan(1);
  await expect.poll(() => isRunning(pid), { timeout: 5_000 }).toBe(false);
}

async function isRunning(pid: number): Promise<boolean> {
  try {
    return !/^\d+ \(.*\) Z/.test(await readFile(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(findErrno(error) ?? "")) return false;
    throw error;
  }
}

function isOfAttachment(verb: Verb): boolean {
  return ["ADD", "DEL", "CHECK"].includes(verb);
}

/** Plugins that don't do as they should. */
export function testMisbehaviour(subject: Subject): void {
  describe("a plugin that", () => {
    test.each(CASES)("$what at $verb", async ({ verb, script, expected }) => {
      await using stage = await openWith(subject, { verb, script });
      const { exitCode, answer } = await stage.call(verb);
      if (expected === "works") {
        expect({ exitCode, answer }).toEqual({ exitCode: 0, answer: undefined });
        return;
      }
      expect(exitCode).toBe(1);
      if (expected === "fails")
        expect(answer).toMatchObject({ code: 120, msg: expect.stringContaining("plugin one") });
      else
        expect(answer).toEqual({
          cniVersion: "1.1.0",
          code: 99,
          msg: "mine",
          details: isOfAttachment(verb) ? "own; network a, interface eth0" : "own",
        });
    });

    test.each(VERBS)("ignores SIGTERM at %s is gone when genie is told to stop", async (verb) => {
      await using stage = await openStage(subject);
      const { dir } = stage.plugins;
      const stubborn = `trap '' TERM; sleep 60 & echo $! > '${dir}/child'; echo $$ > '${dir}/self'; touch '${dir}/begun'; wait; sleep 60`;
      await stage.addNetwork("10-a.conflist", { cniVersion: "1.1.0", name: "a", plugins: [{ type: "one" }] });
      await stage.plugins.plugin("one", answerIn("1.1.0"));
      if (verb !== "ADD") await stage.call("ADD");
      await stage.plugins.plugin(
        "one",
        `[ $CNI_COMMAND = ${verb} ] && { ${stubborn}\n}\n${answerIn("1.1.0")}`,
      );
      const { exitCode, answer } = await stage.call(verb, { stopAt: "begun" });
      expect({ exitCode, answer }).toMatchObject({
        exitCode: 1,
        answer: { code: 120, msg: expect.stringContaining("ended by") },
      });
      await expectGone(stage, "self");
      await expectGone(stage, "child");
    });

    test.each(VERBS)(
      "leaves a child that holds its output at %s is done, and the child ended",
      async (verb) => {
        const script = `sleep 60 & echo $! > "\${0%/bin/*}/child"`;
        await using stage = await openWith(subject, { verb, script });
        expect(await stage.call(verb)).toMatchObject({ exitCode: 0 });
        await expectGone(stage, "child");
      },
    );

    test.each(VERBS)("never reads its stdin works at %s", async (verb) => {
      await using stage = await openStage(subject);
      const plugin = { type: "one", long: "x".repeat(200_000) };
      await stage.addNetwork("10-a.conflist", { cniVersion: "1.1.0", name: "a", plugins: [plugin] });
      const script = `#!/bin/sh\nexec <&-\n${answerIn("1.1.0")}\n`;
      await writeFile(path.join(stage.plugins.path[0], "one"), script, { mode: 0o755 });
      if (verb !== "ADD") expect(await stage.call("ADD")).toMatchObject({ exitCode: 0 });
      expect(await stage.call(verb)).toMatchObject({ exitCode: 0 });
    });

    test.each(VERBS)("is being written is waited for at %s", async (verb) => {
      await using stage = await openWith(subject, { verb, script: ":" });
      const handle = await open(path.join(stage.plugins.path[0], "one"), "r+");
      const calling = stage.call(verb);
      await sleep(BUSY_MS);
      await handle.close();
      expect(await calling).toMatchObject({ exitCode: 0 });
    });

    test("writes to stderr is heard", async () => {
      await using stage = await openWith(subject, { verb: "ADD", script: "echo a plain word >&2" });
      expect(await stage.call("ADD")).toMatchObject({
        exitCode: 0,
        stderr: expect.stringContaining("a plain word"),
      });
    });

    test.each(["ADD", "DEL"] as const)("is missing at %s is named", async (verb) => {
      await using stage = await openWith(subject, { verb, script: ":" });
      await rm(path.join(stage.plugins.path[0], "one"));
      const msg = expect.stringMatching(/one is not in CNI_PATH/);
      expect(await stage.call(verb)).toMatchObject({ exitCode: 1, answer: { code: 120, msg } });
    });

    test("is genie itself under another name is refused, and leaves nothing to DEL", async () => {
      await using stage = await openStage(subject);
      await stage.linkSubject("other");
      await stage.addNetwork("10-a.conflist", {
        cniVersion: "1.1.0",
        name: "a",
        plugins: [{ type: "other" }],
      });
      const msg = expect.stringContaining("called by genie");
      expect(await stage.call("ADD")).toMatchObject({ exitCode: 1, answer: { code: 7, msg } });
      expect(await stage.call("DEL")).toMatchObject({ exitCode: 0 });
    });

    test.each([
      ["leads back to genie is none", "a", "genie", { exitCode: 1, answer: { code: 11 } }],
      ["has but genie's name, as 00-genie.conf and Calico's do, is one", "genie", "one", { exitCode: 0 }],
    ])("is of a network which %s", async (...[, name, type, answer]) => {
      await using stage = await openStage(subject);
      await stage.plugins.plugin("one", answerIn("1.1.0"));
      await stage.addNetwork("10-a.conflist", { cniVersion: "1.1.0", name, plugins: [{ type }] });
      expect(await stage.call("ADD")).toMatchObject(answer);
      expect(await stage.plugins.takeCalls()).toHaveLength(name === "a" ? 0 : 1);
    });
  });

  test("genie that is called by genie says so", async () => {
    await using stage = await openStage(subject);
    const env = { GENIE_CALLED_BY_GENIE: "1" };
    expect(await stage.call("ADD", { env })).toMatchObject({ exitCode: 1, answer: { code: 7 } });
    for (const verb of ["VERSION", "DEL"] as const) {
      expect(await stage.call(verb, { env })).toMatchObject({ exitCode: 0 });
    }
  });
}
