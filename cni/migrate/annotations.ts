/** What genie does with an annotation of CNI-Genie or Multus. */
export interface AnnotationRule {
  readonly key: string;
  /** On what it stands. */
  readonly on: string;
  readonly words: string;
}

/** Source: CNI-Genie, genie-controller.go; multus-cni, pkg/k8sclient; NPWG multi-network specification v1.3. */
export const ANNOTATIONS: readonly AnnotationRule[] = [
  {
    key: "cni",
    on: "Pod",
    words: "networks in order, `name@interface` too; blank: genie chooses, and writes its choice back",
  },
  { key: "networks", on: "Pod", words: "LogicalNetworks, also without `cni`" },
  { key: "multi-ip-preferences", on: "Pod", words: "written for pods with several networks" },
  { key: "k8s.v1.cni.cncf.io/networks", on: "Pod", words: "both forms, every field; wins over `cni`" },
  { key: "k8s.v1.cni.cncf.io/network-status", on: "Pod", words: "written, with genie's decision" },
  {
    key: "v1.multus-cni.io/default-network",
    on: "Pod",
    words: "in place of the default network, within the rules for all networks",
  },
  {
    key: "k8s.v1.cni.cncf.io/resourceName",
    on: "NetworkAttachmentDefinition",
    words: "each of its pods gets the next device that the kubelet has given it of that resource",
  },
  {
    key: "k8s.v1.cni.cncf.io/policy-for",
    on: "MultiNetworkPolicy",
    words: "not yet: network policies come with a later version",
  },
  {
    key: "genieNetworkPolicy",
    on: "NetworkPolicy",
    words: "not yet: network policies come with a later version",
  },
];
