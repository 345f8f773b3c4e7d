/** What Linux and the configuration folders of its interfaces take, of printable ASCII; `%` is filled in by the kernel. */
const INTERFACE = /^(?!(?:\.\.?|lo|all|default)$)(?![^]*[/:@%])[!-~]{1,15}$/;

/** What `isInterfaceName` asks of a name, in words. */
export const INTERFACE_NAME_RULE =
  "at most 15 printable characters of ASCII, none of / : @ %; not ., .., lo, all or default";

/** True for the name of an interface that a pod may ask for: one that a person can tell from others. */
export function isInterfaceName(text: string): boolean {
  return INTERFACE.test(text);
}
