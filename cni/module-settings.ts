import { findSettingsFaults } from "../core/metadata/settings-faults.ts";
import { findMetadata } from "../core/metadata/embedded.ts";

/** What of these settings the module's own schema refuses; nothing where it brings none that can be used. */
export function findModuleSettingsFaults(wasm: Uint8Array, settings: unknown): readonly string[] {
  const schema = findMetadata(wasm).metadata?.settings;
  return schema === undefined ? [] : findSettingsFaults(schema, settings);
}
