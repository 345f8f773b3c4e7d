import type { Cluster, ObjectRef } from "../../core/cluster.ts";

type Ask<About, T> = (about: About, signal: AbortSignal) => Promise<T>;

/** The cluster of one call, asked once about each object and each list: what is named twice is the same both times. */
export function askOnce(cluster: Cluster): Cluster {
  const byRef = ({ namespace, name }: ObjectRef): string => `${namespace}/${name}`;
  const byName = (namespace: string): string => namespace;
  return {
    ...cluster,
    findPod: remember(cluster.findPod, byRef),
    findDefinition: remember(cluster.findDefinition, byRef),
    listDefinitions: remember(cluster.listDefinitions, byName),
    findLogicalNetwork: remember(cluster.findLogicalNetwork, byRef),
    listLogicalNetworks: remember(cluster.listLogicalNetworks, byName),
    findPhysicalNetwork: remember(cluster.findPhysicalNetwork, byRef),
    listPhysicalNetworks: remember(cluster.listPhysicalNetworks, byName),
  };
}

function remember<About, T>(ask: Ask<About, T>, toKey: (about: About) => string): Ask<About, T> {
  const answerByKey = new Map<string, Promise<T>>();
  return (about, signal) => {
    const key = toKey(about);
    const answer = answerByKey.get(key) ?? ask(about, signal);
    answerByKey.set(key, answer);
    return answer;
  };
}
