/** Modules that misbehave, one trick each. What each does stands in its .wat; here stands how its call must end. */
import { readFile } from "node:fs/promises";
import { componentEmbed, componentNew, parse, print } from "@bytecodealliance/jco";
import type { FailedOutcome } from "../../core/select/outcome.ts";
import type { ModuleKind } from "../../core/select/request.ts";

export interface HostileModule {
  /** Of its .wat file. */
  readonly name: string;
  readonly kind: ModuleKind;
  readonly wasm: Uint8Array;
  /** What the decision record must say. */
  readonly outcome: FailedOutcome;
}

interface Trick {
  readonly name: string;
  readonly outcome: FailedOutcome;
  readonly kind?: ModuleKind;
  /** The world it is made for, when it isn't the kind's own. */
  readonly world?: string;
  /** What is hung on the name of the core export that answers. */
  readonly nameEnd?: string;
}

export const TRICKS: readonly Trick[] = [
  { name: "loop-in-call", outcome: "timeout" },
  { name: "loop-in-start", outcome: "timeout" },
  { name: "trap", outcome: "trap" },
  { name: "recursion", outcome: "trap" },
  { name: "memory-hog", outcome: "memory" },
  { name: "memory-at-start", outcome: "memory" },
  { name: "huge-answer", outcome: "badAnswer" },
  { name: "long-answer", outcome: "badAnswer" },
  { name: "nan", outcome: "badAnswer" },
  { name: "too-few-verdicts", outcome: "badAnswer" },
  { name: "too-many-verdicts", outcome: "badAnswer" },
  { name: "bad-verdict", outcome: "badAnswer" },
  { name: "answer-outside", outcome: "badAnswer" },
  { name: "error", outcome: "error" },
  { name: "duplicate-choice", outcome: "badAnswer", kind: "selector" },
  { name: "choice-out-of-range", outcome: "badAnswer", kind: "selector" },
  { name: "too-few-choices", outcome: "badAnswer", kind: "selector" },
  { name: "wrong-world", outcome: "wrongWorld", world: "other" },
  { name: "import", outcome: "wrongWorld", world: "curious" },
  { name: "script-in-name", outcome: "wrongWorld", nameEnd: `'];throw new Error("a script ran");//` },
];

/** Worlds that only a stranger would think of; the second is a scorer with an import. */
const STRANGE_WORLDS = `
world other { export other:thing/running@1.0.0; }
world curious { import other:thing/clock@1.0.0; export types; export scoring; }
package other:thing@1.0.0 {
  interface running { run: func(); }
  interface clock { now: func() -> u64; }
}`;

/** Compiles them all: 0.1 s each the first time. */
export async function hostileModules(): Promise<HostileModule[]> {
  const modules: HostileModule[] = [];
  for (const { name, outcome, kind = "scorer", world = kind, nameEnd } of TRICKS) {
    const made = await compileModule(name, world);
    const wasm = nameEnd === undefined ? made : await renameExport(made, nameEnd);
    modules.push({ name, outcome, kind, wasm });
  }
  return modules;
}

/** @param name of a .wat file here. */
export async function compileModule(name: string, world: string): Promise<Uint8Array> {
  const wit = await readFile(new URL("../../selectors/wit/world.wit", import.meta.url), "utf8");
  const witSource = `${wit}\n${STRANGE_WORLDS}`;
  const binary = await parse(await readFile(new URL(`${name}.wat`, import.meta.url), "utf8"));
  return await componentNew(await componentEmbed({ binary, witSource, world, stringEncoding: "utf8" }), []);
}

/** A component whose core export of the answer, and all that refers to it, has a longer name. */
export async function renameExport(component: Uint8Array, nameEnd: string): Promise<Uint8Array> {
  const answer = "genie:selection/scoring@1.0.0#score";
  const text = await print(component);
  return await parse(text.replaceAll(`"${answer}"`, () => JSON.stringify(answer + nameEnd)));
}
