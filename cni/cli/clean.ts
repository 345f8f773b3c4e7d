import { rm } from "node:fs/promises";
import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { orIoFailure } from "../../core/io-failure.ts";
import type { UndoPorts } from "../../core/ports.ts";
import { listSetAside, type NodeAttachment, readAttachments } from "../node-attachments.ts";
import { toEntryFile } from "../ledger/files.ts";
import { toCniPath } from "./cni-path.ts";
import type { Shell } from "./shell.ts";
import { addContainerOption, addStateOptions, findStateDir, type StateOptions } from "./state-dir.ts";
import { printTable } from "./table.ts";
import { openPorts } from "./undo-ports.ts";
import { type UndoOptions, undoAttachment } from "./undo-attachment.ts";

interface CleanOptions extends StateOptions {
  readonly container?: string;
  readonly cniPath?: string;
  readonly dryRun?: true;
  readonly forgetUnreadable?: true;
  readonly json?: true;
}

interface Cleaned {
  readonly containerId: string;
  readonly ifname: string;
  readonly network: string;
  readonly outcome: "undone" | "would be undone" | "failed";
  /** Null unless it failed. */
  readonly reason: string | null;
}

interface Unreadable {
  readonly file: string;
  readonly outcome: "kept" | "removed" | "would be removed";
}

const HELP = `
Dead is what belongs to an earlier boot, or to a namespace that is gone and that no process is in. Undoing runs DEL
of the network's plugins, last one first, as the runtime's own DEL does: it gives back addresses, links and rules.
What can't be undone stays in the ledger for the next try. A dead attachment stays, too, while its container is back
under the same ID and interface: the plugins can't tell the two apart.

With --container the container's namespace may well be alive: it then loses the networks that genie gave it, and its
runtime isn't told. Do this only for a container that its runtime doesn't know any more.

Unreadable files were taken out of the ledger; nobody knows what they hold. They are kept until --forget-unreadable.`;

/** `geniectl clean` */
export function cleanCommand(shell: Shell): Command {
  const command = new Command("clean").description("undo the attachments that crashes and reboots have left");
  return addContainerOption(addStateOptions(command), "undo all that this container has, dead or alive")
    .option("--cni-path <path>", "the folders of plugins, by ':' (default: those where ADD found them)")
    .option("--dry-run", "show what would be done, and do nothing")
    .option("--forget-unreadable", "remove the ledger files that were set aside as unreadable")
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (options: CleanOptions) => {
      const stateDir = await findStateDir(options);
      const attachments = await clean(options, stateDir, shell);
      const unreadable = await forget(options, stateDir);
      if (options.json === true) shell.printJson({ attachments, unreadable });
      else print({ attachments, unreadable, stateDir }, shell);
      shell.signal.throwIfAborted();
      const failed = attachments.filter(({ outcome }) => outcome === "failed");
      if (failed.length === 0) return;
      throw new Failure(
        "delegateFailed",
        `${failed.length} of ${attachments.length} attachments are not undone`,
        {
          details: "mend what is named as the reason, and try again",
        },
      );
    });
}

async function clean(options: CleanOptions, stateDir: string, shell: Shell): Promise<readonly Cleaned[]> {
  const { container, dryRun } = options;
  const ports = openPorts(stateDir, shell);
  const { found, unreadable } = await readAttachments(ports, container);
  for (const each of unreadable) {
    shell.warn(
      `${toEntryFile(stateDir, each)} is unreadable: the runtime's DEL undoes what can be guessed of it`,
    );
  }
  const wanted = found.filter(({ forgotten }) => forgotten || container !== undefined);
  const path = options.cniPath === undefined ? undefined : toCniPath(options.cniPath);
  const how = { evenAlive: container !== undefined, path };
  const cleaned: Cleaned[] = [];
  for (const one of wanted.toReversed()) {
    if (shell.signal.aborted) break;
    if (dryRun === true) cleaned.push(toCleaned(one, "would be undone"));
    else cleaned.push(await undo(one, how, { ports, shell }));
  }
  return cleaned.toReversed();
}

async function undo(
  one: NodeAttachment,
  how: UndoOptions,
  { ports, shell }: { ports: UndoPorts; shell: Shell },
): Promise<Cleaned> {
  const { containerId, ifName, network } = one.attachment;
  shell.progress(`undoing ${ifName} of ${containerId} on ${network} …`);
  const reason = await undoAttachment(one.attachment, how, ports);
  return reason === undefined ? toCleaned(one, "undone") : { ...toCleaned(one, "failed"), reason };
}

function toCleaned({ attachment }: NodeAttachment, outcome: Cleaned["outcome"]): Cleaned {
  const { containerId, ifName, network } = attachment;
  return { containerId, ifname: ifName, network, outcome, reason: null };
}

async function forget(options: CleanOptions, stateDir: string): Promise<readonly Unreadable[]> {
  const files = await listSetAside(stateDir, options.container);
  if (options.forgetUnreadable !== true) return files.map((file) => ({ file, outcome: "kept" }));
  if (options.dryRun === true) return files.map((file) => ({ file, outcome: "would be removed" }));
  for (const file of files) await orIoFailure(`${file} can't be removed`, () => rm(file, { force: true }));
  return files.map((file) => ({ file, outcome: "removed" }));
}

interface Report {
  readonly attachments: readonly Cleaned[];
  readonly unreadable: readonly Unreadable[];
  readonly stateDir: string;
}

function print({ attachments, unreadable, stateDir }: Report, shell: Shell): void {
  if (attachments.length === 0) shell.print(`nothing to undo in ${stateDir}`);
  else printTable([["CONTAINER", "INTERFACE", "NETWORK", "RESULT"], ...attachments.map(toRow)], shell);
  for (const { file, outcome } of unreadable) shell.print(`unreadable ${file}: ${outcome}`);
}

function toRow({ containerId, ifname, network, outcome, reason }: Cleaned): string[] {
  return [containerId, ifname, network, reason === null ? outcome : `${outcome}: ${reason}`];
}
