import * as z from "zod";
import { orAbsent } from "./or-absent.ts";

/** An empty text counts as none: CNI-Genie's installer leaves some where it knows no value. */
const orNone = (type: z.ZodString) => orAbsent(type.transform((text) => (text === "" ? undefined : text)));

const setting = orNone(z.string());
const path = orNone(z.string().regex(/^(\/[^\0]*)?$/, "must be an absolute path"));

/** Why there is no cluster to be asked. */
export const NO_CLUSTER = 'the configuration of genie has no block "kubernetes"';

/** Its presence says that pods are Kubernetes pods. */
export const kubernetes = z.looseObject({
  kubeconfig: path,
  /** `https://HOST:PORT`, in place of the kubeconfig's server. What comes after it from `/api/` on counts for nothing. */
  k8s_api_root: setting,
  /** Whoever answers at the server's address is believed, whatever the certificate says. */
  insecureSkipTlsVerify: z.boolean().default(false),
});

/** As CNI-Genie has it: what counts in place of the kubeconfig's. */
export const policy = z.looseObject({
  k8s_api_root: setting,
  k8s_auth_token: setting,
  k8s_client_certificate: path,
  k8s_client_key: path,
  k8s_certificate_authority: path,
});

/** How the API server is reached. */
export interface ClusterConfig {
  readonly kubernetes: z.infer<typeof kubernetes>;
  readonly policy?: z.infer<typeof policy> | undefined;
}
