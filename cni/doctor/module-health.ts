import { listModules, toDigest } from "../../core/select/selection-config.ts";
import { openHealth } from "../health-file.ts";
import { toStanding } from "../module-standing.ts";
import { type Finding, warning } from "./check.ts";
import type { Subject } from "./subject.ts";

type Asked = Pick<Subject, "config" | "folders">;

/** Configured modules that this node leaves alone now: their circuit is open, or their canary is halted. */
export async function checkModuleHealth({ config, folders }: Asked): Promise<readonly Finding[]> {
  if (config === undefined) return [];
  const warnings: string[] = [];
  const health = openHealth(folders.stateDir, { warn: (_, message) => warnings.push(message) });
  const nowMs = Date.now();
  const byDigest = new Map((await health.read()).map((one) => [one.digest, toStanding(one, nowMs)]));
  const modules = listModules(config.genie.selection);
  const found = [...new Set(modules.map(({ module }) => module))].flatMap((module) => {
    const standing = byDigest.get(toDigest({ module }));
    return standing === undefined ? [] : toFindings(`module ${module}`, standing);
  });
  const unread = warnings.map((detail) => warning("health of modules", { detail, todo: "check the folder" }));
  return [...unread, ...found];
}

function toFindings(
  check: string,
  { haltedSince, openFor, lastFailure }: ReturnType<typeof toStanding>,
): Finding[] {
  const why = lastFailure === null ? "" : `: ${lastFailure.outcome}, ${lastFailure.detail}`;
  const isHalted = haltedSince !== null;
  if (isHalted) {
    const todo = "mend or remove it; geniectl modules --reset lets it go on";
    return [warning(check, { detail: `its canary is halted since ${haltedSince}${why}`, todo })];
  }
  if (openFor.length === 0) return [];
  const detail = `keeps failing, and isn't asked for ${openFor.join(", ")}${why}`;
  return [warning(check, { detail, todo: "see geniectl modules; it is asked again by and by" })];
}
