/** The definition of SelectionPolicy, made from the schema by which nodes read one. `npm run docs` writes it. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { policySpec } from "../../core/selection-policy/policy.ts";
import type { JsonObject } from "../../core/spec/json.ts";
import { CLONE_DIR } from "../setup/build.ts";
import { toStructural } from "./structural-schema.ts";
import { formatYaml } from "./yaml.ts";

export const DEFINITION_FILE = path.join(CLONE_DIR, "cni/deploy/crd/selection-policies.yaml");

const HEAD = "# Made from core/selection-policy/policy.ts by `npm run docs`.\n";
const GROUP = "cni-genie.github.io";
const PLURAL = "selectionpolicies";

const COLUMNS = [
  { name: "Priority", type: "integer", jsonPath: ".spec.priority" },
  { name: "Namespaces", type: "string", jsonPath: ".spec.pods.namespaces" },
  { name: "Networks", type: "string", jsonPath: ".spec.networks.names" },
  { name: "Override", type: "boolean", jsonPath: ".spec.override" },
  { name: "Scorers", type: "string", jsonPath: ".spec.selection.scorers[*].module", priority: 1 },
  { name: "Selectors", type: "string", jsonPath: ".spec.selection.selector[*].module", priority: 1 },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
];

const text = (maxLength: number) => ({ type: "string", maxLength });

const STATUS = {
  description:
    "Which modules nodes really run: a digest that isn't yet everywhere shows. Empty: the node daemon that writes it comes with a later version.",
  type: "object",
  properties: {
    nodes: {
      type: "array",
      maxItems: 5_000,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["node"],
      items: {
        type: "object",
        required: ["node"],
        properties: {
          node: text(253),
          digests: { type: "array", maxItems: 40, items: text(71) },
          since: { type: "string", format: "date-time" },
        },
      },
    },
  },
};

function toSchema(): JsonObject {
  const { definitions: _any, ...spec } = z.toJSONSchema(policySpec, { target: "openapi-3.0", io: "input" });
  return {
    description:
      "Which pods choose among which networks, with which modules. The admin's rules win over the pod's.",
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: toStructural(spec),
      status: STATUS,
    },
  };
}

/** The whole file. */
export function formatDefinition(): string {
  const version = {
    name: "v1alpha1",
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: COLUMNS,
    schema: { openAPIV3Schema: toSchema() },
  };
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${PLURAL}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Cluster",
      names: { plural: PLURAL, singular: "selectionpolicy", kind: "SelectionPolicy", shortNames: ["selpol"] },
      versions: [version],
    },
  };
  return HEAD + formatYaml(definition);
}

if (import.meta.main) await writeFile(DEFINITION_FILE, formatDefinition());
