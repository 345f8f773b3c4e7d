import { constants, hostname } from "node:os";
import { findAnswerVersion, parseConfig, parseStateDir } from "../core/config.ts";
import { Failure, toWire } from "../core/errors.ts";
import { type Invocation, parseInvocation } from "../core/spec/environment.ts";
import type { JsonObject } from "../core/spec/json.ts";
import { ANSWER_VERSION } from "../core/spec/versions.ts";
import { add } from "../core/verbs/add.ts";
import { del } from "../core/verbs/del.ts";
import { version } from "../core/verbs/version.ts";
import { openLog } from "./log.ts";
import { type Host, openAddPorts, openDelPorts } from "./ports.ts";
import { RECURSION_GUARD } from "./process-exec.ts";
import { readStdin } from "./stdin.ts";

/** The whole plugin in one process: one call in, one JSON answer out. Source: CNI SPEC.md, "Section 2". */
async function main(): Promise<void> {
  let stdin = "";
  const fail = (error: unknown): void => print(toWire(error, findAnswerVersion(stdin, ANSWER_VERSION)));
  const onLost = (): void => fail(new Error("the call ended without an answer"));
  process.exitCode = 1; // until it is known to be a success: a promise that is lost must not look like one
  process.once("beforeExit", onLost);
  try {
    const invocation = parseInvocation(process.env);
    stdin = await readStdin();
    const answer = await serve(invocation, stdin);
    if (answer !== undefined) print(answer);
    process.exitCode = 0;
  } catch (error) {
    fail(error);
  } finally {
    process.off("beforeExit", onLost);
  }
}

async function serve(invocation: Invocation, stdin: string): Promise<JsonObject | undefined> {
  const { verb } = invocation;
  if (verb !== "VERSION" && process.env[RECURSION_GUARD] !== undefined) {
    throw new Failure(
      "invalidConfig",
      "genie was called by genie: a network's configuration leads back to it",
    );
  }
  switch (verb) {
    case "VERSION":
      return version(findAnswerVersion(stdin, ANSWER_VERSION));
    case "ADD": {
      const config = parseConfig(stdin);
      return await add({ invocation, config }, openAddPorts(config, openHost()));
    }
    case "DEL":
      await del(invocation, openDelPorts(parseStateDir(stdin), openHost()));
      return undefined;
  }
}

function openHost(): Host {
  return { log: openLog(), signal: toSignal(["SIGTERM", "SIGINT"]), nodeName: hostname() };
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
