import { listSettingsFaults } from "../core/metadata/settings-faults.ts";
import { readEmbeddedMetadata } from "../core/metadata/embedded.ts";

/** What of these settings the module's own schema refuses; nothing where it brings none that can be used. */
export function listModuleSettingsFaults(wasm: Uint8Array, settings: unknown): readonly string[] {
  const schema = readEmbeddedMetadata(wasm).metadata?.settings;
  return schema === undefined ? [] : listSettingsFaults(schema, settings);
}
