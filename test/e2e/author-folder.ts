/** For tests: the folder of an author who has nothing of genie but the package. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { CLONE_DIR } from "../setup/build.ts";

export interface AuthorFolder extends AsyncDisposable {
  readonly dir: string;
  /** Runs the package's geniectl in this folder. @returns the lines of stdout. */
  geniectl(...args: string[]): Promise<string[]>;
  /** The same where it may fail: its exit code and stderr. */
  tryGeniectl(...args: string[]): Promise<{ readonly exitCode: number | undefined; readonly stderr: string }>;
  /** Runs a line of a page there, as a person types it. @returns stdout. */
  type(line: string): Promise<string>;
}

/** For verbs that run a module under a node's deadline: a busy machine must not make a test fail. */
export const PATIENT = ["--deadline-ms", "10000"];

/**
 * Packs the package as `npm publish` would and installs it outside the clone. Its declared dependencies are linked
 * rather than fetched, as tests have no network; an undeclared one is missing, as it would be for a stranger.
 */
export async function makeAuthorFolder(): Promise<AuthorFolder> {
  await using undo = new AsyncDisposableStack();
  const dir = await mkdtemp(path.join(tmpdir(), "genie-stranger-"));
  undo.defer(() => rm(dir, { recursive: true }));

  const modules = path.join(dir, "node_modules");
  await mkdir(modules);
  await execa("npm", ["pack", "--ignore-scripts", "--pack-destination", dir], { cwd: CLONE_DIR });
  const tarball = (await readdir(dir)).find((name) => name.endsWith(".tgz")) ?? "";
  await execa("tar", ["-xzf", tarball], { cwd: dir });
  const installed = path.join(modules, "genie-cni");
  await rename(path.join(dir, "package"), installed);
  await linkDependencies(installed, modules);
  await mkdir(path.join(modules, ".bin"));
  await symlink("../genie-cni/dist/bin/geniectl", path.join(modules, ".bin/geniectl"));
  await writeFile(path.join(dir, "package.json"), '{ "private": true }\n');

  const kept = undo.move();
  return {
    dir,
    geniectl: async (...args) => (await runGeniectl(dir, args, { reject: true })).stdout.split("\n"),
    tryGeniectl: async (...args) => {
      const { exitCode, stderr } = await runGeniectl(dir, args, { reject: false });
      return { exitCode, stderr };
    },
    type: (line) => runLine(dir, line),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function linkDependencies(installed: string, modules: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(installed, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    await mkdir(path.dirname(path.join(modules, name)), { recursive: true });
    await symlink(path.join(CLONE_DIR, "node_modules", name), path.join(modules, name));
  }
}

function runGeniectl(dir: string, args: readonly string[], { reject }: { reject: boolean }) {
  const program = path.join(dir, "node_modules/genie-cni/dist/bin/geniectl");
  return execa(program, args, { cwd: dir, reject, env: { GENIE_NODE: process.execPath, HOME: dir } });
}

/** npx must find geniectl in the folder: from a registry it would be another one. */
async function runLine(dir: string, line: string): Promise<string> {
  const env = { GENIE_NODE: process.execPath, npm_config_offline: "true" };
  const { stdout } = await execa("sh", ["-euc", line], { cwd: dir, env, timeout: 60_000 });
  return stdout;
}
