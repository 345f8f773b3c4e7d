import { toFieldName } from "../../core/spec/json.ts";
import { findModuleSettingsFaults } from "../module-settings.ts";
import type { ModuleSlot } from "./config-file.ts";

/** What of the settings beside a module's name the module refuses, each with its field in the configuration. */
export function findSlotFaults(
  { at, settings }: Pick<ModuleSlot, "at" | "settings">,
  wasm: Uint8Array,
): readonly string[] {
  const place = toFieldName(at.slice(0, -1));
  return findModuleSettingsFaults(wasm, settings).map((fault) => `${place}.${fault}`);
}
