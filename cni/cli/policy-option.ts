import { type Command, Option } from "commander";
import { DEFAULT_TRUST_POLICY } from "../../core/config.ts";
import { findPolicy, readPolicy } from "../../registry/trust/policy-file.ts";
import type { TrustPolicy } from "../../registry/trust/policy.ts";
import type { ConfigFile } from "./config-file.ts";

export interface PolicyOption {
  readonly policy?: string;
}

/** `--policy` of the verbs that bring modules; some of them read no configuration. */
export function addPolicyOption(command: Command, { readsConfig = true } = {}): Command {
  const configured = readsConfig ? "the configuration's, or " : "";
  const told = `the trust policy (default: ${configured}${DEFAULT_TRUST_POLICY} if it is there)`;
  return command.addOption(new Option("--policy <file>", told));
}

/** One that is named, here or in the configuration, must be there; a node may have none. @throws {RegistryFailure} invalidPolicy */
export async function openPolicy(
  { policy }: PolicyOption,
  config: Pick<ConfigFile, "trustPolicy"> | undefined,
): Promise<TrustPolicy | undefined> {
  if (policy !== undefined) return await readPolicy(policy);
  return await findPolicy(config?.trustPolicy ?? DEFAULT_TRUST_POLICY);
}
