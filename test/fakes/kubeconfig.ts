import { writeFile } from "node:fs/promises";

/** Writes a kubeconfig that only root may read; JSON is YAML. */
export async function writeKubeconfig(
  file: string,
  parts: { cluster: object; user: object },
): Promise<string> {
  const written = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "genie",
    contexts: [{ name: "genie", context: { cluster: "local", user: "genie" } }],
    clusters: [{ name: "local", cluster: parts.cluster }],
    users: [{ name: "genie", user: parts.user }],
  };
  await writeFile(file, JSON.stringify(written), { mode: 0o600 });
  return file;
}
