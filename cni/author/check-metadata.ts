import { findSettingsFaults } from "../../core/metadata/settings-faults.ts";
import type { ModuleMetadata } from "../../core/metadata/metadata.ts";
import { findMetadata } from "../../core/metadata/embedded.ts";
import { type Finding, ok, problem, warning } from "../doctor/check.ts";

const TODO = "put it into the JSON file beside the module's source, and build it again";

/** Does what the module says of itself hold, and are these settings what it wants? @param settings as JSON. */
export function checkMetadata(component: Uint8Array, settings: string): readonly Finding[] {
  const { metadata, faults } = findMetadata(component);
  if (faults.length > 0) return faults.map((detail) => problem("metadata", { detail, todo: TODO }));
  if (metadata !== undefined) {
    const said = metadata.description ?? "without a description";
    return [ok("metadata", said), checkSettings(metadata, settings)];
  }
  const detail = "it says nothing of itself: admins learn neither its settings nor the KPIs that it needs";
  return [warning("metadata", { detail, todo: TODO })];
}

function checkSettings({ settings: schema }: ModuleMetadata, settings: string): Finding {
  if (schema === undefined) {
    return warning("settings", {
      detail: "no schema: a misspelt setting is told only by the module",
      todo: TODO,
    });
  }
  const names = Object.keys(schema.properties ?? {});
  const [fault] = findSettingsFaults(schema, JSON.parse(settings));
  if (fault === undefined) return ok("settings", names.length === 0 ? "none" : names.join(", "));
  return warning("settings", {
    detail: `the made-up question's don't fit the schema: ${fault}`,
    todo: "give others with --settings",
  });
}
