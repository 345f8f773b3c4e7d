import type { GoldenCase } from "../../../core/golden/case.ts";
import type { SettingsSchema } from "../../../core/metadata/settings-schema.ts";
import type { ModuleKind } from "../../../core/select/request.ts";

/** What the page of a playground is told of its module, as JSON. Text in it is the author's. */
export interface ToldModule {
  readonly kind: ModuleKind;
  /** Required and optional. */
  readonly kpis: readonly string[];
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
  readonly settings: SettingsSchema | null;
  readonly cases: readonly GoldenCase[];
}
