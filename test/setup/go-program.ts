import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { unlessMissing } from "../../core/missing.ts";
import { CLONE_DIR } from "./build.ts";
import { MissingToolError } from "./tools.ts";

/** A program in Go. Its folder's go.mod and go.sum pin every module that it is built of. */
export interface GoProgram {
  readonly name: string;
  /** Holds go.mod, go.sum, and the source unless that is a module's. */
  readonly sourceDir: string;
  /** The package that is built, as go names it. */
  readonly package: string;
  readonly buildMs: number;
}

/** Modules and compiled packages stay in Go's own caches, outside the clone: a fresh clone builds soon. */
const BUILT_DIR = path.join(CLONE_DIR, ".cache/go");
const SEARCH_MS = 10_000;
const PROGRESS_MS = 30_000;

/**
 * Builds the program unless that was done from the same sources.
 * @returns where it lies. @throws {MissingToolError} where Go is missing, or can't build it.
 */
export async function ensureGoProgram(
  program: GoProgram,
  say: (line: string) => void = console.error,
): Promise<string> {
  const found = await findGoProgram(program);
  if (found !== undefined) return found;
  await checkGo(program);
  say(`building ${program.name} into .cache/go …`);
  const file = await toPath(program);
  await mkdir(BUILT_DIR, { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  await using _undo = { [Symbol.asyncDispose]: () => rm(partial, { force: true }) };
  await build(program, partial, say);
  await rename(partial, file);
  return file;
}

/** Where the program of the present sources lies; undefined until it is built. */
export async function findGoProgram(program: GoProgram): Promise<string | undefined> {
  const file = await toPath(program);
  return (await unlessMissing(access(file).then(() => true))) === true ? file : undefined;
}

async function toPath({ name, sourceDir }: GoProgram): Promise<string> {
  const hash = createHash("sha256");
  const files = (await readdir(sourceDir)).filter((file) => /^go\.(mod|sum)$|\.go$/.test(file));
  for (const file of files.toSorted()) hash.update(file).update(await readFile(path.join(sourceDir, file)));
  return path.join(BUILT_DIR, `${name}-${hash.digest("hex").slice(0, 16)}`);
}

async function build(
  { name, sourceDir, package: source, buildMs }: GoProgram,
  file: string,
  say: (line: string) => void,
) {
  const words = [
    "build",
    "-v",
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags=-s -w",
    "-o",
    file,
  ];
  const building = execa("go", [...words, source], {
    cwd: sourceDir,
    env: { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "", GOWORK: "off" },
    timeout: buildMs,
    reject: false,
  });
  let compiled = 0; // go -v says a line for each package
  building.stderr.on("data", (text: Buffer) => (compiled += text.toString().split("\n").length - 1));
  const timer = setInterval(() => say(`building ${name}: ${compiled} packages so far …`), PROGRESS_MS);
  const { failed, timedOut, stderr } = await building;
  clearInterval(timer);
  if (!failed) return;
  const why = timedOut ? `it took more than ${buildMs} ms` : stderr.trim().split("\n").at(-1);
  throw new MissingToolError(`${name} could not be built: ${why ?? ""}`);
}

/** @throws {MissingToolError} */
async function checkGo({ name, sourceDir }: GoProgram): Promise<void> {
  const [, needed = "1.21"] =
    /^go (\S+)$/m.exec(await readFile(path.join(sourceDir, "go.mod"), "utf8")) ?? [];
  const options = { cwd: "/", env: { GOTOOLCHAIN: "local" }, timeout: SEARCH_MS, reject: false } as const;
  const { code, exitCode, stdout } = await execa("go", ["env", "GOVERSION"], options);
  const isThere = code !== "ENOENT" && exitCode === 0;
  if (isThere && isAtLeast(stdout.replace(/^go/, ""), needed)) return;
  const found = isThere ? `go is ${stdout}, but ${name} needs ${needed} or newer` : "go is missing";
  throw new MissingToolError(
    `${found}; install Go ${needed}: on Debian 13, golang-go or one of backports; on others see go.dev/doc/install`,
  );
}

function isAtLeast(version: string, needed: string): boolean {
  const [have, want] = [version, needed].map((text) =>
    text.split(".").map((part) => Number.parseInt(part, 10)),
  );
  for (const [at, part] of (want ?? []).entries()) {
    const own = have?.[at] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
