/** `1.2.3`, `v1.2`, `1.2.3-rc.1`. */
const VERSION = /^v?(?<numbers>\d+(?:\.\d+)*)(?:-(?<pre>.+))?$/;

/** Whether a tag reads as a version, and not as `latest` or `sha256-…`. */
export function isVersion(tag: string): boolean {
  return VERSION.test(tag);
}

/** As `1.2.3-rc.1` is. */
export function isPreRelease(version: string): boolean {
  return VERSION.exec(version)?.groups?.["pre"] !== undefined;
}

/** Orders versions from old to new as semver does; what is no version comes first. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [VERSION.exec(one)?.groups, VERSION.exec(other)?.groups];
  if (a === undefined || b === undefined) {
    return Number(a !== undefined) - Number(b !== undefined) || compareTexts(one, other);
  }
  const byNumber = compareParts(split(a["numbers"]), split(b["numbers"]));
  if (byNumber !== 0) return byNumber;
  const [pre, otherPre] = [a["pre"], b["pre"]];
  // A pre-release comes before its release.
  if (pre === undefined || otherPre === undefined) {
    return Number(pre === undefined) - Number(otherPre === undefined) || compareTexts(one, other);
  }
  return compareParts(split(pre), split(otherPre)) || compareTexts(one, other);
}

function split(text = ""): readonly string[] {
  return text.split(".");
}

function compareParts(one: readonly string[], other: readonly string[]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const [a, b] = [one[at], other[at]];
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    const difference = comparePart(a, b);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers as numbers of any length, and before words. */
function comparePart(one: string, other: string): number {
  const [a, b] = [one, other].map((part) => /^\d+$/.test(part));
  if (a !== b) return a === true ? -1 : 1;
  if (a !== true) return compareTexts(one, other);
  const [x, y] = [one.replace(/^0+/, ""), other.replace(/^0+/, "")];
  return x.length - y.length || compareTexts(x, y);
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
