/** Modules that misbehave, one trick each. What each does stands in its .wat; here stands how its call must end. */
import { readFile } from "node:fs/promises";
import { componentEmbed, componentNew, parse, print } from "@bytecodealliance/jco";
import type { Outcome } from "../../core/select/outcome.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { GENERATED, generate } from "./generated.ts";

export interface HostileModule {
  /** Of its .wat file, or of the function that makes it. */
  readonly name: string;
  readonly kind: ModuleKind;
  readonly wasm: Uint8Array;
  /** What the decision record must say. */
  readonly outcome: Outcome;
  /** What it must say more: of the detail, or of the answer that harms nobody but the module. */
  readonly says: RegExp;
}

interface Trick {
  readonly name: string;
  readonly outcome: Outcome;
  readonly kind?: ModuleKind;
  /** The world it is made for, when it isn't the kind's own. */
  readonly world?: string;
  readonly encoding?: "utf8" | "utf16";
  /** Changes the text of the finished component: what no tool would make. */
  readonly edit?: (text: string) => string;
  readonly says?: RegExp;
}

const ANSWER = "genie:selection/scoring@1.0.0#score";

/** Those that a compiler makes as they are. */
export const TRICKS: readonly Trick[] = [
  { name: "loop-in-call", outcome: "timeout" },
  { name: "loop-in-start", outcome: "timeout" },
  { name: "loop-in-realloc", outcome: "timeout" },
  { name: "loop-in-post-return", outcome: "timeout" },
  { name: "endless-tail-call", outcome: "timeout" },
  { name: "trap", outcome: "trap" },
  { name: "trap-in-start", outcome: "trap" },
  { name: "trap-in-realloc", outcome: "trap" },
  { name: "trap-in-post-return", outcome: "trap" },
  { name: "recursion", outcome: "trap" },
  { name: "mutual-recursion", outcome: "trap" },
  { name: "recursion-through-table", outcome: "trap" },
  { name: "hungry-recursion", outcome: "trap" },
  { name: "memory-hog", outcome: "memory" },
  { name: "memory-at-start", outcome: "memory" },
  { name: "memory-page-by-page", outcome: "memory" },
  { name: "hog-in-realloc", outcome: "memory" },
  { name: "huge-answer", outcome: "badAnswer" },
  { name: "long-answer", outcome: "badAnswer" },
  { name: "long-text", outcome: "ok", says: /"\?{128}"/ },
  { name: "nan", outcome: "badAnswer" },
  { name: "score-one", outcome: "ok", says: /^\{"network-0":1,"network-1":1,"network-2":1\}$/ },
  { name: "score-above-one", outcome: "badAnswer" },
  { name: "score-minus-zero", outcome: "ok", says: /"network-0":0/ },
  { name: "score-below-zero", outcome: "badAnswer" },
  { name: "score-infinite", outcome: "badAnswer" },
  { name: "too-few-verdicts", outcome: "badAnswer" },
  { name: "one-verdict-less", outcome: "badAnswer" },
  { name: "one-verdict-more", outcome: "badAnswer" },
  { name: "too-many-verdicts", outcome: "badAnswer" },
  { name: "bad-verdict", outcome: "badAnswer" },
  { name: "bad-answer-tag", outcome: "badAnswer" },
  { name: "answer-outside", outcome: "badAnswer" },
  { name: "misaligned-answer", outcome: "badAnswer" },
  { name: "misaligned-list", outcome: "badAnswer" },
  { name: "list-outside", outcome: "badAnswer" },
  { name: "list-half-outside", outcome: "badAnswer" },
  { name: "list-wraps", outcome: "badAnswer" },
  { name: "text-outside", outcome: "badAnswer" },
  { name: "text-wraps", outcome: "badAnswer" },
  { name: "huge-text", outcome: "badAnswer" },
  { name: "bad-utf8", outcome: "ok", says: /\ufffd/ },
  { name: "bad-utf16", outcome: "ok", encoding: "utf16", says: /"\ufffdA\ufffd{3}"/ },
  { name: "odd-utf16", outcome: "badAnswer", encoding: "utf16" },
  { name: "reason-at-limit", outcome: "ok", says: /"r{128}"/ },
  { name: "reason-over-limit", outcome: "ok", says: /"r{128}"/ },
  { name: "reason-torn", outcome: "ok", says: /"r{127}"/ },
  { name: "escapes-in-reason", outcome: "ok", says: /"\?\[2J\?\]0;owned\?{6}m"/ },
  { name: "bidi-in-reason", outcome: "ok", says: /"ok\?\?\?no\?"/ },
  { name: "error", outcome: "error" },
  { name: "bidi-in-error", outcome: "error", says: /^\?enif\?\?$/ },
  { name: "realloc-null", outcome: "ok", says: /0\.5/ },
  { name: "realloc-same", outcome: "ok", says: /0\.5/ },
  { name: "realloc-odd", outcome: "badAnswer" },
  { name: "realloc-outside", outcome: "badAnswer" },
  { name: "realloc-wraps", outcome: "badAnswer" },
  { name: "duplicate-choice", outcome: "badAnswer", kind: "selector" },
  { name: "choice-out-of-range", outcome: "badAnswer", kind: "selector" },
  { name: "choice-after-last", outcome: "badAnswer", kind: "selector" },
  { name: "too-few-choices", outcome: "badAnswer", kind: "selector" },
  { name: "too-many-choices", outcome: "badAnswer", kind: "selector" },
  { name: "wrong-world", outcome: "wrongWorld", world: "other", says: /^it doesn't export/ },
  { name: "import", outcome: "wrongWorld", world: "curious", says: /^it imports other:thing/ },
  { name: "wasi", outcome: "wrongWorld", world: "outgoing", says: /^it imports wasi:cli/ },
  { name: "many-memories", outcome: "wrongWorld", says: /several memories/ },
  { name: "grows-table", outcome: "wrongWorld", says: /growing tables/ },
];

/** Those whose finished component is changed, and those that are made byte by byte. */
const EDITED: readonly (Trick & { readonly from?: string })[] = [
  {
    name: "script-in-name",
    outcome: "wrongWorld",
    says: /^it has a name with characters/,
    edit: (text) => renameAnswer(text, `'];throw new Error("a script ran");//`),
  },
  {
    name: "later-version",
    from: "trap",
    outcome: "wrongWorld",
    says: /in version 1\.1\.0; this host serves/,
    edit: (text) => text.replaceAll("selection/scoring@1.0.0", "selection/scoring@1.1.0"),
  },
  {
    name: "wrong-signature",
    from: "trap",
    outcome: "wrongWorld",
    says: /^can't be prepared/,
    edit: (text) => text.replaceAll(/(\(param (?:\$request )?i32\)) \(result i32\)/g, "$1 (result i64)"),
  },
  {
    // Two instances of one core module, each with a memory: the limit counts the module's once.
    name: "twice-its-memory",
    from: "nan",
    outcome: "trap",
    says: /a core module is instantiated twice/,
    edit: (text) =>
      text
        .replace(
          "(core instance $main (;0;) (instantiate $main))",
          `$& (core instance $again (instantiate $main))
           (alias core export $again "cabi_realloc" (core func $other))`,
        )
        .replace("(realloc $cabi_realloc)", "(realloc $other)"),
  },
  {
    name: "no-memory",
    from: "trap",
    outcome: "wrongWorld",
    says: /^can't be prepared/,
    edit: (text) => text.replace('(export "memory" (memory 0))', ""),
  },
];

const MADE: readonly Trick[] = GENERATED.map((name) => ({ name, outcome: "wrongWorld" }));

/** Worlds that only a stranger would think of; all but the first are scorers with an import. */
const STRANGE_WORLDS = `
world other { export other:thing/running@1.0.0; }
world curious { import other:thing/clock@1.0.0; export types; export scoring; }
world outgoing { import wasi:cli/environment@0.2.0; export types; export scoring; }
package other:thing@1.0.0 {
  interface running { run: func(); }
  interface clock { now: func() -> u64; }
}
package wasi:cli@0.2.0 {
  interface environment { initial-cwd: func() -> option<string>; }
}`;

export const NAMES: readonly string[] = [...TRICKS, ...EDITED, ...MADE].map(({ name }) => name);

/** Compiles them, 0.1 s each the first time. @param names of some, where not all are wanted. */
export async function hostileModules(names: readonly string[] = NAMES): Promise<HostileModule[]> {
  const modules: HostileModule[] = [];
  for (const name of names) modules.push(await makeHostile(name));
  return modules;
}

/** Makes one module of the corpus. */
export async function makeHostile(name: string): Promise<HostileModule> {
  const trick = [...TRICKS, ...EDITED, ...MADE].find((it) => it.name === name);
  if (trick === undefined) throw new Error(`${name} is not in the corpus`);
  const { outcome, kind = "scorer", says = /./ } = trick;
  return { name, outcome, kind, says, wasm: await makeWasm(trick) };
}

async function makeWasm(trick: Trick & { readonly from?: string }): Promise<Uint8Array> {
  const { name, kind = "scorer", world = kind, encoding, edit, from = name } = trick;
  if (MADE.includes(trick)) return generate(name, await compileModule("trap", "scorer"));
  const made = await compileModule(from, world, encoding);
  return edit === undefined ? made : await parse(edit(await print(made)));
}

/** @param name of a .wat file here. */
export async function compileModule(
  name: string,
  world: string,
  stringEncoding: "utf8" | "utf16" = "utf8",
): Promise<Uint8Array> {
  const wit = await readFile(new URL("../../selectors/wit/world.wit", import.meta.url), "utf8");
  const witSource = `${wit}\n${STRANGE_WORLDS}`;
  const binary = await parse(await readFile(new URL(`${name}.wat`, import.meta.url), "utf8"));
  return await componentNew(await componentEmbed({ binary, witSource, world, stringEncoding }), []);
}

/** A component whose core export of the answer, and all that refers to it, has a longer name. */
export async function renameExport(component: Uint8Array, nameEnd: string): Promise<Uint8Array> {
  return await parse(renameAnswer(await print(component), nameEnd));
}

function renameAnswer(text: string, nameEnd: string): string {
  return text.replaceAll(`"${ANSWER}"`, () => JSON.stringify(ANSWER + nameEnd));
}
