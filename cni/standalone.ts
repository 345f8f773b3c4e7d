import { constants, hostname } from "node:os";
import { findAnswerVersion, parseConfig, parseStateDir } from "../core/config.ts";
import { Failure, toWire } from "../core/errors.ts";
import type { Log } from "../core/ports.ts";
import { type Invocation, parseInvocation } from "../core/spec/environment.ts";
import type { JsonObject } from "../core/spec/json.ts";
import { ANSWER_VERSION } from "../core/spec/versions.ts";
import { add } from "../core/verbs/add.ts";
import { del } from "../core/verbs/del.ts";
import { version } from "../core/verbs/version.ts";
import { openAddPorts } from "./add-ports.ts";
import { openLedger } from "./ledger/ledger.ts";
import { openLog } from "./log.ts";
import { processExec, RECURSION_GUARD } from "./process-exec.ts";

/** Far above any real configuration: pod annotations end at 256 KiB. */
const STDIN_LIMIT_BYTES = 4 * 1024 * 1024;

/** The whole plugin in one process: one call in, one JSON answer out. Source: CNI SPEC.md, "Section 2". */
async function main(): Promise<void> {
  let stdin = "";
  try {
    stdin = await readStdin();
    const answer = await serve(stdin, openLog());
    if (answer !== undefined) print(answer);
  } catch (error) {
    print(toWire(error, findAnswerVersion(stdin, ANSWER_VERSION)));
    process.exitCode = 1;
  }
}

async function serve(stdin: string, log: Log): Promise<JsonObject | undefined> {
  const invocation = parseInvocation(process.env);
  if (invocation.verb === "VERSION") return version(findAnswerVersion(stdin, ANSWER_VERSION));
  if (process.env[RECURSION_GUARD] !== undefined) {
    throw new Failure(
      "invalidConfig",
      "genie was called by genie: a network's configuration leads back to it",
    );
  }
  return await serveContainer(invocation, { stdin, log, signal: toSignal(["SIGTERM", "SIGINT"]) });
}

async function serveContainer(
  invocation: Invocation,
  { stdin, log, signal }: { stdin: string; log: Log; signal: AbortSignal },
): Promise<JsonObject | undefined> {
  if (invocation.verb === "ADD") {
    const config = parseConfig(stdin);
    return await add({ invocation, config }, openAddPorts(config, { log, signal, nodeName: hostname() }));
  }
  const ledger = openLedger(parseStateDir(stdin), log);
  await del(invocation, { exec: processExec, ledger, log, signal });
  return undefined;
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > STDIN_LIMIT_BYTES) {
      throw new Failure(
        "decodingFailure",
        `the network configuration on stdin is longer than ${STDIN_LIMIT_BYTES} bytes`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Aborted by the first of these signals: what has been begun is then undone before the answer is given. */
function toSignal(names: readonly (keyof typeof constants.signals)[]): AbortSignal {
  const controller = new AbortController();
  for (const name of names) process.once(name, () => controller.abort(new Error(`ended by ${name}`)));
  return controller.signal;
}

function print(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

void main();
