import * as z from "zod";
import { strict } from "../strict-object.ts";
import { GRANTED_FIELDS } from "./grant-fields.ts";
import { namePattern } from "./name-pattern.ts";
import { networkPattern } from "./rule-name.ts";

/** What of a pod's wishes takes a grant, once there are grants. */
const grantField = z.enum([...GRANTED_FIELDS, "default-network"]);

/** What the pods of some namespaces may ask for: these networks, and of the fields of their wishes these. */
export const grant = strict({
  namespaces: z.array(namePattern).min(1).max(64),
  networks: z.array(networkPattern).min(1).max(64),
  may: z.array(grantField).max(grantField.options.length).default([]),
});

export type GrantField = z.infer<typeof grantField>;
export type Grant = z.infer<typeof grant>;
