import { toDigest } from "../../core/select/selection-config.ts";
import { openHealth } from "../health-file.ts";
import { toStanding } from "../module-standing.ts";
import { type Finding, warning } from "./check.ts";
import { listOwnModules, type Subject } from "./subject.ts";

type Asked = Pick<Subject, "config" | "folders">;

/** Modules that this node leaves alone now: their circuit is open, or their canary is halted. */
export async function checkModuleHealth(
  subject: Asked,
  modules = listOwnModules(subject),
): Promise<readonly Finding[]> {
  if (modules.length === 0) return [];
  const warnings: string[] = [];
  const health = openHealth(subject.folders.stateDir, { warn: (_, message) => warnings.push(message) });
  const nowMs = Date.now();
  const byDigest = new Map((await health.read()).map((one) => [one.digest, toStanding(one, nowMs)]));
  const found = [...new Set(modules.map(({ config }) => config.module))].flatMap((module) => {
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
