import type { Config } from "../../core/config.ts";
import { ROUTES_PLUGIN } from "../../core/routing/acts.ts";
import { hasModules } from "../../core/select/selection-config.ts";
import { findExecutable } from "../exec/find-plugin.ts";
import { type Finding, ok, problem, warning } from "./check.ts";
import { runProgram } from "./run-program.ts";
import type { Subject } from "./subject.ts";

/** Where genie looks for them, whatever the runtime's own PATH. */
const FOLDERS = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const ANSWER_WITHIN_MS = 3_000;

interface Needed {
  readonly name: string;
  readonly neededFor: "every call" | "modules";
  readonly debianPackage: string;
}

const UTIL_LINUX = "util-linux";
const PROGRAMS: readonly Needed[] = [
  { name: "sh", neededFor: "every call", debianPackage: "dash" },
  { name: "sleep", neededFor: "every call", debianPackage: "coreutils" },
  { name: "flock", neededFor: "every call", debianPackage: UTIL_LINUX },
  { name: "env", neededFor: "modules", debianPackage: "coreutils" },
  { name: "prlimit", neededFor: "modules", debianPackage: UTIL_LINUX },
  { name: "setpriv", neededFor: "modules", debianPackage: UTIL_LINUX },
  { name: "unshare", neededFor: "modules", debianPackage: UTIL_LINUX },
];

/** The programs that genie itself runs. */
export async function checkPrograms({ config }: Subject): Promise<readonly Finding[]> {
  const isChosen = config !== undefined && hasModules(config.genie.selection);
  const checks = PROGRAMS.map((program) => checkProgram(program, isChosen));
  return [...(await Promise.all(checks)), ...(await checkRoutesProgram(config))];
}

/** Our own, which is there where genie was built with rustc. */
async function checkRoutesProgram(config: Config | undefined): Promise<readonly Finding[]> {
  if (config?.genie.secondaryRoutes === "keep") return [];
  const check = `program ${ROUTES_PLUGIN}`;
  const file = await findExecutable(ROUTES_PLUGIN, []);
  if (file !== undefined) return [ok(check, file)];
  const detail = "not beside genie: of a pod's networks, only one has a way back";
  return [warning(check, { detail, todo: "build genie where rustc and gcc are, and install all of dist" })];
}

/** @param isChosen modules choose on this node. */
async function checkProgram(program: Needed, isChosen: boolean): Promise<Finding> {
  const { name, neededFor, debianPackage } = program;
  const check = `program ${name}`;
  const tell = neededFor === "modules" && !isChosen ? warning : problem;
  const todo = `install ${debianPackage}: ${neededFor === "modules" ? "modules need it" : "every call needs it"}`;
  const file = await findExecutable(name, FOLDERS);
  if (file === undefined) return tell(check, { detail: `not found in ${FOLDERS.join(":")}`, todo });
  if (debianPackage !== UTIL_LINUX) return ok(check, file);
  const version = await findUtilLinuxVersion(file);
  if (version !== undefined) return ok(check, `${file}, ${version}`);
  return tell(check, { detail: `${file} is not the one of util-linux`, todo });
}

/** Small systems have others under the same names that lack what genie uses. */
async function findUtilLinuxVersion(file: string): Promise<string | undefined> {
  const run = {
    file,
    arguments: ["--version"],
    env: { PATH: FOLDERS.join(":") },
    deadlineMs: ANSWER_WITHIN_MS,
  };
  return /util-linux \d[\w.-]*/.exec((await runProgram(run))?.stdout ?? "")?.[0];
}
