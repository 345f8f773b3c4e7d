import { parseConfig } from "../../core/config.ts";
import { Failure } from "../../core/errors.ts";
import { type ConfigFile, findSyntaxFault } from "./config-file.ts";
import { toStdin } from "./plugin-config.ts";
import type { Shell } from "./shell.ts";

/** Tells what geniectl reads over and an ADD doesn't. */
export function warnOfConfig(config: ConfigFile, shell: Shell): void {
  const syntax = findSyntaxFault(config);
  if (syntax !== undefined) shell.warn(`${syntax}: no pod is attached with it until they are removed`);
  const fault = findFault(config);
  if (fault !== undefined) shell.warn(`${config.file}: no pod is attached with it: ${fault}`);
}

function findFault(config: ConfigFile): string | undefined {
  try {
    parseConfig(toStdin(config));
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
