import { type Command, InvalidArgumentError, Option } from "commander";
import { parseFolders } from "../../core/config.ts";
import { CONTAINER_ID } from "../../core/spec/environment.ts";
import { readConfigFile } from "./config-file.ts";
import { toStdin } from "./plugin-config.ts";

export interface StateOptions {
  readonly config?: string;
  readonly stateDir?: string;
}

const DEFAULT_STATE_DIR = parseFolders("{}").stateDir;

/** Adds the ways to say where genie's state is; both at once is a wrong use. */
export function addStateOptions(command: Command): Command {
  return command
    .addOption(new Option("--config <file>", "take the state folder of this .conf or .conflist"))
    .addOption(
      new Option("--state-dir <dir>", `genie's state folder (default: ${DEFAULT_STATE_DIR})`).conflicts(
        "config",
      ),
    );
}

/** Adds `--container`. */
export function addContainerOption(command: Command, description: string): Command {
  return command.option("--container <id>", description, parseContainerId);
}

/** @throws {Failure} as readConfigFile, and invalidConfig when the configuration names no usable folder. */
export async function findStateDir({ config, stateDir }: StateOptions): Promise<string> {
  if (config === undefined) return stateDir ?? DEFAULT_STATE_DIR;
  return parseFolders(toStdin(await readConfigFile(config))).stateDir;
}

function parseContainerId(text: string): string {
  if (CONTAINER_ID.test(text)) return text;
  throw new InvalidArgumentError("A container's ID has letters, digits, '_', '.' and '-'.");
}
