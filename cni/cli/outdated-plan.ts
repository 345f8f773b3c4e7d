import { compareVersions, isPreRelease, isVersion } from "../../registry/catalogue/version-order.ts";
import type { Digest } from "../../registry/digest.ts";

/** A tag, and where it leads. */
export interface TaggedDigest {
  readonly version: string;
  readonly digest: Digest;
}

/** What was found out about one module that a configuration names. */
export interface Look {
  /** As the configuration has it; undefined where it only names a tag. */
  readonly digest: Digest | undefined;
  /** Whether the registry has it. */
  readonly isThere: boolean;
  /** By its tag, or by what its publisher says; undefined where neither tells one. */
  readonly version: string | undefined;
  /** Its tag, by the configuration or by its publisher, and where that leads now. */
  readonly tag: TaggedDigest | undefined;
  /** The newest version beyond it. */
  readonly newest: TaggedDigest | undefined;
  readonly deprecated: { readonly reason: string; readonly replacedBy: string | undefined } | undefined;
  /** Why the trust policy of this node refuses it. */
  readonly refusal: string | undefined;
}

export interface OutdatedFinding {
  readonly what: "refused" | "deprecated" | "notPinned" | "gone" | "moved" | "newer" | "failed";
  readonly detail: string;
  readonly todo: string;
}

/** What stands in the words that say how to mend it. */
export interface PinWords {
  /** The configuration that names it; undefined where none does. */
  readonly config: string | undefined;
  /** Policies of the cluster that name it: `SelectionPolicy tenants`. */
  readonly policies: readonly string[];
  /** `host/repository` */
  readonly repository: string;
}

/** What an admin should know of it, the most pressing first. Nothing where all is as it should be. */
export function listOutdatedFindings(look: Look, words: PinWords): readonly OutdatedFinding[] {
  const { digest, isThere, tag, newest, deprecated, refusal } = look;
  const findings: OutdatedFinding[] = [];
  const add = (what: OutdatedFinding["what"], detail: string, todo: string): void => {
    findings.push({ what, detail, todo });
  };
  if (refusal !== undefined) add("refused", `no pod gets it: ${refusal}`, "pin another one");
  if (deprecated !== undefined)
    add("deprecated", `deprecated: ${deprecated.reason}`, toReplacement(deprecated));
  if (digest === undefined) add("notPinned", "not pinned", `geniectl pin --config ${words.config}`);
  else if (!isThere) add("gone", "the registry has it no more", "pin another one, or ask its publisher");
  else if (tag !== undefined && tag.digest !== digest)
    add(
      "moved",
      `the tag ${tag.version} leads to ${tag.digest} now`,
      "ask its publisher why, then pin it again",
    );
  if (newest !== undefined) {
    add("newer", `${newest.version} is there`, toPinning(newest, words));
  }
  return findings;
}

/** geniectl writes configurations; policies are the admin's to apply. */
function toPinning({ version, digest }: TaggedDigest, { config, policies, repository }: PinWords): string {
  const applied = policies.map((policy) => `write ${repository}@${digest} into ${policy}`);
  const pinned = config === undefined ? [] : [`geniectl pin --config ${config} ${repository}:${version}`];
  return [...pinned, ...applied].join("; ");
}

function toReplacement({ replacedBy }: { replacedBy: string | undefined }): string {
  return replacedBy === undefined ? "pin another one" : `pin ${replacedBy}`;
}

/** Versions beyond this one, newest first; pre-releases only for who has one. All, where the version isn't known. */
export function listNewer(tags: readonly string[], version: string | undefined): readonly string[] {
  const takesPreReleases = version !== undefined && isPreRelease(version);
  return tags
    .filter((tag) => isVersion(tag) && (takesPreReleases || !isPreRelease(tag)))
    .filter((tag) => version === undefined || compareVersions(tag, version) > 0)
    .toSorted((one, other) => compareVersions(other, one));
}
