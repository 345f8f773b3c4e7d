import type { SelectionConfig } from "./selection-config.ts";
import type { SelectionRequest } from "./request.ts";

/** What one decision is made from. */
export interface Question {
  /** Without the settings, which each module has of its own. */
  readonly request: Omit<SelectionRequest, "settings">;
  readonly selection: SelectionConfig;
  /** The network that the fallback `default` prefers. */
  readonly defaultNetwork: string | undefined;
  /** False for pods that must start whatever fails: `onFailure: fail` means fallback for them. */
  readonly mayFail: boolean;
  /** CNI-Genie's smart selection stands in where no module counts: cAdvisor measures what networks carry. */
  readonly byTraffic?: boolean;
}
