/** Replaces what tells of somebody's cluster by stand-ins such as `pod-1`; the same text has the same one. */
export interface Redaction {
  /** What is known to be such a text. @param sort what stands in for it, such as `pod`. */
  readonly hide: (text: string, sort: string) => string;
  /** A text in which such texts, and addresses, may stand as whole words. */
  readonly clean: (text: string) => string;
}

/** Of IPv4, of IPv6 and of links; a time of day looks like one, too. */
const ADDRESS =
  /(?<![\p{L}\p{N}.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)|(?<![\p{L}\p{N}:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}/giu;
/** Characters that mean something in a regular expression. */
const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

/** @param kept words that mean something else in texts: networks keep their names. */
export function openRedaction(kept: readonly string[] = []): Redaction {
  const standInByText = new Map<string, string>();
  const countBySort = new Map<string, number>();
  const hide = (text: string, sort: string): string => {
    if (text === "") return "";
    const known = standInByText.get(text);
    if (known !== undefined) return known;
    const count = (countBySort.get(sort) ?? 0) + 1;
    countBySort.set(sort, count);
    standInByText.set(text, `${sort}-${count}`);
    return `${sort}-${count}`;
  };
  const clean = (text: string): string => {
    if (kept.includes(text)) return text;
    const known = standInByText.get(text);
    if (known !== undefined) return known;
    const byLength = [...standInByText.keys()]
      .filter((word) => !kept.includes(word))
      .toSorted((a, b) => b.length - a.length);
    const words = byLength.map((word) => word.replace(SPECIAL, "\\$&")).join("|");
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, "gu");
    const named = words === "" ? text : text.replace(pattern, (word) => standInByText.get(word) ?? word);
    return named.replace(ADDRESS, (word) => hide(word, "address"));
  };
  return { hide, clean };
}
