import { readdir } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../core/errors.ts";
import { orIoFailure } from "../../core/io-failure.ts";
import { unlessMissing } from "../../core/missing.ts";
import type { Digest } from "../../registry/digest.ts";
import { parseReference } from "../../registry/reference.ts";
import { CONF_EXTENSIONS } from "../conf-folder.ts";
import { type ConfigFile, findConfig, MAX_CONFIG_BYTES, readConfigFile } from "./config-file.ts";
import { listPolicySlots } from "./policy-slots.ts";
import type { Shell } from "./shell.ts";
import { readInput } from "./input-file.ts";

/** What configurations hold on to. */
export interface Pinned {
  readonly files: readonly string[];
  readonly digests: ReadonlySet<Digest>;
  /** Of places that name a tag and no digest. */
  readonly references: ReadonlySet<string>;
}

/**
 * What these configurations name, and those of genie in the conf folder, and the cluster's policies where they count:
 * all that container runtimes may use here.
 * @throws {Failure} invalidConfig when there is none at all: nothing would count as pinned; and as listPolicySlots.
 */
export async function readPinned(
  { config: files, confDir }: { config: readonly string[]; confDir: string },
  shell: Shell,
): Promise<Pinned> {
  const named = await Promise.all(files.map(readConfigFile));
  const found = await readNodeConfigs(confDir);
  const configs = [
    ...new Map([...named, ...found].map((config) => [path.resolve(config.file), config])).values(),
  ];
  if (configs.length === 0) {
    throw new Failure("invalidConfig", `${confDir} holds no configuration of genie`, {
      details: "name one with --config FILE: without it, nothing would count as pinned",
    });
  }
  const brought = await Promise.all(configs.map((config) => listPolicySlots(config, shell)));
  const slots = [...configs.flatMap((config) => config.slots), ...brought.flat()];
  const references = slots.map(({ reference }) => parseReference(reference));
  return {
    files: configs.map(({ file }) => file),
    digests: new Set(references.flatMap(({ digest }) => digest ?? [])),
    references: new Set(slots.map(({ reference }) => reference)),
  };
}

/** @throws {Failure} also for a file about genie that can't be read: nobody knows what it pins. */
async function readNodeConfigs(confDir: string): Promise<ConfigFile[]> {
  const names = await orIoFailure(`the conf folder ${confDir} can't be read`, () =>
    unlessMissing(readdir(confDir)),
  );
  const files = (names ?? []).filter((name) => CONF_EXTENSIONS.includes(path.extname(name))).toSorted();
  const configs: ConfigFile[] = [];
  for (const file of files.map((name) => path.join(confDir, name))) {
    const text = (await readInput(file, MAX_CONFIG_BYTES)).toString("utf8");
    const config = text.includes("genie") ? findConfig(file, text) : undefined;
    if (config !== undefined) configs.push(config);
  }
  return configs;
}
