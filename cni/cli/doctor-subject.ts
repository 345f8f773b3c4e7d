import { type Config, type Folders, parseConfig, parseFolders } from "../../core/config.ts";
import { Failure } from "../../core/errors.ts";
import { listNetworks } from "../../core/networks/candidates.ts";
import { readConfFolder } from "../conf-folder.ts";
import { type Finding, ok, problem, runCheck, warning } from "../doctor/check.ts";
import { askPlugins } from "../doctor/installed-plugins.ts";
import type { Subject } from "../doctor/subject.ts";
import { type ConfigFile, findSyntaxFault, readConfigFile } from "./config-file.ts";
import { toStdin } from "./plugin-config.ts";
import type { Shell } from "./shell.ts";
import type { StateOptions } from "./state-dir.ts";
import { openPorts } from "./undo-ports.ts";

const DEFAULTS = parseConfig('{"cniVersion":"1.0.0","name":"genie","type":"genie"}').genie;
const CHECK = "configuration";

interface ConfigReading {
  readonly config?: Config;
  readonly folders: Subject["folders"];
  readonly findings: readonly Finding[];
}

/** The node as its configuration describes it; where that can't be used, as genie's defaults do. */
export async function readSubject(
  options: StateOptions,
  path: readonly string[],
  shell: Shell,
): Promise<{ subject: Subject; findings: readonly Finding[] }> {
  const { config, folders, findings } = await readConfig(options);
  const named = config ?? { name: "", type: "genie" };
  const subject: Subject = {
    config,
    configFile: options.config,
    folders,
    path,
    ports: openPorts(folders.stateDir, shell),
    networks: once(async () => listNetworks(await readConfFolder(folders.confDir), named)),
    pluginByName: once(() => askPlugins(path, shell.signal)),
  };
  return { subject, findings };
}

async function readConfig({
  config: name,
  stateDir = DEFAULTS.stateDir,
}: StateOptions): Promise<ConfigReading> {
  const defaults = { ...DEFAULTS, stateDir };
  if (name === undefined) {
    const detail = `none named, so genie's defaults are taken: networks of ${defaults.confDir}`;
    const todo = "name genie's own with --config FILE";
    return { folders: defaults, findings: [warning(CHECK, { detail, todo })] };
  }
  let file: ConfigFile | undefined;
  let config: Config | undefined;
  const look = async (): Promise<readonly Finding[]> => {
    file = await readConfigFile(name);
    config = parseConfig(toStdin(file));
    return [findSyntaxProblem(file) ?? ok(CHECK, `${name}, cniVersion ${config.cniVersion}`)];
  };
  const findings = await runCheck({ name: CHECK, look });
  const folders = config?.genie ?? (file === undefined ? defaults : { ...file, ...toFolders(file) });
  return { ...(config && { config }), folders, findings };
}

function findSyntaxProblem(file: ConfigFile): Finding | undefined {
  const detail = findSyntaxFault(file);
  return detail === undefined ? undefined : problem(CHECK, { detail, todo: "remove them" });
}

/** Of a configuration that has another mistake. */
function toFolders(file: ConfigFile): Folders {
  try {
    return parseFolders(toStdin(file));
  } catch (error) {
    if (error instanceof Failure) return DEFAULTS;
    throw error;
  }
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}
