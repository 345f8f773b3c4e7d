import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { unlessMissing } from "../../core/missing.ts";
import { CLONE_DIR } from "./build.ts";
import { MissingToolError } from "./tools.ts";

const SOURCE_DIR = path.join(CLONE_DIR, "test/judge");
const BUILT_DIR = path.join(CLONE_DIR, ".cache/judge");
const BUILD_MS = 180_000;
const SEARCH_MS = 10_000;
/** As the pinned go.mod of the reference library says; Go itself refuses less. */
const NEEDED_GO = "1.21";

/** The program that drives plugins with the reference libcni, built from `test/judge` when its sources changed. */
export async function ensureJudge(say: (line: string) => void = console.error): Promise<string> {
  const program = await findJudgePath();
  if ((await unlessMissing(access(program).then(() => true))) === true) return program;
  await checkGo();
  say("building test/judge into .cache/judge …");
  await mkdir(BUILT_DIR, { recursive: true });
  const partial = `${program}.${process.pid}.partial`;
  await using _undo = { [Symbol.asyncDispose]: () => rm(partial, { force: true }) };
  const words = ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o", partial, "."];
  const { failed, stderr } = await execa("go", words, {
    cwd: SOURCE_DIR,
    env: { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "", GOWORK: "off" },
    timeout: BUILD_MS,
    reject: false,
  });
  if (failed)
    throw new MissingToolError(`test/judge could not be built: ${stderr.trim().split("\n").at(-1) ?? ""}`);
  await rename(partial, program);
  return program;
}

/** Where the judge of the present sources lies once it is built. */
export async function findJudgePath(): Promise<string> {
  const hash = createHash("sha256");
  const names = (await readdir(SOURCE_DIR)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name));
  for (const name of names.toSorted()) hash.update(name).update(await readFile(path.join(SOURCE_DIR, name)));
  return path.join(BUILT_DIR, `judge-${hash.digest("hex").slice(0, 16)}`);
}

/** @throws {MissingToolError} */
async function checkGo(): Promise<void> {
  const options = { env: { GOTOOLCHAIN: "local" }, timeout: SEARCH_MS, reject: false } as const;
  const { code, exitCode, stdout } = await execa("go", ["env", "GOVERSION"], options);
  const [, minor = "0"] = /^go1\.(\d+)/.exec(stdout) ?? [];
  if (code !== "ENOENT" && exitCode === 0 && Number(minor) >= Number(NEEDED_GO.split(".")[1])) return;
  const found =
    exitCode === 0 ? `go is ${stdout}, but the judge needs ${NEEDED_GO} or newer` : "go is missing";
  throw new MissingToolError(
    `${found}; install the Debian package golang-go of Debian 13 (on Debian 12: golang-1.21-go or newer from bookworm-backports, and put its bin folder on PATH)`,
  );
}
