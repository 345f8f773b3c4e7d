import { ANY_KEY, type PodKeys } from "./pod-keys.ts";
import type { Attribute, Workload } from "./request.ts";
import { listModules, type SelectionConfig } from "./selection-config.ts";

/** Above what labels and ordinary annotations have; what is longer is a blob, and not shown. */
const MAX_VALUE_BYTES = 1024;

export interface PodTexts {
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

type Shown = Pick<Workload, "labels" | "annotations">;

/** What of the pod's labels and annotations the admin shows to any module at all, in the order of the keys. */
export function toGranted({ labels, annotations }: PodTexts, selection: SelectionConfig): Shown {
  const modules = listModules(selection);
  return {
    labels: pick(
      labels,
      modules.flatMap((module) => module.labels),
    ),
    annotations: pick(
      annotations,
      modules.flatMap((module) => module.annotations),
    ),
  };
}

/** The workload as one module sees it: what it both declares and is granted. */
export function showWorkload(
  { labels, annotations, ...workload }: Workload,
  granted: PodKeys,
  declared: PodKeys = { labels: [], annotations: [] },
): Workload {
  const shows = (what: keyof PodKeys, { key }: Attribute): boolean =>
    granted[what].includes(key) && (declared[what].includes(key) || declared[what].includes(ANY_KEY));
  return {
    ...workload,
    labels: labels.filter((one) => shows("labels", one)),
    annotations: annotations.filter((one) => shows("annotations", one)),
  };
}

function pick(valueByKey: ReadonlyMap<string, string>, keys: readonly string[]): readonly Attribute[] {
  return [...new Set(keys)].toSorted().flatMap((key) => {
    const value = valueByKey.get(key);
    return value === undefined || Buffer.byteLength(value) > MAX_VALUE_BYTES ? [] : [{ key, value }];
  });
}
