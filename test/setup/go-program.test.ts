import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CLONE_DIR } from "./build.ts";
import { ensureGoProgram, findGoProgram, type GoProgram } from "./go-program.ts";

let folder: string;
let program: GoProgram;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-go-"));
  const sourceDir = path.join(folder, "source");
  await mkdir(sourceDir);
  await writeFile(path.join(sourceDir, "go.mod"), "module x\n\ngo 1.26.7\n");
  program = { name: path.basename(folder), sourceDir, package: "example.org/x", buildMs: 20_000 };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  const built = await findGoProgram(program);
  if (built !== undefined) await rm(built);
  await rm(folder, { recursive: true });
});

/** A `go` that says it has this version, and does this when it is to build `$file`. */
async function stubGo(version: string, build = 'echo built > "$file"'): Promise<void> {
  const script = `#!/bin/sh
[ "$1" = env ] && echo ${version} && exit
while [ "$1" != -o ]; do shift; done
file=$2
${build}
`;
  await writeFile(path.join(folder, "go"), script, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
}

const said: string[] = [];
const ensure = () => ensureGoProgram(program, (line) => said.push(line));

test("is built once from the same sources, and anew from others", async () => {
  await stubGo("go1.26.7");
  const file = await ensure();
  expect(path.relative(CLONE_DIR, file)).toMatch(/^\.cache\/go\/genie-go-/);
  await stubGo("go1.26.7", "exit 1");
  expect(await ensure()).toBe(file);
  await writeFile(path.join(program.sourceDir, "go.sum"), "another");
  await expect(ensure()).rejects.toThrow("could not be built");
  await rm(file);
});

test.each([
  ["go1.26.6", "go is go1.26.6, but NAME needs 1.26.7 or newer; install Go 1.26.7"],
  ["go1.9", "go is go1.9, but NAME needs 1.26.7 or newer"],
])("%s is too old, which is said in one line", async (version, words) => {
  await stubGo(version);
  const message = expect.stringContaining(words.replace("NAME", program.name));
  await expect(ensure()).rejects.toMatchObject({ name: "MissingToolError", message });
  await expect(ensure()).rejects.not.toThrow("\n");
});

test.each(["go1.26.7", "go1.26.10", "go1.27rc1", "go2.0"])("%s is new enough", async (version) => {
  await stubGo(version);
  await ensure();
});

test("without go, what is missing is said, and nothing else is done", async () => {
  vi.stubEnv("PATH", "/nonexistent");
  await expect(ensure()).rejects.toMatchObject({
    name: "MissingToolError",
    message: expect.stringContaining("go is missing; install Go 1.26.7"),
  });
  expect(await findGoProgram(program)).toBeUndefined();
});

test("of a build that fails, the last line is told, and nothing is left", async () => {
  await stubGo("go1.26.7", 'echo half > "$file"; echo one >&2; echo "missing go.sum entry" >&2; exit 1');
  await expect(ensure()).rejects.toThrow(`${program.name} could not be built: missing go.sum entry`);
  expect(await findGoProgram(program)).toBeUndefined();
});

test("a build that never ends is stopped", async () => {
  await stubGo("go1.26.7", "exec sleep 60");
  program = { ...program, buildMs: 300 };
  await expect(ensure()).rejects.toThrow("it took more than 300 ms");
});

const go = await execa("go", ["version"], { reject: false });
test.skipIf(go.exitCode !== 0)("Go keeps modules and objects outside the clone", async () => {
  const { stdout } = await execa("go", ["env", "GOMODCACHE", "GOCACHE"], { cwd: "/" });
  const folders = stdout.split("\n");
  expect(folders).toHaveLength(2);
  for (const each of folders) expect(path.relative(CLONE_DIR, each)).toMatch(/^\.\.\//);
});
