import { listSetAside, readAttachments } from "../node-attachments.ts";
import { toEntryFile } from "../ledger/files.ts";
import { type Finding, ok, warning } from "./check.ts";
import type { Subject } from "./subject.ts";

/** What the ledger holds, and what of it nobody can read or nobody needs any more. */
export async function checkLedger({ ports, folders: { stateDir } }: Subject): Promise<readonly Finding[]> {
  const { found, unreadable } = await readAttachments(ports);
  const dead = found.filter((one) => one.dead).length;
  const total = `${found.length} attachments`;
  const clean = "run geniectl clean; calls of genie clean up a few at a time, too";
  const summary =
    dead === 0
      ? ok("ledger", total)
      : warning("ledger", { detail: `${total}, ${dead} of them dead`, todo: clean });
  const damaged = unreadable.map((containerId) =>
    warning("ledger entry", {
      detail: `${toEntryFile(stateDir, containerId)} is torn, foreign or of a newer genie`,
      todo: "end the pod: its DEL undoes what can be guessed",
    }),
  );
  const setAside = (await listSetAside(stateDir)).map((file) =>
    warning("ledger entry", {
      detail: `${file} was set aside as unreadable`,
      todo: "see what it names; then run geniectl clean --forget-unreadable",
    }),
  );
  return [summary, ...damaged, ...setAside];
}
