import type { Config } from "../../core/config.ts";
import { findTraffic, toTrafficSamples } from "../../core/kpi/link-traffic.ts";
import type { Sample } from "../../core/kpi/names.ts";
import type { NodeNetwork } from "../../core/networks/candidates.ts";
import type { Log } from "../../core/ports.ts";

interface CadvisorPorts {
  readonly log: Log;
  /** When the deadline is over; the probe's own when absent. */
  readonly late?: AbortSignal;
}

/**
 * Measures what each network carries, by what cAdvisor counts on the node's links. Only where the admin says where
 * cAdvisor is. Where it doesn't answer, and well, there is no sample: modules see the KPIs as absent and decide.
 */
export async function sampleCadvisor(
  networks: readonly NodeNetwork[],
  { cAdvisor_address: address, genie }: Pick<Config, "cAdvisor_address" | "genie">,
  { log, late }: CadvisorPorts,
): Promise<readonly Sample[]> {
  if (address === undefined) return [];
  const { askCadvisor } = await import("./ask-cadvisor.ts"); // with it comes what few ADDs need
  const answer = await askCadvisor(address, late);
  const shown = address.replace(/^.*@/, "…@"); // before it, there may be a password
  if (answer.text === undefined) {
    log.warn({ address: shown, reason: answer.reason }, "cAdvisor tells nothing of the node's links");
    return [];
  }
  const traffic = findTraffic(answer.text);
  if (traffic !== undefined) return toTrafficSamples(traffic, networks, genie.networks);
  log.warn({ address: shown }, "cAdvisor's answer has not two looks at the node's links");
  return [];
}
