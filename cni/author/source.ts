import { readFile } from "node:fs/promises";
import { MODULE_KINDS, type ModuleKind } from "../../core/select/request.ts";
import { FUNCTION_BY_KIND } from "../../core/select/world.ts";
import { findErrno } from "../../core/errors.ts";
import { findLayer } from "../../core/wasm/binary.ts";
import { listAnswers } from "./core-module.ts";
import { BuildFailure } from "./failure.ts";

/** The last is a core module of any language, to be wrapped. */
export const LANGUAGES = ["assemblyscript", "typescript", "wasm"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The file with which each compiler starts: from the component's export to the author's function. On no disk. */
export const ENTRY = "genie-entry";

/** An author's module before it is built. */
export interface Source {
  readonly file: string;
  readonly kind: ModuleKind;
  readonly language: Language;
}

export interface SourceOptions {
  readonly file: string;
  readonly kind?: ModuleKind | undefined;
  readonly language?: Language | undefined;
  /** What the module says of itself, when it doesn't lie beside the source. */
  readonly metadataFile?: string | undefined;
  /** The WIT that it is built for, when it isn't this package's. */
  readonly worldFile?: string | undefined;
}

/**
 * Finds out what the options leave open: the kind by the exported function, the language by the SDK's import; a file
 * of wasm is a core module.
 */
export async function readSource({ file, kind, language }: SourceOptions): Promise<Source> {
  const bytes = await readBytes(file);
  const layer = findLayer(bytes);
  if (layer === "component") throw componentAlready(file);
  if (layer === "module" || language === "wasm")
    return { file, kind: kind ?? parseKind(file, listAnswers(file, bytes)), language: "wasm" };
  const text = Buffer.from(bytes).toString();
  return {
    file,
    kind: kind ?? parseKind(file, findExported(text)),
    language: language ?? findLanguage(text),
  };
}

function componentAlready(file: string): BuildFailure {
  return new BuildFailure(`${file} is a component already`, {
    todo: "there is nothing to build: geniectl check says whether it fits",
  });
}

function findLanguage(text: string): Language {
  return /from\s*["']genie-cni\/sdk["']/.test(text) ? "assemblyscript" : "typescript";
}

/** @param exported which of the two functions the file exports. */
function parseKind(file: string, exported: readonly ModuleKind[]): ModuleKind {
  const [kind, other] = exported;
  if (kind !== undefined && other === undefined) return kind;
  const found = kind === undefined ? "neither score nor select" : "both score and select";
  throw new BuildFailure(`${file} exports ${found}`, {
    todo: "export one of them, or say which with --kind",
  });
}

function findExported(text: string): readonly ModuleKind[] {
  return MODULE_KINDS.filter((kind) => {
    const name = FUNCTION_BY_KIND[kind];
    const [declared, listed] = [`(function|const)\\s+${name}\\b`, `\\{[^}]*\\b${name}\\b[^}]*\\}`];
    return new RegExp(`^\\s*export\\s+(${declared}|${listed})`, "m").test(text);
  });
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = findErrno(error);
    if (code === undefined) throw error;
    throw new BuildFailure(`${file} can't be read (${code})`, {
      todo: "name the module's source file",
      cause: error,
    });
  }
}
