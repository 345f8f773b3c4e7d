import { readFile } from "node:fs/promises";
import { REALM } from "../../cni/build/guest-head.ts";

const PROGRAM = new URL("../../dist/bin/genie-guest", import.meta.url);

/** The built guest's head without node's own guards, so that a script behind it meets the kernel's alone. */
export async function readBareHead(): Promise<string> {
  const text = await readFile(PROGRAM, "utf8");
  const head = text
    .split("\n")
    .filter((line) => /^(#!|':' \/\/;)/.test(line))
    .join("\n");
  for (const guard of [" --permission ", REALM]) {
    if (!head.includes(guard)) throw new Error(`no ${guard} in the head of genie-guest`);
  }
  return head.replace(" --permission ", " ").replace(REALM, "");
}
