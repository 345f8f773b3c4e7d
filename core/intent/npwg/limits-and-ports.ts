import * as z from "zod";
import { strict } from "../../strict-object.ts";

export function wholeFrom1To(most: number) {
  const words = `must be a whole number from 1 to ${most}`;
  return z.int(words).min(1, words).max(most, words);
}

const port = wholeFrom1To(65_535);
const bits = wholeFrom1To(Number.MAX_SAFE_INTEGER);
/** What the kubelet's runtimes give where nobody asks for a burst. */
const DEFAULT_BURST_BITS = 2_147_483_647;

const PROTOCOLS = ["tcp", "udp", "sctp"];

/** Ports of the node, handed on to the pod. Source: NPWG v1.3, §4.1.2.1.7. */
export const portMappings = z
  .array(
    strict({
      hostPort: port,
      containerPort: port,
      protocol: z
        .string("must be a text")
        .toLowerCase()
        .refine((name) => PROTOCOLS.includes(name), "must be TCP, UDP or SCTP")
        .default("tcp"),
      /** An extension of Multus'. */
      hostIP: z.union([z.ipv4(), z.ipv6()], "must be an IPv4 or IPv6 address").optional(),
    }),
    "must be a list",
  )
  .min(1, "must have an element")
  .max(256, "must have at most 256");

/** Source: NPWG v1.3, §4.1.2.1.8. */
export const bandwidth = strict({
  ingressRate: bits.optional(),
  ingressBurst: bits.optional(),
  egressRate: bits.optional(),
  egressBurst: bits.optional(),
})
  .refine((limits) => Object.keys(limits).length > 0, "must have a key")
  .refine(
    ({ ingressRate, ingressBurst }) => ingressBurst === undefined || ingressRate !== undefined,
    "ingressBurst takes ingressRate",
  )
  .refine(
    ({ egressRate, egressBurst }) => egressBurst === undefined || egressRate !== undefined,
    "egressBurst takes egressRate",
  )
  .transform((limits) => ({
    ...(limits.ingressRate !== undefined && { ingressBurst: DEFAULT_BURST_BITS }),
    ...(limits.egressRate !== undefined && { egressBurst: DEFAULT_BURST_BITS }),
    ...limits,
  }));
