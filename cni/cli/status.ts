import { Command } from "commander";
import { type Config, parseConfig } from "../../core/config.ts";
import { DelegateError, Failure } from "../../core/errors.ts";
import { listNetworks } from "../../core/networks/candidates.ts";
import { askNetwork, status } from "../../core/verbs/status.ts";
import { openInspection } from "../cluster/cluster.ts";
import { readConfFolder } from "../conf-folder.ts";
import { makeCniPathOption, toCniPath } from "./cni-path.ts";
import { readConfigFile } from "./config-file.ts";
import { listSetAside, readAttachments } from "../node-attachments.ts";
import { toEntryFile } from "../ledger/files.ts";
import { toStdin } from "./plugin-config.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";
import { openPorts } from "./undo-ports.ts";

interface StatusOptions {
  readonly config: string;
  readonly cniPath?: string;
  readonly json?: true;
}

interface NodeStatus extends Readiness {
  readonly networks: readonly NetworkStatus[];
  readonly skipped: readonly { file: string; reason: string }[];
  /** Null where the configuration asks none. Pods whose annotations are handed over need no answer of it. */
  readonly apiServer: Readiness | null;
  /** Attachments by state, and how many of all are dead. */
  readonly attachments: Readonly<Record<"planned" | "attached" | "leaving" | "dead", number>>;
  /** Files of the ledger that can't be read. */
  readonly unreadable: readonly string[];
  /** Files that were taken out of the ledger for that. */
  readonly setAside: readonly string[];
}

interface Readiness {
  readonly ready: boolean;
  /** Null when it's ready. */
  readonly reason: string | null;
}

interface NetworkStatus extends Readiness {
  readonly network: string;
  readonly file: string;
}

/** `geniectl status --config FILE` */
export function statusCommand(shell: Shell): Command {
  return new Command("status")
    .description("ask whether this node is ready to attach pods, as STATUS of genie tells runtimes")
    .requiredOption("--config <file>", "genie's .conf or .conflist")
    .addOption(makeCniPathOption())
    .option("--json", "print one JSON document")
    .action(async ({ config: file, cniPath, json }: StatusOptions) => {
      const config = parseConfig(toStdin(await readConfigFile(file), "1.1.0")); // the first one with STATUS
      const node = await readStatus(config, toCniPath(cniPath), shell);
      if (json === true) shell.printJson(node);
      else print(node, shell);
      if (node.reason === null) return;
      throw new Failure("notReady", `this node is not ready: ${node.reason}`, {
        details: "see geniectl doctor",
      });
    });
}

async function readStatus(config: Config, path: readonly string[], shell: Shell): Promise<NodeStatus> {
  const { stateDir, confDir } = config.genie;
  const ports = openPorts(stateDir, shell);
  const folder = await readConfFolder(confDir);
  const invocation = { ...ABOUT_NOBODY, path };
  const { networks, skipped } = listNetworks(folder, config);
  const asked: NetworkStatus[] = [];
  for (const { file, network } of networks) {
    shell.progress(`asking ${network.name} …`);
    const readiness = await findReadiness(() => askNetwork(network, invocation, ports));
    asked.push({ network: network.name, file, ...readiness });
  }
  const { found, unreadable } = await readAttachments(ports);
  const count = (state: string): number =>
    found.filter(({ attachment }) => attachment.state === state).length;
  return {
    ...(await findReadiness(() =>
      status({ config, invocation }, { ...ports, confFolder: async () => folder }),
    )),
    networks: asked,
    skipped,
    apiServer: await askApiServer(config, shell),
    attachments: {
      planned: count("planned"),
      attached: count("attached"),
      leaving: count("leaving"),
      dead: found.filter(({ dead }) => dead).length,
    },
    unreadable: unreadable.map((containerId) => toEntryFile(stateDir, containerId)),
    setAside: await listSetAside(stateDir),
  };
}

const ABOUT_NOBODY = { verb: "STATUS", containerId: "", netns: "", ifName: "", args: "" } as const;

async function findReadiness(ask: () => Promise<unknown>): Promise<Readiness> {
  try {
    await ask();
    return { ready: true, reason: null };
  } catch (error) {
    if (error instanceof DelegateError)
      return { ready: false, reason: `plugin ${error.plugin}: ${error.message}` };
    if (!(error instanceof Failure)) throw error;
    return {
      ready: false,
      reason: error.details === "" ? error.message : `${error.message}: ${error.details}`,
    };
  }
}

async function askApiServer({ kubernetes, policy }: Config, shell: Shell): Promise<Readiness | null> {
  if (kubernetes === undefined) return null;
  shell.progress("asking the API server …");
  const inspect = () => openInspection({ kubernetes, policy });
  return await findReadiness(async () => (await inspect()).findUser(shell.signal));
}

function print(node: NodeStatus, shell: Shell): void {
  const { ready, networks, skipped, apiServer, attachments, unreadable, setAside } = node;
  shell.print(ready ? "ready" : "not ready");
  const rows = [
    ...networks.map(({ network, file, reason }) => [network, file, reason ?? "ready"]),
    ...skipped.map(({ file, reason }) => ["-", file, `passed over: ${reason}`]),
  ];
  if (rows.length > 0) printTable([["NETWORK", "FILE", "STATUS"], ...rows], shell);
  if (apiServer !== null) shell.print(`API server: ${apiServer.reason ?? "answers"}`);
  const counts = Object.entries(attachments).map(([state, count]) => `${count} ${state}`);
  shell.print(`attachments: ${counts.join(", ")}`);
  for (const file of unreadable) shell.warn(`${file} is unreadable`);
  for (const file of setAside) shell.warn(`${file} was set aside as unreadable; see geniectl clean`);
}
