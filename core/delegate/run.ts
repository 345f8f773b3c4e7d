import { DelegateError, Failure, type WireError } from "../errors.ts";
import type { Exec, PluginCall, PluginOutcome } from "../ports.ts";
import { findJsonObject, isNestedWithin, type JsonObject, MOST_LEVELS } from "../spec/json.ts";

/**
 * Runs one plugin's ADD and reads its result.
 *
 * @throws {DelegateError} with the plugin's own code and words, {Failure} delegateFailed when it has none.
 */
export async function runAdd(call: PluginCall, exec: Exec, signal: AbortSignal): Promise<JsonObject> {
  const stdout = succeed(call, await exec.run(call, signal));
  const error = findWireError(stdout);
  if (error !== undefined) throw new DelegateError(call.plugin, error);
  const result = findJsonObject(stdout);
  const isResult = result !== undefined && (result["code"] ?? 0) === 0;
  if (isResult && isNestedWithin(result, MOST_LEVELS)) return result;
  throw failed(call, `answered success with something that isn't a result: ${excerpt(stdout)}`);
}

/** Runs a verb that has no result: DEL, CHECK, GC, STATUS. @throws as runAdd. */
export async function runSilent(call: PluginCall, exec: Exec, signal: AbortSignal): Promise<void> {
  const error = findWireError(succeed(call, await exec.run(call, signal)));
  if (error !== undefined) throw new DelegateError(call.plugin, error);
}

/** @returns stdout of a plugin that exited with 0. */
function succeed(call: PluginCall, outcome: PluginOutcome): string {
  switch (outcome.ended) {
    case "exited":
      if (outcome.exitCode === 0) return outcome.stdout;
      throw toError(call, outcome);
    case "notFound":
      throw failed(call, `is not in CNI_PATH (${call.path.join(":")})`);
    case "late":
      throw failed(call, `was stopped: it took longer than ${outcome.deadlineMs} ms`);
    case "killed":
      throw failed(call, `was ended by ${outcome.signal}`);
    case "tooMuchOutput":
      throw failed(call, `was stopped: it wrote more than ${outcome.limitBytes} bytes`);
  }
}

function toError(call: PluginCall, { exitCode, stdout, stderr }: PluginOutcome & { ended: "exited" }): Error {
  const error = findWireError(stdout);
  if (error !== undefined) return new DelegateError(call.plugin, error);
  return failed(call, `exited with ${exitCode}: ${excerpt(stderr === "" ? stdout : stderr)}`);
}

/** Undefined when the code is none that a runtime can read: they expect a whole number above 0. */
function findWireError(stdout: string): WireError | undefined {
  const { cniVersion, code, msg, details } = findJsonObject(stdout) ?? {};
  if (typeof code !== "number" || !Number.isSafeInteger(code) || code <= 0) return undefined;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return { cniVersion: text(cniVersion), code, msg: text(msg), details: text(details) };
}

function failed({ verb, plugin }: PluginCall, what: string): Failure {
  return new Failure("delegateFailed", `${verb} of plugin ${plugin} ${what}`);
}

function excerpt(text: string): string {
  return text === "" ? "it said nothing" : text.slice(0, 512).trim();
}
