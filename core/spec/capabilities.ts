import { isJsonObject, type JsonObject } from "./json.ts";

/**
 * What a plugin gets of the runtime's `runtimeConfig`: the capabilities that its configuration declares, under the
 * names that it uses. Names are compared without case, since containerd 1.6 capitalises some; the exact one wins.
 * Source: SPEC.md, "Deriving request configuration from plugin configuration".
 */
export function pickDeclared({ capabilities }: JsonObject, runtimeConfig: JsonObject): JsonObject {
  const declared = Object.entries(isJsonObject(capabilities) ? capabilities : {}).filter(
    ([, isDeclared]) => isDeclared === true,
  );
  const given = Object.entries(runtimeConfig);
  return Object.fromEntries(
    declared.flatMap(([name]) => {
      const found = given.find(([key]) => key === name) ?? given.find(([key]) => isSameName(key, name));
      return found === undefined ? [] : [[name, found[1]]];
    }),
  );
}

/** Does the plugin's configuration declare this capability? */
export function isDeclared(config: JsonObject, capability: string): boolean {
  return Object.keys(pickDeclared(config, { [capability]: true })).length > 0;
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
