import { cleanReason } from "../../select/answer.ts";
import { BinaryError, type BinaryReader } from "../binary.ts";
import { METADATA_SECTION } from "../metadata-section.ts";
import type { Count } from "./bounds.ts";
import { locate } from "./place.ts";

/**
 * Custom sections that tools leave in finished modules: names for debuggers, who built it, which features it uses, how
 * it was linked, which libraries are in it (cargo auditable), and the module's metadata. Nothing here reads the others.
 */
export const CUSTOM_SECTIONS = [
  "name",
  "component-name",
  "producers",
  "target_features",
  "dylink.0",
  ".dep-v0",
  "package-docs",
  METADATA_SECTION,
] as const;

const ALLOWED: ReadonlySet<string> = new Set(CUSTOM_SECTIONS);

/** Holds a custom section against bounds. What is in it is no matter of ours. */
export function checkCustomSection(reader: BinaryReader, count: Count): void {
  locate("custom section", reader, () => {
    const todo = "build it for release, or strip it: wasm-tools strip";
    count("customSections", 1);
    count("customBytes", reader.left);
    const name = reader.text();
    if (!ALLOWED.has(name)) throw new BinaryError(`has a custom section ${cleanReason(name)}`, { todo });
  });
}
