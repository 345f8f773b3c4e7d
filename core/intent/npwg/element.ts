import * as z from "zod";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import { INTERFACE_NAME_RULE, isInterfaceName } from "../interface-name.ts";
import { isObjectName } from "../object-name.ts";
import { bandwidth, portMappings, wholeFrom1To } from "./limits-and-ports.ts";
import { ANY_NETWORK, COUNT, SELECTOR } from "./keys.ts";

const MOST_TEXT = 1_024;

/** A label of DNS-1123. Source: NPWG v1.3, §3.3. */
const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const NAMESPACE = new RegExp(`^${LABEL}$`);
const MAC = /^[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i;
const GUID = /^[0-9a-f]{2}(?:(?::[0-9a-f]{2}){7}|(?:-[0-9a-f]{2}){7})$/i;
/** A PCI address, a mediated device's UUID, a name: never a path. */
const DEVICE = /^(?!\.\.?$)[\w.:@-]{1,128}$/;

const text = z.string("must be a text");
const address = z.union([z.ipv4(), z.ipv6()], "must be an IPv4 or IPv6 address");
const network = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  "must be an IPv4 or IPv6 address, with or without a prefix",
);
const label = text.regex(NAMESPACE, "must be a DNS-1123 label");
const object = z.custom<JsonObject>(isJsonObject, "must be an object");

/** One element of the annotation, as it is written. Source: NPWG v1.3, §4.1.2.1. */
export const element = z.object({
  name: z
    .string({ error: ({ input }) => (input === undefined ? "is missing" : "must be a text") })
    .refine(
      (name) => name === ANY_NETWORK || isObjectName(name),
      `must be a DNS-1123 name, or "${ANY_NETWORK}"`,
    ),
  /** Empty means absent. */
  namespace: z.union([z.literal(""), label], "must be a DNS-1123 label").optional(),
  ips: z
    .array(network, "must be a list")
    .min(1, "must have an element")
    .max(32, "must have at most 32")
    .optional(),
  mac: text.regex(MAC, "must be a 6-byte Ethernet address").transform(toKernelForm).optional(),
  interface: text.refine(isInterfaceName, `must be an interface name: ${INTERFACE_NAME_RULE}`).optional(),
  "cni-args": object.optional(),
  portMappings: portMappings.optional(),
  bandwidth: bandwidth.optional(),
  "default-route": z.array(address, "must be a list").max(8, "must have at most 8").optional(),
  "infiniband-guid": text.regex(GUID, "must be an 8-byte GUID").optional(),
  "ipam-claim-reference": text.refine(isObjectName, "must be a DNS-1123 name").optional(),
  deviceID: text.regex(DEVICE, "must be a device's ID").optional(),
  [SELECTOR]: text.max(MOST_TEXT, `must have at most ${MOST_TEXT} characters`).optional(),
  [COUNT]: wholeFrom1To(16).optional(),
});

export type Element = z.infer<typeof element>;

/** `02-00-00-AB-CD-EF` is `02:00:00:ab:cd:ef` to the kernel: at CHECK, plugins compare the texts. */
function toKernelForm(mac: string): string {
  const digits = mac.toLowerCase().replace(/[^0-9a-f]/g, "");
  return digits.replace(/..(?!$)/g, "$&:");
}
