import * as z from "zod";

/** A name, in which `*` stands for any characters but `/`, none included: `team-*`. */
export const namePattern = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^\s/]+$/, "must be a name, or one with `*` for any characters");

/** Does the whole name match any of the patterns? Takes time linear in both, whatever the pattern. */
export function matchesAny(name: string, patterns: readonly string[]): boolean {
  const segments = name.split("/");
  return patterns.some((pattern) => {
    const parts = pattern.split("/");
    return (
      parts.length === segments.length &&
      parts.every((part, at) => matches(segments[at] ?? "", part.split("*")))
    );
  });
}

/** `parts` are what stands between the asterisks; the first place that fits each is as good as any later one. */
function matches(name: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
