import { readFile } from "node:fs/promises";

/** A system call that has returned, as strace -f -y prints it. */
export interface Syscall {
  readonly name: string;
  /** Everything between the parentheses; descriptors are followed by their path in angle brackets. */
  readonly words: string;
  readonly returned: string;
}

/** The calls of all threads in the order in which they returned; an execve counts when it begins. */
export async function readSyscalls(file: string): Promise<readonly Syscall[]> {
  const begunByThread = new Map<string, string>();
  const calls: Syscall[] = [];
  for (const line of (await readFile(file, "utf8")).split("\n")) {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const [, begun] = /^(.*) <unfinished \.\.\.>$/.exec(rest) ?? [];
    const [, ended] = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest) ?? [];
    if (begun?.startsWith("execve(") === true) calls.push(...parseCall(`${begun}) = 0`));
    else if (begun !== undefined) begunByThread.set(thread, begun);
    else if (ended !== undefined) calls.push(...parseCall(`${begunByThread.get(thread) ?? ""}${ended}`));
    else calls.push(...parseCall(rest));
  }
  return calls;
}

function parseCall(text: string): Syscall[] {
  const [, name, words, returned] = /^(\w+)\((.*)\) += (.*)$/.exec(text) ?? [];
  return name === undefined || words === undefined || returned === undefined
    ? []
    : [{ name, words, returned }];
}
