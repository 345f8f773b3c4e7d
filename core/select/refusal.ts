import { Failure, listSome } from "../errors.ts";
import type { Decision, Ranked } from "./decision.ts";

/**
 * The ranking of a decision that allows so many attachments.
 *
 * @throws {Failure} noCandidate naming each rejection, moduleFailed naming the module.
 */
export function requireRanking(
  { ranking, refusal, rejected, modules }: Decision,
  count: number,
): readonly Ranked[] {
  if (ranking.length >= count) return ranking;
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
  const what =
    ranking.length === 0
      ? "every candidate was rejected"
      : `only ${ranking.length} of ${count} networks were chosen`;
  throw new Failure("noCandidate", what, { details: listSome(reasons, "; ") });
}
