import { pathToFileURL } from "node:url";
import { execa } from "execa";
import type { ModuleKind } from "../../core/select/request.ts";
import { BuildFailure } from "./failure.ts";
import { findTool } from "./toolchain.ts";

/** 1 s is usual; what a module does at its top level comes on top. */
const DEADLINE_MS = 30_000;

/** Far above what a module may have. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * What the compiler's process runs: one line of JSON comes by stdin, the component goes out by descriptor 3. The end
 * of stdin is the end of whoever asked: nobody else would stop a module that never comes to its end.
 */
const PROGRAM = `
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
const input = createInterface({ input: process.stdin });
input.once("close", () => process.kill(process.pid, "SIGKILL"));
input.once("line", async (line) => {
  try {
    const { componentize } = await import(process.argv[1]);
    const { component } = await componentize(JSON.parse(line));
    for (let sent = 0; sent < component.length;) sent += writeSync(3, component, sent);
    process.exit(0);
  } catch (error) {
    writeSync(2, error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
});`;

export interface ComponentizeJob {
  /** One ES module that imports nothing. */
  readonly jsSource: string;
  readonly witPath: string;
  readonly world: ModuleKind;
}

export interface ComponentizeLimits {
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number;
}

/**
 * Makes a component of JavaScript, in a process of its own: QuickJS runs the module's top level meanwhile, which may
 * never end.
 * @throws {BuildFailure} with what QuickJS said, or that it took too long.
 */
export async function componentize(
  job: ComponentizeJob,
  { signal, deadlineMs = DEADLINE_MS }: ComponentizeLimits,
): Promise<Uint8Array> {
  const tool = pathToFileURL(await findTool("componentize-qjs")).href;
  const child = execa(process.execPath, ["--input-type=module", "--eval", PROGRAM, "--", tool], {
    env: { PATH: process.env["PATH"] },
    extendEnv: false,
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    encoding: "buffer",
    maxBuffer: MAX_BYTES,
    timeout: deadlineMs,
    killSignal: "SIGKILL",
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  child.stdin.on("error", () => undefined); // a process that is gone shows in its exit code
  child.stdin.write(`${JSON.stringify({ ...job, stubWasi: true, sync: true, optSize: true })}\n`);
  const { exitCode, timedOut, stderr, stdio } = await child;
  signal?.throwIfAborted();
  if (timedOut) {
    throw new BuildFailure(`its top level didn't end within ${deadlineMs} ms`, {
      todo: "do the work in the function that is exported: what stands outside runs while the module is built",
    });
  }
  if (exitCode === 0) return stdio[3];
  const report = Buffer.from(stderr).toString().split("\n");
  throw new BuildFailure("QuickJS refuses it", { todo: "mend what is named above", report });
}
