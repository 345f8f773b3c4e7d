import { stat } from "node:fs/promises";
import { unlessCode } from "../../core/missing.ts";
import type { DecisionRecord } from "../../core/select/record.ts";

/** A pod as people name it: `namespace/name`, or a container's ID where no runtime said the pod. */
export function toPodName({ pod, containerId }: Pick<DecisionRecord, "pod" | "containerId">): string {
  return pod.name === "" ? containerId : `${pod.namespace}/${pod.name}`;
}

/** Is the decision one for this pod, or for this container? */
export function isFor(record: DecisionRecord, name: string): boolean {
  return record.containerId === name || `${record.pod.namespace}/${record.pod.name}` === name;
}

/** The last ones of these, oldest first. */
export async function takeLast<T>(all: AsyncIterable<T>, count: number): Promise<readonly T[]> {
  const last: T[] = [];
  for await (const one of all) {
    last.push(one);
    if (last.length > count) last.shift();
  }
  return last;
}

/** What a person named may be a file, or a pipe, though its name has a slash as a pod's has. */
export async function isFile(name: string): Promise<boolean> {
  const stats = await unlessCode(stat(name), ["ENOENT", "ENOTDIR"]);
  return stats !== undefined && !stats.isDirectory();
}
