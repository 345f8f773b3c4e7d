import type { Finding } from "../doctor/check.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";

/** What was found, a line each, and below it what to do. */
export function printFindings(findings: readonly Finding[], { json }: { json?: true }, shell: Shell): void {
  if (json === true) shell.printJson(findings);
  else printTable([["STATE", "CHECK", "DETAIL"], ...findings.flatMap(toRows)], shell);
}

function toRows({ state, check, detail, todo }: Finding): string[][] {
  const row = [state, check.replace(/(?<=@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "…"), detail];
  return todo === "" ? [row] : [row, ["", "", `→ ${todo}`]];
}
