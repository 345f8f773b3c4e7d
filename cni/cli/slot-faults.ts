import { toFieldName } from "../../core/spec/json.ts";
import { findMisfit } from "../../core/wasm/component.ts";
import { listModuleSettingsFaults } from "../module-settings.ts";
import type { ModuleSlot } from "./config-file.ts";

/** Why a module can't do what its place in the configuration wants of it: another kind, settings that it refuses. */
export function listSlotFaults(
  { at, kind, settings }: Pick<ModuleSlot, "at" | "kind" | "settings">,
  wasm: Uint8Array,
): readonly string[] {
  const place = toFieldName(at.slice(0, -1));
  const misfit = findMisfit(kind, wasm);
  if (misfit !== undefined) return [`${place}.module: is no ${kind}: ${misfit}`];
  return listModuleSettingsFaults(wasm, settings).map((fault) => `${place}.${fault}`);
}
