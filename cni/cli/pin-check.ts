import { Failure, listSome } from "../../core/errors.ts";
import type { ConfigFile } from "./config-file.ts";
import type { FoundModule } from "./pin-fetch.ts";
import { listSlotFaults } from "./slot-faults.ts";
import type { Shell } from "./shell.ts";

/** @throws {Failure} invalidConfig. A module that was just added has no settings yet: the admin is told. */
export function checkSlots(found: readonly FoundModule[], config: ConfigFile, shell: Shell): void {
  const faults: string[] = [];
  for (const {
    pin: { at, old },
    module,
  } of found) {
    const slot = config.slots.find((each) => each.at === at);
    const kind = at.includes("scorers") ? "scorer" : "selector";
    const these = listSlotFaults(slot ?? { at, kind, settings: {} }, module.wasm);
    if (old !== undefined) faults.push(...these);
    else for (const fault of these) shell.warn(fault);
  }
  if (faults.length === 0) return;
  throw new Failure("invalidConfig", `${config.file}: ${listSome(faults, "; ")}`, {
    details: "mend what is named, or stay with the version that took it: nothing was pinned",
  });
}

/** With a key written twice, readers take the last and editors the first. */
export function checkHasEffect({ file, slots }: ConfigFile, now: string): void {
  if (slots.some(({ reference }) => reference === now)) return;
  throw new Failure("invalidConfig", `${file} has a key twice: ${now} would have no effect`, {
    details: "remove the double key",
  });
}
