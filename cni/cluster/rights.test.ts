import { readFile } from "node:fs/promises";
import path from "node:path";
import { loadAllYaml } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { RIGHTS } from "./rights.ts";

interface Manifest {
  readonly kind: string;
  readonly rules?: readonly { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

test("what genie needs is what the cluster is told to give, and nothing more", async () => {
  const file = path.join(import.meta.dirname, "../deploy/rights.yaml");
  const manifests = loadAllYaml(await readFile(file, "utf8")) as readonly Manifest[];
  const given = manifests.flatMap(({ rules = [] }) =>
    rules.flatMap(({ apiGroups: [group], resources: [resource], verbs }) =>
      verbs.map((verb) => ({ verb, resource, group })),
    ),
  );
  expect(given.length).toBeGreaterThan(5);
  expect(RIGHTS.map(({ verb, resource, group }) => ({ verb, resource, group }))).toEqual(given);
});
