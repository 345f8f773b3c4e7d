import { type Command, Option } from "commander";
import type { ClientOptions } from "../../registry/client/client.ts";
import type { Shell } from "./shell.ts";
import { DEFAULT_HOST_SETTINGS_FILE, readHostSettings } from "../../registry/client/host-settings.ts";

interface RegistryFlags {
  readonly ca?: string;
  readonly registries?: string;
}

const makeFlags = (): Option[] => [
  new Option("--ca <file>", "also believe registries that these authorities vouch for (PEM)"),
  new Option("--registries <file>", `what registries are like (default: ${DEFAULT_HOST_SETTINGS_FILE})`),
];

/**
 * Adds what every verb takes, and answers how registries are spoken to then. The files are read at the first call:
 * a verb that asks no registry needs none.
 */
export function addClientOptions(
  program: Command,
  { signal, meter }: Pick<Shell, "signal" | "meter">,
): () => Promise<ClientOptions> {
  let flags: RegistryFlags = {};
  for (const flag of makeFlags()) program.addOption(flag);
  program.hook("preAction", (_, verb) => {
    flags = verb.optsWithGlobals<RegistryFlags>();
  });
  let options: Promise<ClientOptions> | undefined;
  const read = async (): Promise<ClientOptions> => {
    const { ca: caFile, registries: file } = flags;
    return { signal, meter, hosts: await readHostSettings({ file, caFile }) };
  };
  return () => (options ??= read());
}

/** Takes them after the verb as well; its help has them among the global options. */
export function allowClientOptions(verb: Command): Command {
  for (const flag of makeFlags()) verb.addOption(flag.hideHelp());
  return verb;
}
