import { Command } from "commander";
import { readAttachments, type NodeAttachment } from "../node-attachments.ts";
import { toEntryFile } from "../ledger/files.ts";
import type { Shell } from "./shell.ts";
import { addContainerOption, addStateOptions, findStateDir, type StateOptions } from "./state-dir.ts";
import { printTable } from "./table.ts";
import { openPorts } from "./undo-ports.ts";

interface AttachmentsOptions extends StateOptions {
  readonly container?: string;
  readonly json?: true;
}

/** `geniectl attachments` */
export function attachmentsCommand(shell: Shell): Command {
  const command = new Command("attachments").description(
    "show which containers this node has on which networks",
  );
  return addContainerOption(addStateOptions(command), "only those of this container")
    .option("--json", "print one JSON document")
    .action(async (options: AttachmentsOptions) => {
      const stateDir = await findStateDir(options);
      const { found, unreadable } = await readAttachments(openPorts(stateDir, shell), options.container);
      if (options.json === true) shell.printJson(found.map(toListed));
      else if (found.length === 0) shell.print(`no attachments in ${stateDir}`);
      else
        printTable([["CONTAINER", "INTERFACE", "NETWORK", "STATE", "NAMESPACE"], ...found.map(toRow)], shell);
      for (const each of unreadable) {
        shell.warn(
          `${toEntryFile(stateDir, each)} is unreadable, so what it holds isn't shown; see geniectl doctor`,
        );
      }
    });
}

function toListed({ attachment }: NodeAttachment) {
  const { containerId, ifName, network, state } = attachment;
  return { containerId, ifname: ifName, network, state };
}

function toRow({ attachment, dead }: NodeAttachment): string[] {
  const { containerId, ifName, network, state, namespace } = attachment;
  return [containerId, ifName, network, state, dead ? `${namespace.path} (dead)` : namespace.path];
}
