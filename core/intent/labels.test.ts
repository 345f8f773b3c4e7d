import { expect, test } from "vitest";
import { findLabels } from "./labels.ts";

const pair = (key: unknown, value: unknown) => ({ key, value });

test.each<[string, Record<string, unknown> | undefined, [string, string][]]>([
  [
    "as the conventions have them",
    { cni: { labels: [pair("app", "shop"), pair("env", "prod")] } },
    [
      ["app", "shop"],
      ["env", "prod"],
    ],
  ],
  ["none", undefined, []],
  ["a bare annotation", { cni: "blue" }, []],
  ["a map", { cni: { labels: { app: "shop" } } }, []],
  [
    "what is no pair is passed over",
    { cni: { labels: [null, "a", pair("a", 1), pair(1, "a"), {}, pair("b", "")] } },
    [["b", ""]],
  ],
])("%s", (_, args, labels) => expect([...(findLabels({ args }) ?? [])]).toEqual(labels));
