import { Option } from "commander";

/** Where distributions and runtimes keep plugins. */
const USUAL = "/opt/cni/bin:/usr/lib/cni:/usr/libexec/cni";

/** `--cni-path` */
export function makeCniPathOption(): Option {
  return new Option("--cni-path <path>", `the folders of plugins, by ':' (default: $CNI_PATH, or ${USUAL})`);
}

/** The folders, as the runtime would tell them. */
export function toCniPath(given: string | undefined): readonly string[] {
  const fromEnvironment = process.env["CNI_PATH"];
  const text = given ?? (fromEnvironment === undefined || fromEnvironment === "" ? USUAL : fromEnvironment);
  return text.split(":").filter((folder) => folder.startsWith("/"));
}
