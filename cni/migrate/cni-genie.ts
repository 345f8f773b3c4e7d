import { requireText, type KeyRule } from "./rule.ts";
import { raiseVersion } from "./version.ts";

const UNREAD = "CNI-Genie did not read it either";

/** The keys of CNI-Genie's 00-genie.conf. Source: CNI-Genie, utils/types.go and conf/. */
export const CNI_GENIE_KEYS: readonly KeyRule[] = [
  {
    key: "cniVersion",
    fate: "kept",
    words: "raised to 1.0.0 where it is older than 0.3.1, which has no room for several interfaces",
    convert: (value) => raiseVersion(requireText(value, "cniVersion")),
  },
  { key: "name", fate: "kept", words: "as it is" },
  { key: "type", fate: "kept", words: "as it is" },
  { key: "default_plugin", fate: "kept", words: "as it is, lists and `name@interface` too" },
  {
    key: "cAdvisor_address",
    fate: "kept",
    words: "a source of the KPIs `received-mbps` and `sent-mbps`; its being down stops no pod",
  },
  {
    key: "kubernetes.kubeconfig",
    fate: "kept",
    words: "as it is; certificates are checked, so the one that CNI-Genie's launch.sh wrote needs a CA",
  },
  { key: "kubernetes.k8s_api_root", fate: "kept", words: "as it is" },
  { key: "policy.k8s_api_root", fate: "kept", words: "as it is, what comes before `/api/`" },
  {
    key: "policy.k8s_auth_token",
    fate: "kept",
    words: "as it is; better a `tokenFile` in the kubeconfig, which is read anew when it changes",
  },
  { key: "policy.k8s_client_certificate", fate: "kept", words: "as it is" },
  { key: "policy.k8s_client_key", fate: "kept", words: "as it is" },
  { key: "policy.k8s_certificate_authority", fate: "kept", words: "as it is" },
  { key: "policy.type", fate: "dropped", words: UNREAD },
  { key: "log_level", fate: "dropped", words: `${UNREAD}; genie logs what is wrong, as JSON on stderr` },
  { key: "datastore_type", fate: "dropped", words: UNREAD },
  { key: "etcd_endpoints", fate: "dropped", words: UNREAD },
  { key: "hostname", fate: "dropped", words: UNREAD },
  { key: "romana_root", fate: "dropped", words: `${UNREAD}; it belongs into Romana's own configuration` },
  {
    key: "segment_label_name",
    fate: "dropped",
    words: `${UNREAD}; it belongs into Romana's own configuration`,
  },
  { key: "ipam", fate: "dropped", words: UNREAD },
  { key: "dns", fate: "dropped", words: UNREAD },
  {
    key: "capabilities",
    fate: "kept",
    words:
      "with those added that genie passes on, and the one by which annotations come without a call to the API server",
  },
  { key: "genie", fate: "kept", words: "as it is" },
];
