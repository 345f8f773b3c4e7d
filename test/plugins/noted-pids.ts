import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "vitest";
import { unlessMissing } from "../../core/missing.ts";
import type { PluginFolder } from "./scripted.ts";

const WAIT = { timeout: 20_000 };

/** For scripts that tell of processes: `echo "$$ $! done" > PIDS`. */
export function openNotedPids({ dir }: Pick<PluginFolder, "dir">) {
  const file = path.join(dir, "pids");
  const read = async () => (await unlessMissing(readFile(file, "utf8"))) ?? "";
  return {
    /** `text` with the name of the file in the place of PIDS. */
    fill: (text: string): string => text.replaceAll("PIDS", `'${file}'`),
    /** The processes, as soon as the script has told. */
    async wait(): Promise<readonly number[]> {
      await expect.poll(read, WAIT).toMatch(/^(\d+ )+done\n$/);
      return (await read()).split(" ").slice(0, -1).map(Number);
    },
  };
}
