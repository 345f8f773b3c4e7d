import { closestMatch } from "leven";
import type { ObjectRef } from "../cluster.ts";
import { Failure } from "../errors.ts";

/**
 * Which object of its namespace is called most like one that isn't there; empty where the cluster doesn't tell now: a
 * hint must not take the error's place.
 */
export async function hintClosest(
  { namespace, name }: ObjectRef,
  list: (namespace: string) => Promise<readonly ObjectRef[]>,
): Promise<string> {
  try {
    const names = (await list(namespace)).map((one) => one.name);
    const closest = closestMatch(name, names);
    return closest === undefined ? `namespace ${namespace} has none` : `the closest is ${closest}`;
  } catch (error) {
    if (error instanceof Failure && error.kind === "tryAgainLater") return "";
    throw error;
  }
}
