import { closestMatch } from "leven";
import type { ObjectRef } from "../cluster.ts";
import { Failure } from "../errors.ts";

/** What is there in place of an object that isn't; none where the cluster doesn't tell now: a hint must not take the error's place. */
export async function listForHint<T>(listing: Promise<readonly T[]>): Promise<readonly T[] | undefined> {
  try {
    return await listing;
  } catch (error) {
    if (error instanceof Failure && error.kind === "tryAgainLater") return undefined;
    throw error;
  }
}

/** Which of the objects of its namespace is called most like one that isn't there; empty where nobody knows them. */
export function hintClosest({ namespace, name }: ObjectRef, known: readonly ObjectRef[] | undefined): string {
  if (known === undefined) return "";
  const closest = closestMatch(
    name,
    known.map((one) => one.name),
  );
  return closest === undefined ? `namespace ${namespace} has none for this pod` : `the closest is ${closest}`;
}
