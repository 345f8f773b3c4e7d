import { readdir } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { inspectComponent, findMisfit } from "../../core/wasm/component.ts";
import { catchFault } from "../../core/wasm/fault.ts";
import { MAX_MODULE_BYTES } from "../../registry/artifact/artifact.ts";
import { findKind } from "../../registry/artifact/module-kind.ts";
import { readBounded } from "../../registry/file/bounded-file.ts";
import type { ComponentizeLimits } from "./componentize.ts";
import { BuildFailure } from "./failure.ts";
import { buildModule } from "./module.ts";

/** The source of a module that has a folder of its own, the first one that is there. */
const SOURCE_NAMES = ["module.ts", "module.mjs", "module.js"];

/** The golden cases that lie beside a module. */
const CASES_NAME = "golden.json";

/** What an author names on the command line: a component, a source, or the folder of one. */
export interface Subject {
  /** The component, or the source that it was built from. */
  readonly file: string;
  readonly component: Uint8Array;
  readonly cases: string;
}

export interface SubjectOptions extends ComponentizeLimits {
  readonly kind?: ModuleKind | undefined;
}

/** Reads a component, or builds it. @throws {BuildFailure} when it can't be read or built. */
export async function readSubject(target: string, { kind, ...limits }: SubjectOptions): Promise<Subject> {
  const file = await requireModuleFile(target);
  const cases = path.join(path.dirname(file), CASES_NAME);
  if (path.extname(file) === ".wasm") return { file, component: await readComponent(file), cases };
  const { component } = await buildModule({ file, kind }, limits);
  return { file, component, cases };
}

/** The file that `target` stands for: itself, or the module in the folder that it is. @throws {BuildFailure} */
export async function requireModuleFile(target: string): Promise<string> {
  const names = await listFolder(target);
  if (names === undefined) return target;
  const name = SOURCE_NAMES.find((one) => names.includes(one));
  if (name !== undefined) return path.join(target, name);
  throw new BuildFailure(`${target} has no ${SOURCE_NAMES.join(", ")}`, {
    todo: "name the module's file, or make a folder for it with geniectl new",
  });
}

/** Which kind of module a component is. @throws {BuildFailure} when it fits neither world, or both and nobody says. */
export function requireKind(
  { file, component }: Pick<Subject, "file" | "component">,
  wanted?: ModuleKind,
): ModuleKind {
  const kind = wanted ?? findComponentKind(component);
  if (kind === undefined) {
    throw new BuildFailure(`${file} is neither plainly a scorer nor plainly a selector`, {
      todo: `see geniectl check ${file}, or say which with --kind`,
    });
  }
  const misfit = findMisfit(kind, component);
  if (misfit === undefined) return kind;
  throw new BuildFailure(`${file} is no ${kind}: ${misfit}`, { todo: `see geniectl check ${file}` });
}

/** Undefined when it's neither, or both. */
export function findComponentKind(component: Uint8Array): ModuleKind | undefined {
  let kind: ModuleKind | undefined;
  catchFault(() => {
    kind = findKind(inspectComponent(component).exports);
    return undefined;
  });
  return kind;
}

async function listFolder(target: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(target);
  } catch (error) {
    if (findErrno(error) === "ENOTDIR") return undefined;
    throw toUnread(target, error);
  }
}

async function readComponent(file: string): Promise<Uint8Array> {
  let found: Buffer | string;
  try {
    found = await readBounded(file, MAX_MODULE_BYTES);
  } catch (error) {
    throw toUnread(file, error);
  }
  if (typeof found !== "string") return found;
  throw new BuildFailure(`${file} ${found}`, { todo: "name a component of at most 16 MiB" });
}

/** What a bug threw stays as it is. */
function toUnread(file: string, cause: unknown): unknown {
  const code = findErrno(cause);
  if (code === undefined) return cause;
  const todo = "name a .wasm file, a module's source, or its folder";
  return new BuildFailure(`${file} can't be read (${code})`, { todo, cause });
}
