/** What registry/README.md says of annotations and documents, made from the code. `npm run docs` writes it. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { MODULE_ANNOTATION, OCI_ANNOTATION } from "../../registry/artifact/annotations.ts";
import { DOCUMENTS } from "../../registry/artifact/document.ts";
import { CLONE_DIR } from "../setup/build.ts";
import { fillPlace, formatTable } from "./tables.ts";

export const REGISTRY_PAGE = path.join(CLONE_DIR, "registry/README.md");

const FROM_METADATA = "its metadata";

const OWN: Readonly<Record<keyof typeof MODULE_ANNOTATION, readonly [what: string, from: string]>> = {
  kind: ["`scorer` or `selector`", "its exports"],
  world: ["the world that it is built for: `genie:selection@1.0.0`", "its exports"],
  requiredKpis: ["the KPIs without which it can't do its work, joined by commas", FROM_METADATA],
  optionalKpis: ["those of which it makes use", FROM_METADATA],
  labels: ["the pod's labels that it asks to see", FROM_METADATA],
  annotations: ["the pod's annotations that it asks to see", FROM_METADATA],
  settingsSchema: ["the schema of its settings, as JSON", FROM_METADATA],
};

const PUBLISHED: Readonly<
  Record<Exclude<keyof typeof OCI_ANNOTATION, "created">, readonly [string, string]>
> = {
  description: ["one sentence for who looks for a module", FROM_METADATA],
  title: ["its name for people", "`--title`"],
  version: ["its version", "`--version`"],
  licences: ["its licence, an SPDX expression", "`--licence`"],
  source: ["where its source code lies", "`--source`"],
};

function listAnnotations(): string {
  const rows = [
    ...Object.entries(OWN).map(([name, said]) => [find(MODULE_ANNOTATION, name), ...said]),
    ...Object.entries(PUBLISHED).map(([name, said]) => [find(OCI_ANNOTATION, name), ...said]),
    ["any other", "what else the publisher wants to say", "`--annotation KEY=VALUE`"],
  ];
  return formatTable([["annotation of the manifest", "what it says", "from"], ...rows]);
}

function find(keys: Readonly<Record<string, string>>, name: string): string {
  return `\`${keys[name] ?? ""}\``;
}

function listDocuments(): string {
  const rows = Object.entries(DOCUMENTS).map(([kind, { artifactType, mediaType, fileName, maxBytes }]) => [
    kind,
    `\`${artifactType}\``,
    `\`${mediaType}\``,
    `\`${fileName}\``,
    `${maxBytes / 2 ** 10} KiB`,
  ]);
  return formatTable([["", "artifact type", "its one layer", "file", "at most"], ...rows]);
}

/** The page with its tables filled anew. */
export function fillArtifactTables(page: string): string {
  return fillPlace(fillPlace(page, "annotations", listAnnotations()), "documents", listDocuments());
}

if (import.meta.main)
  await writeFile(REGISTRY_PAGE, fillArtifactTables(await readFile(REGISTRY_PAGE, "utf8")));
