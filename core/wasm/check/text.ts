import { cleanReason } from "../../select/answer.ts";
import { BinaryError, type BinaryReader } from "../binary.ts";
import { checkBound } from "./bounds.ts";

/**
 * What tools make names of, as in `cabi_post_genie:selection/scoring@1.0.0#score`, `[resource-drop]thing`,
 * `cm32p2|local:init/module-loader|resolve`, `Map<~lib/string/String,i32>#get` and jco's own
 * `utf8-to-utf8 (mem1 => mem0)`. Nothing that ends a string or a comment of JavaScript: jco writes the names of core
 * modules into its glue as they are, so that one of them could be a script.
 */
const FIT = /^[\w:/@.#$[\]<>()|=~, +-]*$/;

/** Reads a name of ordinary length and ordinary characters. */
export function checkText(reader: BinaryReader): string {
  const name = reader.text();
  checkBound("nameLength", name.length);
  if (FIT.test(name)) return name;
  throw new BinaryError(`has a name with characters that no name may have: ${cleanReason(name)}`, {
    todo: "give what it names a name of ASCII letters, digits and -",
  });
}
