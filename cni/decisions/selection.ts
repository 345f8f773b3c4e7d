import { parseConfig } from "../../core/config.ts";
import type { SelectionConfig } from "../../core/select/selection-config.ts";

/** What a node has whose admin changes nothing. */
export function makeSelection(): SelectionConfig {
  return parseConfig('{"name":"genie","type":"genie"}').genie.selection;
}
