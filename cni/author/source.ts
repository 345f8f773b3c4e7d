import { MODULE_KINDS, type ModuleKind } from "../../core/select/request.ts";
import { FUNCTION_BY_KIND } from "../../core/select/world.ts";
import { findErrno } from "../../core/errors.ts";
import { findLayer } from "../../core/wasm/binary.ts";
import { MAX_MODULE_BYTES } from "../../registry/artifact/artifact.ts";
import { readBounded } from "../../registry/file/bounded-file.ts";
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
    return {
      file,
      kind: parseKind(file, { exported: listAnswers(file, bytes), kind, todo: TODO_IN_WASM }),
      language: "wasm",
    };
  const text = Buffer.from(bytes).toString();
  return {
    file,
    kind: parseKind(file, { exported: findExported(text), kind, todo: TODO_IN_SOURCE }),
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

const TODO_IN_SOURCE =
  "write export function score, or export function select, or say which it is with --kind";
const TODO_IN_WASM =
  "export genie:selection/scoring@1.0.0#score or genie:selection/selecting@1.0.0#select, as bindings made of selectors/wit/world.wit do";

interface Exported {
  /** Which of the two functions the file exports, as far as it shows. */
  readonly exported: readonly ModuleKind[];
  /** What its author says that it is. */
  readonly kind: ModuleKind | undefined;
  /** Where it exports neither. */
  readonly todo: string;
}

function parseKind(file: string, { exported, kind: wanted, todo }: Exported): ModuleKind {
  const [kind, other] = exported;
  if (wanted !== undefined && (kind === undefined || exported.includes(wanted))) return wanted;
  if (wanted !== undefined) {
    throw new BuildFailure(`${file} is no ${wanted}: it exports what makes it a ${kind}`, {
      todo: `leave --kind away, or export ${FUNCTION_BY_KIND[wanted]}`,
    });
  }
  if (kind === undefined) throw new BuildFailure(`${file} exports neither score nor select`, { todo });
  if (other === undefined) return kind;
  throw new BuildFailure(`${file} exports both score and select`, {
    todo: "export one of them, or say which with --kind",
  });
}

function findExported(text: string): readonly ModuleKind[] {
  return MODULE_KINDS.filter((kind) => {
    const name = FUNCTION_BY_KIND[kind];
    const [declared, listed] = [
      `((async\\s+)?function|const|let|var)\\s+${name}\\b`,
      `\\{[^}]*\\b${name}\\b[^}]*\\}`,
    ];
    return new RegExp(`^\\s*export\\s+(${declared}|${listed})`, "m").test(text);
  });
}

async function readBytes(file: string): Promise<Uint8Array> {
  const todo = "name the module's source file";
  let found: Buffer | string;
  try {
    found = await readBounded(file, MAX_MODULE_BYTES);
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new BuildFailure(`${file} can't be read (${code})`, { todo, cause });
  }
  if (typeof found !== "string") return found;
  throw new BuildFailure(`${file} ${found}`, { todo });
}
