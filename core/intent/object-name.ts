/** What may be a name of an object in Kubernetes, for messages. */
export const OBJECT_NAME_RULE =
  "at most 253 small letters, digits, '-' and '.', with a letter or digit at both ends";

const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** True for what an API server takes as a name: nothing else may become part of a path. Source: RFC 1123. */
export function isObjectName(text: string): boolean {
  return OBJECT_NAME.test(text);
}
