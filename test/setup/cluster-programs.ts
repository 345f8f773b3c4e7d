import path from "node:path";
import { ensureGoProgram, type GoProgram } from "./go-program.ts";

const SOURCES = path.join(import.meta.dirname, "go/kubernetes");

/** A cluster's API server and its database, built from the same pinned modules. */
const CLUSTER_PROGRAMS = {
  etcd: { name: "etcd", sourceDir: SOURCES, package: "go.etcd.io/etcd/server/v3", buildMs: 10 * 60_000 },
  apiServer: {
    name: "kube-apiserver",
    sourceDir: SOURCES,
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    buildMs: 30 * 60_000,
  },
} as const satisfies Record<string, GoProgram>;

/** Where the programs lie. */
export type ClusterPrograms = Readonly<Record<keyof typeof CLUSTER_PROGRAMS, string>>;

/**
 * Builds what isn't built yet; from nothing, two cores take minutes.
 * @throws {MissingToolError} where Go is missing, or can't build them.
 */
export async function buildClusterPrograms(
  say: (line: string) => void = console.error,
): Promise<ClusterPrograms> {
  return {
    etcd: await ensureGoProgram(CLUSTER_PROGRAMS.etcd, say),
    apiServer: await ensureGoProgram(CLUSTER_PROGRAMS.apiServer, say),
  };
}
