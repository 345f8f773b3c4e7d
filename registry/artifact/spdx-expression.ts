const CHARACTERS = /^[A-Za-z0-9.+:() -]{1,256}$/;
const ID = "(?!(?:AND|OR|WITH|and|or|with)(?![\\w.-]))[A-Za-z0-9.-]+";
const LICENCE = `(?:(?:DocumentRef-${ID}:)?LicenseRef-${ID}|${ID}\\+?)(?: +(?:WITH|with) +${ID})?`;
/** In place of parentheses whose inside is an expression; not among the characters. */
const GROUP = "#";
const TERM = `(?:${GROUP}|${LICENCE})`;
const FLAT = new RegExp(`^ *${TERM}(?: +(?:AND|OR|and|or) +${TERM})* *$`);

/**
 * Whether a text has the form of a licence expression; which licences there are, nobody is asked. Source: SPDX
 * specification, Annex "SPDX license expressions".
 */
export function isSpdxExpression(text: string): boolean {
  if (!CHARACTERS.test(text)) return false;
  let left = text;
  for (let inner = findInner(left); inner !== undefined; inner = findInner(left)) {
    if (!FLAT.test(inner.slice(1, -1))) return false;
    left = left.replace(inner, GROUP);
  }
  return FLAT.test(left);
}

/** Parentheses with none inside. */
function findInner(text: string): string | undefined {
  return /\([^()]*\)/.exec(text)?.[0];
}
