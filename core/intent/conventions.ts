import type { Config } from "../config.ts";
import type { Invocation } from "../spec/environment.ts";
import { findArgsWishes, withoutWishes } from "./cni-args.ts";
import { findMesosNetwork } from "./mesos.ts";
import { isWishKey } from "./wish-keys.ts";

interface Call {
  readonly invocation: Invocation;
  readonly config: Config;
}

/**
 * The call with what Mesos and CNI_ARGS say where the CNI conventions have it: wishes and labels in `args.cni`, port
 * mappings in `runtimeConfig`. What is there already counts more, then Mesos, then CNI_ARGS. CNI_ARGS is then without
 * the wishes. Source: CNI CONVENTIONS.md.
 *
 * @throws {Failure} invalidConfig naming what is wrong.
 */
export function toConventional({ invocation, config }: Call): Call {
  const mesos = findMesosNetwork(config);
  const wishes = findArgsWishes(invocation.args);
  const handed = mesos === undefined ? wishes && Object.fromEntries(wishes) : toConvention(mesos.labels);
  const { args, runtimeConfig } = config;
  const portMappings = mesos?.portMappings ?? [];
  return {
    invocation: { ...invocation, args: withoutWishes(invocation.args) },
    config: {
      ...config,
      ...(handed !== undefined && { args: { cni: handed, ...args } }),
      ...(portMappings.length > 0 && { runtimeConfig: { portMappings, ...runtimeConfig } }),
    },
  };
}

/** A framework of Mesos says all that it has to say in labels. */
function toConvention(labels: ReadonlyMap<string, string>): Record<string, unknown> {
  return {
    ...Object.fromEntries([...labels].filter(([key]) => isWishKey(key))),
    labels: [...labels].map(([key, value]) => ({ key, value })),
  };
}
