/** Where the ledger's files are, and what their names say. See README.md. */
import path from "node:path";

const SET_ASIDE = /^\.unreadable-(.+)-\d+$/;

export function toLedgerFolder(stateDir: string): string {
  return path.join(stateDir, "ledger");
}

/** The file of a container's entry. */
export function toEntryFile(stateDir: string, containerId: string): string {
  return path.join(toLedgerFolder(stateDir), containerId);
}

/** Where an entry is written first: one name a container, so that whoever writes next replaces what a crash left. */
export function toTempFile(entryFile: string): string {
  return path.join(path.dirname(entryFile), `.${path.basename(entryFile)}.tmp`);
}

/** Where an entry goes that nobody can read. */
export function toAsideFile(entryFile: string): string {
  return path.join(path.dirname(entryFile), `.unreadable-${path.basename(entryFile)}-${Date.now()}`);
}

/** The container whose entry was set aside under this name; undefined for any other name. */
export function findSetAside(name: string): string | undefined {
  return SET_ASIDE.exec(name)?.[1];
}
