import type { Tools } from "../../test/setup/tools.ts";
import type { Page } from "./page/page.ts";
import type { RunningPod } from "./pod.ts";

/** What the chapters share. */
export interface Stage {
  readonly page: Page;
  readonly tools: Tools;
  /** Where everything that the demo writes itself lies. */
  readonly dir: string;
  /** The conf folder of the node, with three networks in it. */
  readonly confDir: string;
  /** Genie's own configuration, in the conf folder. */
  readonly configFile: string;
  /** The registry, `127.0.0.1:PORT`. */
  readonly registryHost: string;
  /** In the order in which they were attached. */
  readonly pods: RunningPod[];
}
