import { findJsonObject, type JsonObject } from "../core/spec/json.ts";
import { RegistryFailure } from "./errors.ts";

/** @throws {RegistryFailure} badAnswer when `bytes` are no JSON object; `what` names them. */
export function parseJsonObject(bytes: Uint8Array, what: string): JsonObject {
  const value = findJsonObject(new TextDecoder().decode(bytes));
  if (value === undefined) throw new RegistryFailure("badAnswer", `${what} is not a JSON object`);
  return value;
}
