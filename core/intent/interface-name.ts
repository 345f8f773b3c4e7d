/** What Linux and the configuration folders of its interfaces take, of printable ASCII; `%` is filled in by the kernel. */
const INTERFACE = /^(?!(?:\.\.?|lo|all|default)$)(?![^]*[/:@%])[!-~]{1,15}$/;

/** True for the name of an interface that a pod may ask for: one that a person can tell from others. */
export function isInterfaceName(text: string): boolean {
  return INTERFACE.test(text);
}
