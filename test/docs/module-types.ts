/** `selectors/sdk/module.d.ts`, made from `selectors/wit/world.wit`. `npm run docs` writes it. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { generateTypes } from "@bytecodealliance/jco/component";
import { CLONE_DIR } from "../setup/build.ts";

export const WORLD = path.join(CLONE_DIR, "selectors/wit/world.wit");
export const MODULE_TYPES = path.join(CLONE_DIR, "selectors/sdk/module.d.ts");

const HEAD = `/**
 * What a module in plain TypeScript is asked and answers: \`import type { Request, Verdict } from "genie-cni/module"\`.
 * An Error that is thrown is the error that world.wit speaks of, and its message the text.
 * Made from wit/world.wit by \`npm run docs\`.
 */

/** Settings of which the types know nothing. */
export type AnySettings = Record<string, unknown>;
`;

/** Two fields as the adapter hands them to the author's function. */
const ADAPTED: Readonly<Record<string, string>> = {
  settings: `  /**
   * What the admin set for this module, read from its JSON; \`{}\` where nothing is set. Nobody has checked it: refuse
   * what you don't understand.
   */
  settings: Settings;`,
  seed: `  /**
   * The only chance there is: stable for one pod on one node, and its owner can't choose it. Of the host's 64 even
   * bits, QuickJS keeps 53.
   */
  seed: bigint;`,
};

/** The types of an author's module as the text of a `.d.ts`: jco's, laid out as our sources are, and generic. */
export async function formatModuleTypes(witSource: string): Promise<string> {
  const types = await generate(witSource, "selector", "types");
  const score = findFunction(await generate(witSource, "scorer", "scoring"));
  const select = findFunction(await generate(witSource, "selector", "selecting"));
  const adapted = Object.entries(ADAPTED).reduce((text, [name, replacement]) => {
    const field = new RegExp(`^  /\\*\\*(?:(?!\\*/)[^])*\\*/\\n  ${name}: .*$`, "m");
    if (!field.test(text)) throw new Error(`world.wit has no field ${name} with a comment`);
    return text.replace(field, replacement);
  }, layOut(types));
  const generic = adapted.replace("interface Request {", "interface Request<Settings = AnySettings> {");
  return [HEAD, toType(score, "Score"), toType(select, "Select"), generic].join("\n");
}

async function generate(witSource: string, world: string, name: string): Promise<string> {
  const files = await generateTypes("module", {
    wit: { tag: "source", val: witSource },
    world,
    instantiation: { tag: "sync" },
  });
  const found = files.find(([file]) => file === `interfaces/genie-selection-${name}.d.ts`);
  return new TextDecoder().decode(found?.[1]);
}

function findFunction(text: string): string {
  return /\/\*\*\n(?:(?!\*\/)[^])*\*\/\nexport function .*;\n/.exec(text)?.[0] ?? "";
}

/** A function that the author writes, as a type that holds it. */
function toType(declared: string, name: string): string {
  return layOut(declared)
    .replace(
      /export function \w+\((.*)\): (.*);/,
      `export type ${name}<Settings = AnySettings> = ($1) => $2;`,
    )
    .replace("request: Request", "request: Request<Settings>");
}

/** jco's layout turned into that of our sources. */
function layOut(text: string): string {
  return text
    .replace(/^.*@module.*\n/, "")
    .replaceAll(/^ \* # Variants\n \* \n/gm, "")
    .replaceAll(/^ \* ## `"(\w+)"`\n \* \n \* /gm, " * - `$1`: ")
    .replaceAll(/^( *)\/\*\*\n *\* (.*)\n *\*\/$/gm, "$1/** $2 */")
    .replaceAll(/^(?! *\/?\*).*$/gm, layOutCode)
    .replaceAll(/^(\}|export type .*;)\n(?=.)/gm, "$1\n\n")
    .trimStart();
}

function layOutCode(line: string): string {
  return line
    .replace(/,$/, ";")
    .replaceAll(/Array<(\w+)>/g, "$1[]")
    .replaceAll("'", '"');
}

if (import.meta.main) await writeFile(MODULE_TYPES, await formatModuleTypes(await readFile(WORLD, "utf8")));
