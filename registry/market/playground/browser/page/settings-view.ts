import { listSettingsFaults } from "../../../../../core/metadata/settings-faults.ts";
import type { SettingsSchema } from "../../../../../core/metadata/settings-schema.ts";
import { isJsonObject, isNestedWithin, type JsonObject, MOST_LEVELS } from "../../../../../core/spec/json.ts";

/** What is written in the editor, and what is wrong with it. */
export interface SettingsReading {
  /** Undefined when it's no settings object at all: nothing can be asked with it. */
  readonly settings: JsonObject | undefined;
  readonly faults: readonly string[];
}

/** A node asks a module whatever its schema says; only what is no object of JSON can't be asked. */
export function readSettings(text: string, schema: SettingsSchema | null): SettingsReading {
  try {
    const value: unknown = text.trim() === "" ? {} : JSON.parse(text);
    if (!isJsonObject(value) || !isNestedWithin(value, MOST_LEVELS)) {
      return { settings: undefined, faults: ["settings: must be an object, as in {}"] };
    }
    return { settings: value, faults: schema === null ? [] : listSettingsFaults(schema, value) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { settings: undefined, faults: [`settings: not JSON: ${error.message}`] };
  }
}
