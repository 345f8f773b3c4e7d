import type { Config } from "../config.ts";
import { readGenieIntent, readMoreDefaults } from "./genie.ts";
import type { PodIntent } from "./intent.ts";
import { asksNpwg, readNpwgIntent } from "./npwg/read.ts";
import type { Pod } from "./pod.ts";

/**
 * What the pod wants, from its annotations and the admin's defaults. The NPWG's annotations win over CNI-Genie's.
 *
 * @throws {Failure} invalidConfig naming the annotation and the element.
 */
export function readIntent(
  annotations: ReadonlyMap<string, string>,
  { pod, config }: { pod: Pod; config: Config },
): PodIntent {
  if (asksNpwg(annotations)) return readNpwgIntent(annotations, { pod, config });
  const asked = readGenieIntent(annotations, config);
  return { ...asked, wishes: [...asked.wishes, ...readMoreDefaults(pod, config)] };
}
