import * as z from "zod";

/**
 * A label's or annotation's key: a name of at most 63 characters, with a DNS prefix or without.
 * Source: Kubernetes, "Labels and Selectors", "Syntax and character set".
 */
const KEY = /^([a-z0-9][a-z0-9.-]{0,252}\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;

/** With its prefix and the slash between. */
export const MOST_KEY_CHARACTERS = 317;

/** Annotations that hold a whole object, secrets in its environment variables included. */
export const BLOBS: readonly string[] = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "kapp.k14s.io/original",
  "objectset.rio.cattle.io/applied",
];

const podKey = z
  .string()
  .max(MOST_KEY_CHARACTERS)
  .regex(KEY, "must be the key of a label or an annotation")
  .refine((key) => !BLOBS.includes(key), "holds a whole object, which is shown to no module");

/** Of one module, of either kind. */
export const MOST_KEYS = 32;

/** Keys of labels or annotations that an admin shows a module. */
export const grantedKeys = z.array(podKey).max(MOST_KEYS).default([]);

/** What a module declares that learns the keys from its settings: whichever the admin grants. */
export const ANY_KEY = "*";

/** Keys of labels or annotations that a module asks for. */
export const declaredKeys = z
  .array(z.union([z.literal(ANY_KEY), podKey]))
  .max(MOST_KEYS)
  .default([]);

/** What of a pod's labels and annotations is meant, by key. */
export interface PodKeys {
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
}
