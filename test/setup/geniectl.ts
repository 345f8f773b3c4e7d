import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { makeComponent, SCORER, SELECTOR } from "../fakes/component.ts";
import { DIST_DIR } from "./build.ts";

/** The built program, as it's shipped. */
const GENIECTL = path.join(DIST_DIR, "bin/geniectl");
const RUN_MS = 60_000;

/** The working folder of a person at a terminal, with `scorer.wasm` and `selector.wasm` in it. */
export interface Desk extends AsyncDisposable {
  readonly folder: string;
  /** Starts geniectl there. */
  start(...args: string[]): ReturnType<typeof startGeniectl>;
  /** Runs geniectl there to its end. */
  run(...args: string[]): Promise<Ran>;
}

interface Ran {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Of stdout. */
  readonly lastLine: string;
}

export async function makeDesk(): Promise<Desk> {
  const folder = await mkdtemp(path.join(tmpdir(), "genie-desk-"));
  await writeFile(path.join(folder, "scorer.wasm"), await makeComponent(SCORER));
  await writeFile(path.join(folder, "selector.wasm"), await makeComponent(SELECTOR));
  const start = (...args: string[]) => startGeniectl(folder, args);
  return {
    folder,
    start,
    run: async (...args) => {
      const { exitCode, stdout, stderr } = await start(...args);
      return { exitCode, stdout, stderr, lastLine: stdout.split("\n").at(-1) ?? "" };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

function startGeniectl(folder: string, args: readonly string[]) {
  const env = { PATH: process.env["PATH"], HOME: folder, GENIE_NODE: process.execPath };
  return execa(GENIECTL, args, { cwd: folder, env, extendEnv: false, reject: false, timeout: RUN_MS });
}
