import { Failure } from "../errors.ts";
import { findJsonObject, isJsonObject } from "./json.ts";

/** An attachment that the runtime still has. */
export interface ValidAttachment {
  readonly containerId: string;
  readonly ifName: string;
}

/** The second name was in the first releases of libcni: https://github.com/containernetworking/cni/issues/1101 */
export const VALID_ATTACHMENTS_KEYS = ["cni.dev/valid-attachments", "cni.dev/attachments"];

/**
 * What the configuration that GC gets says is alive. An entry that can't be understood is an error: taken as none, it
 * would cost a pod its network. Source: SPEC.md, "GC".
 *
 * @throws {Failure} invalidConfig naming the field.
 */
export function parseValidAttachments(text: string): readonly ValidAttachment[] {
  const raw = findJsonObject(text) ?? {};
  const key = VALID_ATTACHMENTS_KEYS.find((name) => (raw[name] ?? null) !== null);
  if (key === undefined) return [];
  const listed = raw[key];
  if (!Array.isArray(listed)) throw new Failure("invalidConfig", `${key}: must be a list`);
  return listed.map((entry, at) => parseEntry(entry, `${key}[${at}]`));
}

function parseEntry(entry: unknown, field: string): ValidAttachment {
  if (!isJsonObject(entry)) throw new Failure("invalidConfig", `${field}: must be an object`);
  const { containerID, ifname } = entry;
  return {
    containerId: parseText(containerID, `${field}.containerID`),
    ifName: parseText(ifname, `${field}.ifname`),
  };
}

function parseText(value: unknown, field: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Failure("invalidConfig", `${field}: must be a text that is not empty`);
}
