import type { ObjectRef, PodObject } from "../../core/cluster.ts";
import { Failure } from "../../core/errors.ts";
import { isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { openApi, TOO_MUCH, unlessStatus } from "./api.ts";
import type { Asking } from "./ask.ts";
import { isNameable, type Kind } from "./kinds.ts";
import { narrowPod, requireObject, toLabels, toPodObject } from "./objects.ts";
import { toStrange } from "./refusal.ts";

const PAGE = 250;
/** Of objects in one namespace. */
const MOST_PAGES = 8;

/** One call's way to the server, whatever is asked. */
export type Way = Omit<Asking, "right">;

/** @returns undefined when there is no such pod. */
export async function findPod(ref: ObjectRef, way: Way): Promise<PodObject | undefined> {
  if (!isNameable(ref)) return undefined;
  const { namespace, name } = ref;
  const right = { verb: "get", resource: "pods", group: "", namespace } as const;
  const { core } = openApi({ ...way, right, narrow: (answer) => narrowPod(requireObject(answer, ref)) });
  const pod = await unlessStatus([404], core.readNamespacedPod({ namespace, name }));
  return pod && toPodObject(pod, ref);
}

interface Wanted<T> {
  readonly kind: Kind;
  readonly read: (object: JsonObject, ref: ObjectRef) => T;
}

/** @returns undefined when there is no such object, or no such kind. */
export async function findCustomObject<T>(
  { kind, ref, read }: Wanted<T> & { ref: ObjectRef },
  way: Way,
): Promise<T | undefined> {
  if (!isNameable(ref)) return undefined;
  const { namespace, name } = ref;
  const right = { verb: "get", resource: kind.plural, group: kind.group, namespace } as const;
  const { custom } = openApi({ ...way, right, narrow: (answer) => requireObject(answer, ref) });
  const found = custom.getNamespacedCustomObject({ ...kind, namespace, name });
  const object: unknown = await unlessStatus([404], found);
  return isJsonObject(object) ? read(object, ref) : undefined;
}

/** All of one namespace, by name; none where there is no such kind. */
export async function listCustomObjects<T>(
  { kind, namespace, read }: Wanted<T> & { namespace: string },
  way: Way,
): Promise<readonly T[]> {
  if (!isNameable({ namespace, name: namespace })) return [];
  const right = { verb: "list", resource: kind.plural, group: kind.group, namespace } as const;
  const { custom } = openApi({ ...way, right });
  const items = await listPages(`${kind.plural} of namespace ${namespace}`, (page) =>
    custom.listNamespacedCustomObject({ ...kind, namespace, ...page }),
  );
  const found = readItems(items, (object, name) => read(object, { namespace, name }));
  return found.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
}

/** All of a kind that is in no namespace, as they are; none where there is no such kind. */
export async function listClusterObjects(kind: Kind, way: Way): Promise<readonly unknown[]> {
  const right = { verb: "list", resource: kind.plural, group: kind.group, namespace: "" } as const;
  const { custom } = openApi({ ...way, right });
  return await listPages(kind.plural, (page) => custom.listClusterCustomObject({ ...kind, ...page }));
}

/** @returns undefined when there is no such namespace. */
export async function findNamespaceLabels(
  name: string,
  way: Way,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (!isNameable({ namespace: name, name })) return undefined;
  const right = { verb: "get", resource: "namespaces", group: "", namespace: "" } as const;
  const { core } = openApi({ ...way, right, narrow: (answer) => requireObject(answer, { name }) });
  const found = await unlessStatus([404], core.readNamespace({ name }));
  return found && toLabels(found);
}

interface Page {
  readonly limit: number;
  readonly _continue?: string;
}

/** What all pages hold. @param what is listed, for messages. */
async function listPages(what: string, ask: (page: Page) => Promise<unknown>): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  let rest: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const more = rest === undefined ? {} : { _continue: rest };
    const answer: unknown = await unlessStatus([404], ask({ limit: PAGE, ...more }));
    if (answer === undefined && rest === undefined) return all;
    const { items, metadata } = isJsonObject(answer) ? answer : {};
    if (!Array.isArray(items)) throw toStrange(`the API server's answer is no list of ${what}`);
    all.push(...items);
    rest = findRest(metadata);
    if (rest === undefined) return all;
  }
  throw new Failure("tryAgainLater", `there are more than ${PAGE * MOST_PAGES} ${what}`, {
    details: TOO_MUCH,
  });
}

function readItems<T>(
  items: readonly unknown[],
  read: (object: JsonObject, name: string) => T,
): [string, T][] {
  return items.filter(isJsonObject).flatMap((object): [string, T][] => {
    const { metadata } = object;
    const name = isJsonObject(metadata) ? metadata["name"] : undefined;
    return typeof name === "string" ? [[name, read(object, name)]] : [];
  });
}

/** What the server wants to be told to go on. Source: Kubernetes API concepts, "Retrieving large results sets in chunks". */
function findRest(metadata: unknown): string | undefined {
  const rest = isJsonObject(metadata) ? metadata["continue"] : undefined;
  return typeof rest === "string" && rest !== "" ? rest : undefined;
}
