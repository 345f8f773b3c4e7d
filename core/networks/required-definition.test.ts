import { describe, expect, test } from "vitest";
import { type FakeCluster, makeCluster, makeDefinition } from "../../test/fakes/cluster.ts";
import { makeSurroundings } from "../../test/fakes/surroundings.ts";
import { parseConfig } from "../config.ts";
import { Failure } from "../errors.ts";
import type { Wish } from "../intent/intent.ts";
import { requireDefinition } from "./required-definition.ts";

/** A pod of namespace `shop` wishes for what isn't there. */
async function require(name: string, cluster: FakeCluster, genie: object = {}) {
  const [namespace = "", object = ""] = name.split("/");
  const definition = { namespace, name: object };
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", genie }));
  const around = makeSurroundings(config, { files: [], pluginFilesByNetwork: new Map() });
  const wish: Wish = { from: "here", target: { wants: "definition", definition }, ifName: undefined };
  const { signal } = new AbortController();
  return await requireDefinition(definition, { wish, around }, { cluster, signal });
}

/** @param names such as `shop/blue`, or `infra/blue for team-*` with who may use it. */
const having = (...names: string[]) =>
  makeCluster({
    definitions: names.map((text) => {
      const [name = "", allowed] = text.split(" for ");
      const [namespace = "", object = ""] = name.split("/");
      const annotations = new Map(
        allowed === undefined ? [] : [["cni-genie.github.io/allowed-namespaces", allowed]],
      );
      return makeDefinition(object, "{}", { namespace, annotations });
    }),
  });
const isolated = { namespaceIsolation: true };
const granted = { grants: [{ namespaces: ["shop"], networks: ["shop/red"], may: [] }] };

describe("what isn't there is named, beside the closest of those that the pod may use:", () => {
  test.each<[string, string, readonly string[], object, string]>([
    ["of its own namespace", "shop/blue", ["shop/bleu", "shop/red"], {}, "the closest is bleu"],
    ["none at all", "shop/blue", ["infra/bleu"], {}, "namespace shop has none for this pod"],
    ["of another namespace", "infra/blue", ["infra/bleu", "shop/blu"], {}, "the closest is bleu"],
    ["of a namespace for all", "default/blue", ["default/bleu"], isolated, "the closest is bleu"],
    ["of what it has a grant for", "shop/blue", ["shop/bleu", "shop/red"], granted, "the closest is red"],
    ["not what is for others", "infra/blue", ["infra/bleu for ops", "infra/red"], {}, "the closest is red"],
  ])("%s", async (...[, name, names, genie, details]) => {
    await expect(require(name, having(...names), genie)).rejects.toMatchObject({
      kind: "unknownNetwork",
      message: `here: there is no NetworkAttachmentDefinition ${name}`,
      details,
    });
  });
});

const NONE = "namespace infra has none for this pod";
const RED = "the closest is red";
test.each<[string, readonly string[]]>([
  [NONE, []],
  [NONE, ["infra/bleu", "infra/red for ops"]],
  [NONE, ["infra/blue"]],
  [NONE, ["infra/blue for ops"]],
  [RED, ["infra/bleu", "infra/red for sh*"]],
  [RED, ["infra/blue", "infra/red for sh*"]],
  [RED, ["infra/blue for ops", "infra/red for sh*"]],
])(
  "of an isolated namespace, what isn't there is denied as what isn't for the pod: %s, %j",
  async (...[details, names]) => {
    await expect(require("infra/blue", having(...names), isolated)).rejects.toMatchObject({
      kind: "deniedByRule",
      message:
        "here: NetworkAttachmentDefinition infra/blue: namespaces are isolated: pods of namespace shop may not use those of infra",
      details,
    });
  },
);

test("what its own word keeps for others is denied before it is read", async () => {
  await expect(require("infra/blue", having("infra/blue for ops"))).rejects.toMatchObject({
    kind: "deniedByRule",
    message: expect.stringContaining("allowed-namespaces doesn't name namespace shop"),
  });
});

test("what isn't there is named, also while the cluster doesn't tell what is", async () => {
  const cluster = having();
  cluster.fail(["listDefinitions"], new Failure("tryAgainLater", "the API server is busy"));
  await expect(require("shop/blue", cluster)).rejects.toMatchObject({ kind: "unknownNetwork", details: "" });
  await expect(require("infra/blue", cluster, isolated)).rejects.toMatchObject({ kind: "deniedByRule" });
});
