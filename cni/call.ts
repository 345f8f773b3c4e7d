import { constants, hostname } from "node:os";
import {
  type Config,
  findAnswerVersion,
  type Folders,
  parseConfig,
  parseFolders,
  parseLenientConfig,
} from "../core/config.ts";
import { Failure, toWire } from "../core/errors.ts";
import type { AddPorts, DelPorts, UndoPorts } from "../core/ports.ts";
import { type Invocation, parseInvocation, type Verb } from "../core/spec/environment.ts";
import type { JsonObject } from "../core/spec/json.ts";
import { parseValidAttachments } from "../core/spec/valid-attachments.ts";
import { ANSWER_VERSION } from "../core/spec/versions.ts";
import { add } from "../core/verbs/add.ts";
import { check } from "../core/verbs/check.ts";
import { del } from "../core/verbs/del.ts";
import { gc } from "../core/verbs/gc.ts";
import { status } from "../core/verbs/status.ts";
import { version } from "../core/verbs/version.ts";
import { openLog } from "./log.ts";
import type { Host } from "./ports.ts";
import { RECURSION_GUARD } from "./process-exec.ts";
import { report } from "./report.ts";
import { readStdin } from "./stdin.ts";
import { tidy } from "./tidy.ts";

/** Verbs that change the ledger also look for what others left in it. */
const TIDYING: readonly Verb[] = ["ADD", "DEL"];

/** How a call reaches the disk, the kernel and the delegates. */
export interface Openers {
  readonly add: (config: Config, host: Host) => AddPorts;
  readonly del: (folders: Folders, host: Host) => DelPorts;
  readonly undo: (stateDir: string, host: Host) => UndoPorts;
}

/**
 * Serves the one call that this process was started for: parameters in the environment, configuration on stdin,
 * one JSON answer on stdout, exit code 0 or 1. Source: CNI SPEC.md, "Section 2".
 */
export async function runCall(open: Openers): Promise<void> {
  let stdin = "";
  const fail = (error: unknown): void => print(toWire(error, findAnswerVersion(stdin, ANSWER_VERSION)));
  const onLost = (): void => fail(new Error("the call ended without an answer"));
  process.exitCode = 1; // until it is known to be a success: a promise that is lost must not look like one
  process.once("beforeExit", onLost);
  try {
    const invocation = parseInvocation(process.env);
    stdin = await readStdin();
    const host = openHost();
    const { answer, report } = await serve({ invocation, stdin, host }, open);
    if (answer !== undefined) print(answer);
    process.exitCode = 0;
    process.off("beforeExit", onLost);
    await report?.();
    if (TIDYING.includes(invocation.verb)) await tidy(open.undo(parseFolders(stdin).stateDir, host));
  } catch (error) {
    fail(error);
  } finally {
    process.off("beforeExit", onLost);
  }
}

interface Call {
  readonly invocation: Invocation;
  readonly stdin: string;
  readonly host: Host;
}

interface Served {
  /** What is printed; CHECK, DEL, GC and STATUS say nothing when all is well. */
  readonly answer?: JsonObject;
  /** Tells the cluster, once the answer is out. */
  readonly report?: () => Promise<void>;
}

async function serve({ invocation, stdin, host }: Call, open: Openers): Promise<Served> {
  const { verb } = invocation;
  if (verb === "VERSION") return { answer: version(findAnswerVersion(stdin, ANSWER_VERSION)) };
  if (process.env[RECURSION_GUARD] !== undefined) {
    if (verb === "DEL") return {}; // its ADD was refused
    throw new Failure(
      "invalidConfig",
      "genie was called by genie: a network's configuration leads back to it",
    );
  }
  if (verb === "DEL") {
    await del({ invocation, stdin }, open.del(parseFolders(stdin), host));
    return {};
  }
  const config = verb === "GC" ? parseLenientConfig(stdin) : parseConfig(stdin);
  const ports = open.add(config, host);
  switch (verb) {
    case "ADD": {
      const { result, notes } = await add({ invocation, config }, ports);
      return { answer: result, report: () => report(notes, ports) };
    }
    case "CHECK":
      await check({ invocation, config }, ports);
      return {};
    case "STATUS":
      await status({ invocation, config }, ports);
      return {};
    case "GC":
      await gc({ invocation, config, valid: parseValidAttachments(stdin) }, ports);
      return {};
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
