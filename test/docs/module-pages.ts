/** What the pages of `selectors/` say of the built-in modules, made from each module.json. `npm run docs` writes it. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { BUILTIN_MODULES } from "../../cni/author/builtin.ts";
import { findMetadataOf } from "../../cni/author/metadata-file.ts";
import { readSource } from "../../cni/author/source.ts";
import type { ModuleMetadata } from "../../core/metadata/metadata.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import type { SettingsSchema } from "../../core/metadata/settings-schema.ts";
import { CLONE_DIR } from "../setup/build.ts";
import { fillPlace, formatTable } from "./tables.ts";

const FOLDER = path.join(CLONE_DIR, "selectors");

interface BuiltinModule {
  readonly name: string;
  readonly kind: ModuleKind;
  readonly metadata: ModuleMetadata;
}

/** Each page of the built-in modules, as it is and as it should be. */
export async function listModulePages(): Promise<readonly { file: string; is: string; should: string }[]> {
  const modules = await Promise.all(BUILTIN_MODULES.map(readModule));
  const pages = [
    {
      file: path.join(FOLDER, "README.md"),
      fill: (page: string) => fillPlace(page, "modules", list(modules)),
    },
    ...modules.map((module) => ({
      file: path.join(FOLDER, module.name, "README.md"),
      fill: (page: string) => fillModulePage(page, module),
    })),
  ];
  const reading = pages.map(async ({ file, fill }) => {
    const is = await readFile(file, "utf8");
    return { file, is, should: fill(is) };
  });
  return await Promise.all(reading);
}

async function readModule(name: string): Promise<BuiltinModule> {
  const file = path.join(FOLDER, name, "module.ts");
  const metadata = await findMetadataOf(file);
  if (metadata === undefined) throw new Error(`${name} has no module.json`);
  return { name, kind: (await readSource({ file })).kind, metadata };
}

/** Scorers first, since they are asked first. */
function list(modules: readonly BuiltinModule[]): string {
  const rows = modules
    .toSorted((a, b) => a.kind.localeCompare(b.kind))
    .map(({ name, kind, metadata }) => [`[${name}](${name})`, kind, metadata.description ?? ""]);
  return formatTable([["module", "kind", "what it does"], ...rows]);
}

function fillModulePage(page: string, { name, kind, metadata }: BuiltinModule): string {
  const titled = page.replace(/^# .*/, `# ${name} (${kind})`);
  const withSettings = fillPlace(titled, "settings", formatSettings(metadata.settings ?? {}));
  return fillPlace(withSettings, "kpis", formatKpis(metadata.kpis));
}

function formatSettings({ properties = {} }: SettingsSchema): string {
  const rows = Object.entries(properties).map(([name, { default: value, description = "" }]) => [
    `\`${name}\``,
    value === undefined ? "none" : `\`${JSON.stringify(value)}\``,
    description,
  ]);
  return rows.length === 0
    ? "It has no settings."
    : formatTable([["setting", "default", "meaning"], ...rows]);
}

function formatKpis({ required, optional }: ModuleMetadata["kpis"]): string {
  const rows = [
    ...required.map((kpi) => [`\`${kpi}\``, "required"]),
    ...optional.map((kpi) => [`\`${kpi}\``, "optional"]),
  ];
  return rows.length === 0 ? "It reads no KPI." : formatTable([["KPI", ""], ...rows]);
}

if (import.meta.main) {
  for (const { file, should } of await listModulePages()) await writeFile(file, should);
}
