import { findJsonObject, isJsonObject, type JsonObject } from "../../core/spec/json.ts";

/** What a JSON web token says, whose signature is the server's to check. Source: RFC 7519, §4.1. */
export function findTokenClaims(token: string): JsonObject | undefined {
  const [, payload = ""] = token.split(".");
  return findJsonObject(Buffer.from(payload, "base64url").toString());
}

/**
 * To which node a service account's token is bound; undefined where it says of none. Source: Kubernetes, "Managing
 * Service Accounts", bound tokens.
 */
export function findTokenNode(token: string): string | undefined {
  const bound = findTokenClaims(token)?.["kubernetes.io"];
  const node = isJsonObject(bound) ? bound["node"] : undefined;
  const name = isJsonObject(node) ? node["name"] : undefined;
  return typeof name === "string" ? name : undefined;
}
