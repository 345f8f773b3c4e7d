import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { BuildFailure } from "./failure.ts";
import { findMetadataOf } from "./metadata-file.ts";
import { formatSettingsTypes, toSettingsFile } from "./settings-types.ts";
import { findPackageRoot } from "./toolchain.ts";

/** The languages that have a template. */
export const TEMPLATE_LANGUAGES = ["assemblyscript", "typescript"] as const;

export interface TemplateOptions {
  readonly kind: ModuleKind;
  readonly language: (typeof TEMPLATE_LANGUAGES)[number];
  /** Of the module and its folder; fit for a registry and for npm. */
  readonly name: string;
  /** The folder in which that folder is made. */
  readonly parent: string;
}

/** Source: OCI distribution-spec, "Pulling manifests", a component of a repository's name. */
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const MAX_NAME_LENGTH = 64;

/** What is in the way when a folder with something in it, or no folder, is there already. */
const IN_THE_WAY: readonly (string | undefined)[] = ["ENOTEMPTY", "EEXIST", "ENOTDIR"];

/** Lays out the folder of a new module, whole or not at all. @throws {BuildFailure} */
export async function layOutTemplate(options: TemplateOptions): Promise<string> {
  const { name, parent, language } = options;
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw new BuildFailure(`${name} can't be a module's name`, {
      todo: "use lower-case letters and digits, with single '-', '_' or '.' between them",
    });
  }
  const target = path.join(parent, name);
  await using undo = new AsyncDisposableStack();
  const temp = await mkdtemp(path.join(parent, `.${name}-`));
  undo.defer(() => rm(temp, { recursive: true, force: true }));
  const folder = path.join(temp, "module");
  await mkdir(folder);
  for (const [file, text] of await readTemplate(options)) await writeFile(path.join(folder, file), text);
  if (language === "typescript") await writeTypes(path.join(folder, "module.ts"));
  try {
    await rename(folder, target);
  } catch (cause) {
    if (!IN_THE_WAY.includes(findErrno(cause))) throw cause;
    const todo = "choose another name, or remove what is there";
    throw new BuildFailure(`${target} is there already and not empty`, { todo, cause });
  }
  return target;
}

async function writeTypes(source: string): Promise<void> {
  const metadata = await findMetadataOf(source);
  if (metadata?.settings === undefined) return;
  await writeFile(toSettingsFile(source), formatSettingsTypes(metadata.settings));
}

/** The text of each file by name: those for all modules, then what the kind and the language have of their own. */
async function readTemplate({ kind, language, name }: TemplateOptions): Promise<ReadonlyMap<string, string>> {
  const root = await findPackageRoot();
  const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8")) as {
    version: string;
  };
  const words: Readonly<Record<string, string>> = { name, kind, version };
  const textByName = new Map<string, string>();
  for (const layer of ["any", `any/${language}`, kind, `${kind}/${language}`]) {
    const folder = path.join(root, "selectors/templates", layer);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = await readFile(path.join(folder, entry.name), "utf8");
      textByName.set(
        entry.name,
        text.replaceAll(/\{\{(\w+)\}\}/g, (all, word: string) => words[word] ?? all),
      );
    }
  }
  return textByName;
}
