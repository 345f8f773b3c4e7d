import { listSome } from "../../core/errors.ts";
import type { Digest } from "../digest.ts";
import type { Reference } from "../reference.ts";
import { readStatement } from "./bundle.ts";
import { isSignedBy } from "./key.ts";
import { findRule, isWithin, type SignatureDemand, type TrustPolicy, type TrustRule } from "./policy.ts";
import { toRuleName } from "./rule-name.ts";
import type { BadSignature, Claim, Signature, SignatureFormat } from "./signature.ts";
import { readSimpleClaim } from "./simple-signing.ts";

/** A module and what was found of signatures for it. */
export interface Subject {
  readonly reference: Pick<Reference, "host" | "repository">;
  readonly digest: Digest;
  readonly signatures: readonly (Signature | BadSignature)[];
}

export interface Judgement {
  /** Why the module may not be used, as a clause; undefined when it may. */
  readonly refusal: string | undefined;
  /** As many, and in the same order, as were found. */
  readonly signatures: readonly JudgedSignature[];
}

export interface JudgedSignature {
  readonly format: SignatureFormat;
  /** The key that made it, as the policy calls it; undefined when it's none of the policy's for this repository. */
  readonly key: string | undefined;
  readonly keyId: string | undefined;
  /** What it says. */
  readonly claim: Claim | undefined;
  /** Why it doesn't count; undefined when it does. */
  readonly fault: string | undefined;
}

/** `broken`: no key could have made it. `unchecked`: there is no policy. */
export type SignatureState = "holds" | "doesn't count" | "broken" | "unchecked";

/** What became of a signature, in words that are the same everywhere. */
export function toState(
  found: Signature | BadSignature,
  judged: Pick<JudgedSignature, "fault"> | undefined,
): SignatureState {
  if (!isWhole(found)) return "broken";
  if (judged === undefined) return "unchecked";
  return judged.fault === undefined ? "holds" : "doesn't count";
}

/**
 * Of one signature with one key of P-256. Whoever may push can add signatures, and a pod waits for all. With up to
 * eight such keys, all that are read are checked; with more, or slower ones, as many as there are keys at the least.
 */
const MAX_CHECKS = 1_024;
const UNCHECKED = "it isn't checked: there are too many for so many keys";

/** Holds a module against the policy. What a signature says is read only when a key of the rule has made it. */
export function judge(policy: TrustPolicy, { reference, digest, signatures }: Subject): Judgement {
  const repository = toName(reference);
  const found = findRule(policy, repository);
  const demands = listKeys(found === undefined ? [] : [...found.rule.allOf, ...found.rule.anyOf]);
  const identity = found && toIdentity(found, repository);
  const checked = new Set(signatures.filter(isWhole).slice(0, toMost(demands)));
  const judged = signatures.map((one) =>
    isWhole(one) && !checked.has(one)
      ? toUnknown(one, UNCHECKED)
      : judgeSignature(one, { demands, digest, identity }),
  );
  const early = findEarlyRefusal(policy, { reference, digest });
  if (early !== undefined || found === undefined) return { refusal: early, signatures: judged };
  return { refusal: findLack(found.rule, judged), signatures: judged };
}

/** Why this may not be used however it is signed: what is known before a registry is asked. */
export function findEarlyRefusal(
  policy: TrustPolicy,
  { reference, digest }: { reference: Subject["reference"]; digest: Digest | undefined },
): string | undefined {
  const repository = toName(reference);
  const reason = digest && policy.blocked.get(digest);
  if (reason !== undefined) return `${digest} is blocked: ${reason}`;
  if (policy.sources?.every((source) => !isWithin(repository, source)) === true)
    return `${repository} is none of the allowed sources`;
  if (findRule(policy, repository) === undefined) return `no rule is for ${repository}`;
  return undefined;
}

interface Identity {
  /** The repository that a signature must name if it names one. */
  readonly repository: string;
  readonly isNeeded: boolean;
}

function toIdentity({ prefix, rule }: { prefix: string; rule: TrustRule }, repository: string): Identity {
  const { signedAs, namesRepository: isNeeded } = rule;
  if (signedAs === undefined) return { repository, isNeeded };
  return { repository: `${signedAs}${repository.slice(prefix.length)}`, isNeeded };
}

function judgeSignature(
  found: Signature | BadSignature,
  wanted: { demands: readonly SignatureDemand[]; digest: Digest; identity: Identity | undefined },
): JudgedSignature {
  if (!isWhole(found)) return toUnknown(found, found.fault);
  const { format } = found;
  const maker = wanted.demands.find(({ key }) => isSignedBy(key, found));
  if (maker === undefined) return toUnknown(found, "it was made by no key that counts here");
  const known = { format, key: maker.name, keyId: maker.key.id };
  const claim = readClaim(found);
  if (typeof claim === "string") return { ...known, claim: undefined, fault: claim };
  return { ...known, claim, fault: findClaimFault(claim, wanted) };
}

function isWhole(found: Signature | BadSignature): found is Signature {
  return !("fault" in found);
}

function toUnknown({ format }: Signature | BadSignature, fault: string): JudgedSignature {
  return { format, key: undefined, keyId: undefined, claim: undefined, fault };
}

/** How many signatures are checked. */
function toMost(demands: readonly SignatureDemand[]): number {
  const cost = demands.reduce((sum, { key }) => sum + key.algorithm.cost, 0);
  return Math.max(demands.length, Math.floor(MAX_CHECKS / cost));
}

/** A demand for each key: the first that names it. */
function listKeys(demands: readonly SignatureDemand[]): readonly SignatureDemand[] {
  return [...new Map(demands.toReversed().map((demand) => [demand.key.id, demand])).values()].toReversed();
}

function readClaim({ format, payload }: Signature): Claim | string {
  return format === "sig" ? readSimpleClaim(payload) : readStatement(payload);
}

function findClaimFault(
  claim: Claim,
  { digest, identity }: { digest: Digest; identity: Identity | undefined },
): string | undefined {
  if (claim.digest !== digest) return `it is for ${claim.digest}`;
  if (claim.repository === undefined)
    return identity?.isNeeded === true ? "it names no repository, and the policy wants one" : undefined;
  const isRight = identity !== undefined && toRuleName(claim.repository) === identity.repository;
  return isRight ? undefined : `it is for ${JSON.stringify(claim.repository.slice(0, 200))}`;
}

/** What of a rule's signatures is lacking, as a clause. */
function findLack(
  { allOf, anyOf, minimum }: TrustRule,
  judged: readonly JudgedSignature[],
): string | undefined {
  const isMet = ({ key, annotations }: SignatureDemand): boolean =>
    judged.some(
      ({ keyId, claim, fault }) =>
        fault === undefined &&
        keyId === key.id &&
        Object.entries(annotations).every(([name, text]) => claim !== undefined && hasOwn(claim, name, text)),
    );
  const lacking = allOf.filter((demand) => !isMet(demand));
  if (lacking.length > 0) return `no signature holds by ${listSome(lacking.map(toText), " nor by ")}`;
  const met = new Set(anyOf.filter(isMet).map(({ key }) => key.id));
  if (anyOf.length === 0 || met.size >= minimum) return undefined;
  const keys = listSome(anyOf.map(toText), ", ");
  return `signatures hold by ${met.size} of the keys ${keys}, and ${minimum} must`;
}

function hasOwn({ annotations }: Claim, name: string, text: string): boolean {
  return Object.hasOwn(annotations, name) && annotations[name] === text;
}

function toText({ name, annotations }: SignatureDemand): string {
  const said = Object.entries(annotations).map(([key, text]) => `${key}=${text}`);
  return said.length === 0 ? name : `${name} (${said.join(", ")})`;
}

function toName({ host, repository }: Subject["reference"]): string {
  return toRuleName(`${host}/${repository}`);
}
