/** Passphrases that a person types at a terminal. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DIST_DIR } from "../../test/setup/build.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { ensureTools } from "../../test/setup/tools.ts";

const GENIECTL = path.join(DIST_DIR, "bin/geniectl");
const RUN_MS = 20_000;
const ENTER = "\r";
const END = "\u0004";

const { script } = await ensureTools();
let desk: Desk;
beforeAll(async () => void (desk = await makeDesk()));
afterAll(() => desk[Symbol.asyncDispose]());

/** Runs geniectl at a terminal where each question gets the next answer. @returns all that the terminal showed. */
async function type(words: string, answers: readonly string[]) {
  const env = { PATH: process.env["PATH"], HOME: desk.folder, GENIE_NODE: process.execPath };
  const options = { cwd: desk.folder, env, extendEnv: false, reject: false, timeout: RUN_MS } as const;
  const running = execa(script, ["-qec", `${GENIECTL} ${words}`, "/dev/null"], options);
  const left = [...answers];
  running.stdout.on("data", (bytes: Buffer) => {
    if (bytes.toString().endsWith(": ")) running.stdin.write(left.shift() ?? END);
  });
  const { exitCode, stdout } = await running;
  return { exitCode, stdout };
}

test("a new key is encrypted with what is typed twice, which nobody sees", async () => {
  const { exitCode, stdout } = await type("keygen twice", [`hush${ENTER}`, `hush${ENTER}`]);
  expect(exitCode, stdout).toBe(0);
  expect(stdout).not.toContain("hush");
  expect(await readFile(path.join(desk.folder, "twice.key"), "utf8")).toContain(
    "BEGIN ENCRYPTED PRIVATE KEY",
  );
});

test("with nothing typed, the key isn't encrypted, and that is said", async () => {
  const { exitCode, stdout } = await type("keygen bare", [ENTER]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining("has no passphrase") });
});

test.each([
  ["two passphrases that differ", [`one${ENTER}`, `two${ENTER}`], "the passphrases differ"],
  ["an end in place of one", [END], "no passphrase was given"],
])("with %s, there is no key", async (_, answers, message) => {
  const { exitCode, stdout } = await type("keygen none", answers);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: expect.stringContaining(message) });
  await expect(readFile(path.join(desk.folder, "none.key"))).rejects.toThrow("ENOENT");
});
