import { expect, test } from "vitest";
import { pickDeclared } from "./capabilities.ts";
import type { JsonObject } from "./json.ts";

const given = { portMappings: [{ hostPort: 80 }], bandwidth: { ingressRate: 1 }, mac: null };

test.each<[string, unknown, JsonObject]>([
  ["declared", { portMappings: true }, { portMappings: given.portMappings }],
  ["declared in another case", { PORTMAPPINGS: true }, { PORTMAPPINGS: given.portMappings }],
  ["declared, and given as null", { mac: true }, { mac: null }],
  ["declared, not given", { ips: true }, {}],
  ["not declared", {}, {}],
  ["declared false", { portMappings: false, bandwidth: true }, { bandwidth: given.bandwidth }],
  ["declared as a text", { portMappings: "true" }, {}],
  ["declared as a number", { portMappings: 1 }, {}],
  ["a list of names", ["portMappings"], {}],
  ["a name of every object", { constructor: true, toString: true }, {}],
  ["null", null, {}],
  ["absent", undefined, {}],
])("%s", (_, capabilities, picked) => {
  expect(pickDeclared({ type: "bridge", capabilities }, given)).toEqual(picked);
});

test("of two names that differ in case the exact one counts", () => {
  const both = { Bandwidth: 1, bandwidth: 2, BANDWIDTH: 3 };
  expect(pickDeclared({ capabilities: { bandwidth: true } }, both)).toEqual({ bandwidth: 2 });
  expect(pickDeclared({ capabilities: { BandWidth: true } }, both)).toEqual({ BandWidth: 1 });
});

test("a capability named __proto__ changes no prototype", () => {
  const declaring = JSON.parse('{"capabilities":{"__proto__":true}}') as JsonObject;
  const picked = pickDeclared(declaring, JSON.parse('{"__proto__":{"polluted":true}}') as JsonObject);
  expect(Object.getPrototypeOf(picked)).toBe(Object.prototype);
  expect(picked["polluted"]).toBeUndefined();
});
