import { readFile } from "node:fs/promises";
import type { ModuleKind } from "../../core/select/request.ts";
import { findErrno } from "../../core/errors.ts";
import { BuildFailure } from "./failure.ts";

export const LANGUAGES = ["assemblyscript", "typescript"] as const;
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
}

/** Finds out what the options leave open: the kind by the exported function, the language by the SDK's import. */
export async function readSource({ file, kind, language }: SourceOptions): Promise<Source> {
  const text = await readText(file);
  return { file, kind: kind ?? parseKind(file, text), language: language ?? findLanguage(text) };
}

function findLanguage(text: string): Language {
  return /from\s*["']genie-cni\/sdk["']/.test(text) ? "assemblyscript" : "typescript";
}

function parseKind(file: string, text: string): ModuleKind {
  const isScorer = exportsFunction("score", text);
  const isSelector = exportsFunction("select", text);
  if (isScorer && !isSelector) return "scorer";
  if (isSelector && !isScorer) return "selector";
  const found = isScorer ? "both score and select" : "neither score nor select";
  throw new BuildFailure(`${file} exports ${found}`, {
    todo: "export one of them, or say which with --kind",
  });
}

function exportsFunction(name: string, text: string): boolean {
  const [declared, listed] = [`(function|const)\\s+${name}\\b`, `\\{[^}]*\\b${name}\\b[^}]*\\}`];
  return new RegExp(`^\\s*export\\s+(${declared}|${listed})`, "m").test(text);
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = findErrno(error);
    if (code === undefined) throw error;
    throw new BuildFailure(`${file} can't be read (${code})`, {
      todo: "name the module's source file",
      cause: error,
    });
  }
}
