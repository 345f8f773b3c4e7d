import { Failure, listSome } from "../errors.ts";
import type { Decision, Ranked } from "./decision.ts";

/**
 * The ranking of a decision that allows an attachment.
 *
 * @throws {Failure} noCandidate naming each rejection, moduleFailed naming the module.
 */
export function requireRanking({ ranking, refusal, rejected, modules }: Decision): readonly Ranked[] {
  if (ranking.length > 0) return ranking;
  if (refusal === "moduleMustNotFail") {
    const failed = modules.filter(({ mode, outcome }) => mode === "enforce" && outcome !== "ok");
    const names = failed.map(({ digest, outcome }) => `${digest} (${outcome})`);
    throw new Failure("moduleFailed", `a module that must not fail did: ${listSome(names, ", ")}`, {
      details: listSome(
        failed.map(({ detail }) => detail),
        "; ",
      ),
    });
  }
  const reasons = rejected.map(({ network, by, reason }) => `${network}: ${reason} (${by})`);
  throw new Failure("noCandidate", "every candidate was rejected", { details: listSome(reasons, "; ") });
}
