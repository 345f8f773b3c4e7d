import { closestMatch } from "leven";
import { KPIS } from "../../core/kpi/names.ts";
import { listSettingsFaults } from "../../core/metadata/settings-faults.ts";
import type { ModuleMetadata } from "../../core/metadata/metadata.ts";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { listSome } from "../../core/errors.ts";
import { type Finding, ok, problem, warning } from "../doctor/check.ts";

const TODO = "put it into the JSON file beside the module's source, and build it again";

/** Does what the module says of itself hold, and are these settings what it wants? @param settings as JSON. */
export function checkMetadata(component: Uint8Array, settings: string): readonly Finding[] {
  const { metadata, faults } = readEmbeddedMetadata(component);
  if (faults.length > 0) return faults.map((detail) => problem("metadata", { detail, todo: TODO }));
  if (metadata !== undefined) {
    const said = metadata.description ?? "without a description";
    return [ok("metadata", said), ...checkKpis(metadata), checkSettings(metadata, settings)];
  }
  const detail = "it says nothing of itself: admins learn neither its settings nor the KPIs that it needs";
  return [warning("metadata", { detail, todo: TODO })];
}

/** Admins may state any KPI; a name that is almost one of genie's own is a slip. */
function checkKpis({ kpis }: ModuleMetadata): readonly Finding[] {
  const declared = [...(kpis.required ?? []), ...(kpis.optional ?? [])];
  return declared.flatMap((name) => {
    const known = Object.keys(KPIS);
    const meant =
      known.find((one) => one.startsWith(`${name}-`)) ?? closestMatch(name, known, { maxDistance: 3 });
    if (meant === undefined || known.includes(name)) return [];
    const detail = `genie measures no ${name}: did you mean ${meant}?`;
    return [
      warning("kpis", {
        detail,
        todo: `write ${meant}, or tell admins to state ${name} in their configuration`,
      }),
    ];
  });
}

function checkSettings({ settings: schema }: ModuleMetadata, settings: string): Finding {
  if (schema === undefined) {
    return warning("settings", {
      detail: "no schema: a misspelt setting is told only by the module",
      todo: TODO,
    });
  }
  const names = Object.keys(schema.properties ?? {});
  const faults = listSettingsFaults(schema, JSON.parse(settings));
  if (faults.length === 0) return ok("settings", names.length === 0 ? "none" : names.join(", "));
  return warning("settings", {
    detail: `those of the question don't fit the schema: ${listSome(faults, "; ")}`,
    todo: "give others with --settings",
  });
}
