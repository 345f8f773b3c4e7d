import { expect, test } from "vitest";
import type { JsonObject } from "../../core/spec/json.ts";
import { planMigration } from "./migrate.ts";

test.each<[string, JsonObject, object]>([
  [
    "delegates beside clusterNetwork",
    { clusterNetwork: "calico", delegates: [{ name: "blue", type: "bridge" }] },
    { config: { default_plugin: "calico" }, files: [] },
  ],
  [
    "defaultNetworks beside delegates",
    {
      delegates: ["a", "b"].map((name) => ({ name, type: "bridge" })),
      defaultNetworks: ["x"],
      clusterNetwork: "",
    },
    { config: { default_plugin: "a", genie: { defaultNetworks: ["b"] } } },
  ],
])("Multus passes %s over, in whatever order they stand", (_, keys, expected) => {
  for (const entries of [Object.entries(keys), Object.entries(keys).toReversed()]) {
    const plan = planMigration({ type: "multus", ...Object.fromEntries(entries) });
    expect(plan).toMatchObject(expected);
    expect(plan.notes).toContainEqual(
      expect.objectContaining({ fate: "dropped", words: expect.stringContaining("passes them over") }),
    );
  }
});

test("default networks that Multus finds by a path are left to a person", () => {
  const defaultNetworks = ["logs", "/etc/cni/multus/net.d/audit.conf"];
  const { config, notes } = planMigration({ type: "multus", clusterNetwork: "calico", defaultNetworks });
  expect(config).toMatchObject({ genie: { defaultNetworks: ["logs"] } });
  expect(notes).toContainEqual({
    key: "defaultNetworks",
    fate: "by hand",
    words: expect.stringContaining("put what /etc/cni/multus/net.d/audit.conf has into"),
  });
});
