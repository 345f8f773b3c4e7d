/** Replaces what tells of somebody's cluster by stand-ins such as `pod-1`; the same text has the same one. */
export interface Redaction {
  /** What is known to be such a text. @param sort what stands in for it, such as `pod`. */
  readonly hide: (text: string, sort: string) => string;
  /** A text in which such texts, and addresses, may stand as whole words, in capitals or not. */
  readonly clean: (text: string) => string;
  /** The same of a text that was cut off, and one of its words with it. */
  readonly cleanCut: (text: string) => string;
}

/** Of IPv4, also as nodes are named after it, of IPv6 and of links; a time of day looks like one, too. */
const ADDRESS =
  /(?<![\p{L}\p{N}.])\d{1,3}(?:\.\d{1,3}){3}(?!\d)|(?<![\p{L}\p{N}])\d{1,3}(?:-\d{1,3}){3}(?!\d)|(?<![\p{L}\p{N}:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}/giu;
/** What may be left of an IPv4 address. */
const HALF_ADDRESS = /(?<![\p{L}\p{N}.])\d{1,3}(?:\.\d{1,3}){1,2}\.?$/u;
/** Less of a text tells nothing of it. */
const TELLING_LENGTH = 3;
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
    const standInByLower = new Map(byLength.map((word) => [word.toLowerCase(), standInByText.get(word)]));
    const words = byLength.map((word) => word.replace(SPECIAL, "\\$&")).join("|");
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, "giu");
    const toStandIn = (word: string): string => {
      if (kept.includes(word)) return word;
      return standInByText.get(word) ?? standInByLower.get(word.toLowerCase()) ?? word;
    };
    const named = words === "" ? text : text.replace(pattern, toStandIn);
    return named.replace(ADDRESS, (word) => hide(word, "address"));
  };
  const cleanCut = (text: string): string => {
    if (kept.includes(text)) return text;
    const half = [...standInByText.keys()].map((word) => findHalf(text, word)).find((part) => part !== "");
    const left = text.slice(0, text.length - (half?.length ?? 0)).replace(HALF_ADDRESS, "…");
    return clean(half === undefined ? left : `${left}…`);
  };
  return { hide, clean, cleanCut };
}

/** As much of the word's beginning as the text ends with; empty where that is no word of the text. */
function findHalf(text: string, word: string): string {
  for (let length = word.length - 1; length >= TELLING_LENGTH; length--) {
    const half = word.slice(0, length);
    if (!text.toLowerCase().endsWith(half.toLowerCase())) continue;
    return /[\p{L}\p{N}]$/u.test(text.slice(0, -length)) ? "" : half;
  }
  return "";
}
