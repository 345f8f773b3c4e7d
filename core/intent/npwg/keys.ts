/** The annotation that selects networks. Source: NPWG v1.3, §4.1. */
export const NETWORKS = "k8s.v1.cni.cncf.io/networks";
/** Multus' annotation for another default network; it takes one element of the same form. */
export const DEFAULT_NETWORK = "v1.multus-cni.io/default-network";
/** Ours: a label selector, for one of the labelled networks of the pod's namespace. */
export const LABELLED_NETWORKS = "cni-genie.github.io/networks";

/** In place of a network's name: genie chooses. No object can be called so. */
export const ANY_NETWORK = "genie:any";
/** Our own keys of an element, only beside ANY_NETWORK. */
export const SELECTOR = "io.github.cni-genie.selector";
export const COUNT = "io.github.cni-genie.count";
