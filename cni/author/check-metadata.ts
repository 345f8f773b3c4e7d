import { findSettingsFaults } from "../../core/select/settings-faults.ts";
import type { ModuleMetadata } from "../../core/select/metadata.ts";
import { findMetadata } from "../../core/wasm/metadata.ts";
import { type Finding, ok, problem, warning } from "../doctor/check.ts";

const TODO = "put it into the JSON file beside the module's source, and build it again";

export interface MetadataCheck {
  readonly findings: readonly Finding[];
  /** That the module says to make use of. */
  readonly kpis: readonly string[];
}

/** Does what the module says of itself hold, and are these settings what it wants? @param settings as JSON. */
export function checkMetadata(component: Uint8Array, settings: string): MetadataCheck {
  const { metadata, faults } = findMetadata(component);
  if (faults.length > 0) {
    const findings = faults.map((fault) => problem("metadata", { detail: fault, todo: TODO }));
    return { findings, kpis: [] };
  }
  if (metadata === undefined) {
    const detail = "it says nothing of itself: admins learn neither its settings nor the KPIs that it needs";
    return { findings: [warning("metadata", { detail, todo: TODO })], kpis: [] };
  }
  const { required, optional } = metadata.kpis;
  return {
    findings: [
      ok("metadata", metadata.description ?? "without a description"),
      checkSettings(metadata, settings),
    ],
    kpis: [...required, ...optional],
  };
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
