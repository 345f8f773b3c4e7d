import { readdir, stat } from "node:fs/promises";
import { unlessCode, unlessMissing } from "../../core/missing.ts";
import { findJsonObject } from "../../core/spec/json.ts";
import { forEach } from "../../registry/some-at-a-time.ts";
import { findExecutable } from "../exec/find-plugin.ts";
import { RECURSION_GUARD } from "../process-exec.ts";
import { runProgram } from "./run-program.ts";
import { isWritableByOthers } from "../private-folder.ts";

/** A program in CNI_PATH. */
export interface InstalledPlugin {
  readonly name: string;
  readonly file: string;
  /** The CNI versions that it says it speaks; undefined when it doesn't answer VERSION as a plugin does. */
  readonly versions: readonly string[] | undefined;
  /** Such as `1.6.2`; undefined when it doesn't tell. */
  readonly build: string | undefined;
}

/** Reference plugins answer in 10 ms. */
const ANSWER_WITHIN_MS = 3_000;
const MAX_PLUGINS = 64;
const PLUGIN_NAME = /^[a-zA-Z0-9][\w.-]{0,63}$/;
/** What else lies in such folders. */
const NO_PLUGIN = /\.(so|md|txt|json|conf|sha256|sig|old|bak|tgz|gz)$|^(LICENSE|README)/;
const NOT_LISTED = ["ENOENT", "ENOTDIR", "EACCES"];
const ENVIRONMENT = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };

/** The plugins that a runtime with this CNI_PATH finds, each asked for its VERSION. By name. */
export async function askPlugins(
  path: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, InstalledPlugin>> {
  const unsafe = await listUnsafe(path);
  const folders = path.filter((folder) => !unsafe.includes(folder));
  const names = new Set((await Promise.all(folders.map(listNames))).flat());
  const plugins: InstalledPlugin[] = [];
  await forEach([...names].toSorted().slice(0, MAX_PLUGINS), async (name) => {
    const file = await findExecutable(name, folders);
    if (file !== undefined && !signal.aborted) plugins.push(await ask(name, file, signal));
  });
  const sorted = plugins.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return new Map(sorted.map((plugin) => [plugin.name, plugin]));
}

/** Those of these folders to which others may write. */
export async function listUnsafe(folders: readonly string[]): Promise<readonly string[]> {
  const unsafe: string[] = [];
  for (const folder of folders) {
    const stats = await unlessMissing(stat(folder));
    if (stats !== undefined && isWritableByOthers(stats)) unsafe.push(folder);
  }
  return unsafe;
}

async function listNames(folder: string): Promise<readonly string[]> {
  const names = (await unlessCode(readdir(folder), NOT_LISTED)) ?? [];
  return names.filter((name) => PLUGIN_NAME.test(name) && !NO_PLUGIN.test(name));
}

/** Source: SPEC.md, "VERSION"; some plugins expect the dummy values that older runtimes give. */
async function ask(name: string, file: string, signal: AbortSignal): Promise<InstalledPlugin> {
  const answer = await runProgram({
    file,
    env: {
      ...ENVIRONMENT,
      CNI_COMMAND: "VERSION",
      CNI_NETNS: "dummy",
      CNI_IFNAME: "dummy",
      CNI_PATH: "dummy",
    },
    stdin: '{"cniVersion":"1.0.0"}',
    deadlineMs: ANSWER_WITHIN_MS,
    signal,
  });
  const said = answer?.exitCode === 0 ? findJsonObject(answer.stdout)?.["supportedVersions"] : undefined;
  const versions = Array.isArray(said) ? said.filter((one) => typeof one === "string") : undefined;
  return { name, file, versions, build: versions && (await findBuild(file, signal)) };
}

/** Plugins made with the reference library say who they are when no verb is given. Source: pkg/skel/skel.go. */
async function findBuild(file: string, signal: AbortSignal): Promise<string | undefined> {
  const env = { ...ENVIRONMENT, [RECURSION_GUARD]: "1" };
  const answer = await runProgram({ file, env, deadlineMs: ANSWER_WITHIN_MS, signal });
  const [firstLine = ""] = (answer?.stderr ?? "").split("\n");
  return /\bv?(\d+\.\d+\.\d+[\w.+-]*)/.exec(firstLine)?.[1];
}
