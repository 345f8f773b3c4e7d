import { findExecutable } from "../exec/find-plugin.ts";
import { type Finding, ok, warning } from "./check.ts";
import { runProgram } from "./run-program.ts";

/** What systemd gives to a runtime's unit. */
const SERVICE_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const OLDEST_MAJOR = 24;
const ANSWER_WITHIN_MS = 5_000;

/** The node that runs this very program, and the one that a runtime's call finds. */
export async function checkNodeBinary(): Promise<readonly Finding[]> {
  const named = process.env["GENIE_NODE"] ?? "";
  const how = named === "" ? "found on PATH" : "named by GENIE_NODE";
  const here = ok("node", `${process.execPath}, ${process.versions.node}, ${how}`);
  return [here, await checkServiceNode()];
}

/** The runtime's environment isn't known here: its GENIE_NODE may say otherwise. */
async function checkServiceNode(): Promise<Finding> {
  const check = "node for services";
  const todo = `put node ${OLDEST_MAJOR} or newer there, or set GENIE_NODE in the runtime's unit`;
  const file = await findExecutable("node", SERVICE_PATH);
  if (file === undefined) return warning(check, { detail: `none in ${SERVICE_PATH.join(":")}`, todo });
  const run = { file, arguments: ["--version"], env: {}, deadlineMs: ANSWER_WITHIN_MS };
  const version = (await runProgram(run))?.stdout.trim() ?? "";
  const [, major] = /^v(\d+)\./.exec(version) ?? [];
  if (Number(major) >= OLDEST_MAJOR) return ok(check, `${file}, ${version.slice(1)}`);
  return warning(check, {
    detail: `${file} is ${version === "" ? "no node that runs" : version.slice(0, 32)}`,
    todo,
  });
}
