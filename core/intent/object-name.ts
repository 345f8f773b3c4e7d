/** What may be a name of an object in Kubernetes, for messages. */
export const OBJECT_NAME_RULE =
  "at most 253 small letters, digits, '-' and '.', with a letter or digit at both ends of each part";

const MOST_CHARACTERS = 253;
const PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const OBJECT_NAME = new RegExp(`^${PART}(\\.${PART})*$`);

/**
 * True for what an API server takes as a name: nothing else may become part of a path. A part may be longer than RFC 1123
 * lets it be. Source: apimachinery, `IsDNS1123Subdomain`.
 */
export function isObjectName(text: string): boolean {
  return text.length <= MOST_CHARACTERS && OBJECT_NAME.test(text);
}
