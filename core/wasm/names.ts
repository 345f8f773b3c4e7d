import { BinaryError, findLayer, readSections } from "./binary.ts";
import { readComponentNames, readModuleNames } from "./section-names.ts";

/**
 * What tools make names of, as in `cabi_post_genie:selection/scoring@1.0.0#score`, `[resource-drop]thing`,
 * `cm32p2|local:init/module-loader|resolve`, `Map<~lib/string/String,i32>#get` and jco's own
 * `utf8-to-utf8 (mem1 => mem0)`. Nothing that ends a string or a comment of JavaScript.
 */
const FIT = /^[\w:/@.#$[\]<>()|=~, +-]{0,256}$/;

/** Tools nest twice: what imports nothing has its core modules one or two levels down. */
const MOST_LEVELS = 8;

/** A JavaScript engine has a few hundred. */
const MOST_NAMES = 100_000;

/** Sections of a component that hold a binary. Source: component-model, design/mvp/Binary.md. */
const NESTED_SECTIONS: readonly number[] = [1, 4];

/**
 * The first name, at any depth, that has other characters than names have: jco writes the names of core modules into
 * its glue as they are, so that one of them could be JavaScript. Undefined when all are fit.
 * Types are left out: what they describe has its name elsewhere.
 * @throws {BinaryError} when the bytes are neither a component nor a core module.
 */
export function findUnfitName(bytes: Uint8Array): string | undefined {
  let seen = 0;
  for (const name of readNames(bytes, MOST_LEVELS)) {
    if (!FIT.test(name)) return name;
    seen += 1;
    if (seen > MOST_NAMES) throw new BinaryError(`has more than ${MOST_NAMES} names`);
  }
  return undefined;
}

function* readNames(bytes: Uint8Array, levelsLeft: number): Generator<string, void> {
  if (levelsLeft === 0) throw new BinaryError(`has components more than ${MOST_LEVELS} levels deep`);
  const layer = findLayer(bytes);
  if (layer === undefined) throw new BinaryError("is not wasm");
  for (const section of readSections(bytes)) {
    if (layer === "module") yield* readModuleNames(section);
    else if (NESTED_SECTIONS.includes(section.id)) yield* readNames(section.content, levelsLeft - 1);
    else yield* readComponentNames(section);
  }
}
