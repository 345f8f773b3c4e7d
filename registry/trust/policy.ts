import type { Digest } from "../digest.ts";
import type { PublicKey } from "./key.ts";

/** What may be loaded on this node. */
export interface TrustPolicy {
  /** Prefixes of repositories from which anything may come at all; undefined: from wherever a rule says. */
  readonly sources: readonly string[] | undefined;
  /** By prefix of `host/repository` in whole segments, or `*`. */
  readonly ruleByPrefix: ReadonlyMap<string, TrustRule>;
  /** The reason of each. */
  readonly blocked: ReadonlyMap<Digest, string>;
}

/** Which signatures a module needs: each of `allOf`, and of `anyOf` those of so many different keys. */
export interface TrustRule {
  readonly allOf: readonly SignatureDemand[];
  readonly anyOf: readonly SignatureDemand[];
  readonly minimum: number;
  /** The prefix that signatures name in the place of this rule's own: modules were signed there and mirrored here. */
  readonly signedAs: string | undefined;
  /** Whether a signature counts only if it names a repository, which cosign's bundles don't. */
  readonly namesRepository: boolean;
}

export interface SignatureDemand {
  readonly name: string;
  readonly key: PublicKey;
  /** What the signature must say besides. */
  readonly annotations: Readonly<Record<string, string>>;
}

export const EVERYTHING = "*";

/** The most exact rule for `host/repository`: whole segments, the longest prefix first. */
export function findRule(
  { ruleByPrefix }: TrustPolicy,
  repository: string,
): { readonly prefix: string; readonly rule: TrustRule } | undefined {
  const segments = repository.split("/");
  const names = segments.map((_, index) => segments.slice(0, segments.length - index).join("/"));
  for (const name of [...names, EVERYTHING]) {
    const found = ruleByPrefix.get(name);
    if (found !== undefined) return { prefix: name, rule: found };
  }
  return undefined;
}

export function isWithin(repository: string, outer: string): boolean {
  return repository === outer || repository.startsWith(`${outer}/`);
}

/** The policy of who trusts these keys for whatever they have signed. */
export function trustKeys(keys: readonly { name: string; key: PublicKey }[]): TrustPolicy {
  const anyOf = keys.map((each) => ({ ...each, annotations: {} }));
  const rule = { allOf: [], anyOf, minimum: 1, signedAs: undefined, namesRepository: false };
  return { sources: undefined, ruleByPrefix: new Map([[EVERYTHING, rule]]), blocked: new Map() };
}
