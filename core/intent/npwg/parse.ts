import { Failure, listSome } from "../../errors.ts";
import { toLine } from "../../printable.ts";
import { findDoubleKey, findJson, isJsonObject, isNestedWithin, toFieldName } from "../../spec/json.ts";
import { suggestKey } from "../../strict-object.ts";
import { type Element, element } from "./element.ts";

/** As long as all annotations of a pod may be together. */
const MOST_CHARACTERS = 256 * 1024;
const MOST_ELEMENTS = 64;
const MOST_LEVELS = 32;
/** Of a key that nobody knows, and of such keys. */
const SHOWN = 64;
const SHOWN_KEYS = 8;

/** An element, and where it stands. */
export interface Placed {
  readonly place: string;
  readonly element: Element;
}

/**
 * Reads either form of the annotation; a blank one has no element. Source: NPWG v1.3, §4.1.
 *
 * @throws {Failure} invalidConfig naming the annotation, the element and the field.
 */
export function parseElements(text: string, annotation: string): readonly Placed[] {
  const from = `annotation "${annotation}"`;
  if (text.length > MOST_CHARACTERS) fail(from, `has more than ${MOST_CHARACTERS} characters`);
  const written = text.trim();
  if (written === "") return [];
  const elements = /[[{"]/.test(written) ? parseJson(written, from) : parseShort(written);
  if (elements.length > MOST_ELEMENTS) fail(from, `names more than ${MOST_ELEMENTS} networks`);
  const placed = elements.map((one, at) => {
    const place = `${from}, element ${at + 1}`;
    return { place, element: parseElement(one, place) };
  });
  checkTogether(placed);
  return placed;
}

/** A list of objects. */
function parseJson(text: string, from: string): readonly unknown[] {
  const value = findJson(text);
  if (value === undefined) fail(from, "is neither JSON nor a list of names");
  if (isJsonObject(value)) fail(from, "is an object: put it into a list, [{…}]");
  if (!Array.isArray(value)) fail(from, "is no list");
  if (!isNestedWithin(value, MOST_LEVELS)) fail(from, `is nested deeper than ${MOST_LEVELS} levels`);
  const double = findDoubleKey(text);
  if (double !== undefined) fail(from, `an object has the key ${show(double)} twice`);
  return value;
}

/** `[namespace/]name[@interface]`; the interface is an extension of Multus'. Source: NPWG v1.3, §4.1.1. */
function parseShort(text: string): readonly unknown[] {
  return text.split(",", MOST_ELEMENTS + 1).map((one) => {
    const [network = "", ...ifName] = one.split("@").map((part) => part.trim());
    const at = network.indexOf("/");
    const namespace = at === 0 ? "/" : network.slice(0, at).trim(); // none before a slash is no namespace
    return {
      name: network.slice(at + 1).trim(),
      ...(at >= 0 && { namespace }),
      ...(ifName.length > 0 && { interface: ifName.join("@") }),
    };
  });
}

function parseElement(value: unknown, place: string): Element {
  if (!isJsonObject(value)) fail(place, "is no object");
  const unknown = Object.keys(value).filter(isReserved).slice(0, SHOWN_KEYS);
  const parsed = element.safeParse(value);
  const faults = [
    ...unknown.map((key) => suggestKey(toLine(key.slice(0, SHOWN)), Object.keys(element.shape))),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${toFieldName(path)}: ${message}`),
  ];
  if (parsed.success && faults.length === 0) return parsed.data;
  return fail(place, listSome(faults, "; "));
}

/** Keys with a dot belong to whoever owns the domain. Source: NPWG v1.3, §4.1.2.1. */
function isReserved(key: string): boolean {
  const isOwn = !key.includes(".") || key.startsWith("io.github.cni-genie.");
  return isOwn && !Object.hasOwn(element.shape, key);
}

/** What only all of them together can violate. */
function checkTogether(placed: readonly Placed[]): void {
  const placeByInterface = new Map<string, string>();
  let owner: string | undefined;
  for (const { place, element: one } of placed) {
    const { interface: ifName } = one;
    const other = ifName === undefined ? undefined : placeByInterface.get(ifName);
    if (other !== undefined) fail(place, `interface: ${other} has the same`);
    if (ifName !== undefined) placeByInterface.set(ifName, place);
    if (one["default-route"] === undefined) continue;
    if (owner !== undefined) fail(place, `default-route: ${owner} has one already`);
    owner = place;
  }
}

function show(text: string): string {
  return JSON.stringify(toLine(text.slice(0, SHOWN)));
}

function fail(place: string, what: string): never {
  throw new Failure("invalidConfig", `${place}: ${what}`);
}
