import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { unlessMissing } from "../../core/missing.ts";
import { findJsonObject, type JsonObject } from "../../core/spec/json.ts";

/** One run of a scripted plugin, as it saw it. */
interface ScriptedCall {
  readonly verb: string;
  readonly plugin: string;
  readonly ifName: string;
  readonly netns: string;
  readonly args: string;
  readonly stdin: JsonObject;
}

/** A temporary folder with plugins that are real executables: sh scripts that note each call of theirs. */
export interface PluginFolder extends AsyncDisposable {
  /** For whatever a test keeps besides; the plugins lie in `dir/bin`. */
  readonly dir: string;
  /** CNI_PATH. */
  readonly path: readonly [string];
  /** Adds a plugin, or changes what it does after it has noted the call. The script may read `$stdin`. */
  plugin(name: string, script: string): Promise<void>;
  /** Is there a file of this name in `dir`? For scripts that tell how far they are. */
  has(name: string): Promise<boolean>;
  /** All calls since the last look, oldest first. */
  takeCalls(): Promise<readonly ScriptedCall[]>;
}

export async function openPluginFolder(): Promise<PluginFolder> {
  const dir = await mkdtemp(path.join(tmpdir(), "genie-plugins-"));
  const bin = path.join(dir, "bin");
  const notes = path.join(dir, "calls");
  await mkdir(bin);
  return {
    dir,
    path: [bin],
    async plugin(name, script) {
      const line = `"$CNI_COMMAND" '${name}' "$CNI_IFNAME" "$CNI_NETNS" "$CNI_ARGS" "$stdin"`;
      const note = `stdin=$(cat)\nprintf '%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' ${line} >> '${notes}'`;
      const file = path.join(bin, name);
      await rm(file, { force: true }); // a link in its place leads to the real plugin, which stays as it is
      await writeFile(file, `#!/bin/sh\n${note}\n${script}\n`, { mode: 0o755 });
    },
    has: async (name) => (await unlessMissing(stat(path.join(dir, name)))) !== undefined,
    async takeCalls() {
      const lines = ((await unlessMissing(readFile(notes, "utf8"))) ?? "").split("\n").slice(0, -1);
      await rm(notes, { force: true });
      return lines.map((line): ScriptedCall => {
        const [verb = "", plugin = "", ifName = "", netns = "", args = "", stdin = ""] = line.split("\t");
        return { verb, plugin, ifName, netns, args, stdin: findJsonObject(stdin) ?? {} };
      });
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };
}
