import * as z from "zod";
import { strict } from "../strict-object.ts";
import { namePattern } from "./name-pattern.ts";

const patterns = z.array(namePattern).min(1).max(64);

/** What of a pod's wishes takes a grant, once there are grants. Source: design, "what a pod may set for itself". */
const grantField = z.enum(["ips", "mac", "deviceID", "default-route", "cni-args", "default-network"]);

/** What the pods of some namespaces may ask for: these networks, and of the fields of their wishes these. */
export const grant = strict({
  namespaces: patterns,
  networks: patterns,
  may: z.array(grantField).max(6).default([]),
});

export type GrantField = z.infer<typeof grantField>;
export type Grant = z.infer<typeof grant>;
