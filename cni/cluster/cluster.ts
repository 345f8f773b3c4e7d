import type { Cluster } from "../../core/cluster.ts";
import type { ClusterConfig } from "../../core/cluster-config.ts";
import { Failure, findErrno } from "../../core/errors.ts";
import type { Inspection } from "./inspection.ts";
import { askOnce } from "./once.ts";

/** The cluster of one call. Until the first question, no client is loaded and no file read. */
export function openCluster(config: ClusterConfig): Cluster {
  let opened: Promise<Cluster> | undefined;
  const client = () => (opened ??= openClient(config));
  return askOnce({
    findPod: async (ref, signal) => (await client()).findPod(ref, signal),
    findDefinition: async (ref, signal) => (await client()).findDefinition(ref, signal),
    listDefinitions: async (namespace, signal) => (await client()).listDefinitions(namespace, signal),
    findLogicalNetwork: async (ref, signal) => (await client()).findLogicalNetwork(ref, signal),
    listLogicalNetworks: async (namespace, signal) => (await client()).listLogicalNetworks(namespace, signal),
    findPhysicalNetwork: async (ref, signal) => (await client()).findPhysicalNetwork(ref, signal),
    listPhysicalNetworks: async (namespace, signal) =>
      (await client()).listPhysicalNetworks(namespace, signal),
    listSelectionPolicies: async (signal) => (await client()).listSelectionPolicies(signal),
    findNamespaceLabels: async (name, signal) => (await client()).findNamespaceLabels(name, signal),
    annotatePod: async (pod, annotations, signal) => (await client()).annotatePod(pod, annotations, signal),
    recordEvent: async (pod, event, signal) => (await client()).recordEvent(pod, event, signal),
  });
}

/** @throws {Failure} as the client's own, and ioFailure where that is missing. */
export async function openInspection(config: ClusterConfig): Promise<Inspection> {
  const client = await loadClient();
  return await client.openInspection(config);
}

/** The client is a file of its own beside the plugin's: what it brings is more than all the rest. */
async function openClient(config: ClusterConfig): Promise<Cluster> {
  const client = await loadClient();
  return await client.openClient(config);
}

async function loadClient() {
  try {
    return await import("./client.ts");
  } catch (cause) {
    if (findErrno(cause) !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Failure("ioFailure", "the API server has to be asked, and lib/cluster-client.js is missing", {
      details: "install the folder dist as a whole, with a link to its bin/genie-standalone",
      cause,
    });
  }
}
