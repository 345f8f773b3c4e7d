import { expect, test } from "vitest";
import { makeAttachment } from "../../test/fakes/attachment.ts";
import { toResult } from "../spec/result.ts";
import { toRouteStep } from "./acts.ts";
import { openRouter, type RouterOptions } from "./router.ts";

const both = toResult({ routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }] });
const onlyOld = toResult({ routes: [{ dst: "0.0.0.0/0" }, { dst: "10.0.0.0/8" }] });
const none = toResult({});

const named = (...ifNames: readonly string[]) => ifNames.map((ifName) => ({ ifName, gateways: undefined }));
const open = (more: Partial<RouterOptions> = {}) =>
  openRouter({
    mode: "sbr",
    hasProgram: true,
    interfaces: named("eth0", "eth1", "eth2"),
    before: { prevResult: undefined, others: [] },
    ...more,
  });

test("the first that brings a default route of a family keeps it, and each interface has a table", () => {
  const router = open();
  expect(router.plan("eth0")).toEqual({ without: [], gateways: [], table: 1000, hasProgram: true });
  router.note(onlyOld);
  router.note(toResult({ routes: [{ dst: "::/0", table: 100 }] })); // is the pod's only for whom a rule sends there
  expect(router.plan("eth1")).toMatchObject({ without: ["4"], table: 1001 });
  router.note(both);
  expect(router.plan("eth2")).toMatchObject({ without: ["4", "6"], table: 1002 });
});

test.each<[string, Partial<RouterOptions>]>([
  ["of one interface", { interfaces: named("eth0") }],
  ["that the admin wants to keep", { mode: "keep" }],
])("routes %s stay as they are", (_, more) => {
  const router = open(more);
  router.note(both);
  expect(router.plan("eth0")).toBeUndefined();
});

test.each<[string, Partial<RouterOptions>]>([
  ["wants routes dropped", { mode: "drop" }],
  ["built genie without genie-routes", { hasProgram: false }],
])("no interface has a table where the admin %s", (_, more) => {
  const router = open(more);
  router.note(both);
  expect(router.plan("eth1")).toMatchObject({ without: ["4", "6"], table: undefined });
});

test.each<[string, readonly string[], readonly string[]]>([
  ["a gateway of IPv4", ["10.0.0.1"], ["4"]],
  ["gateways of both", ["10.0.0.1", "fd00::1"], ["4", "6"]],
  ["its network's own", [], ["4", "6"]],
])("who asks for %s has the default route, whenever it is attached", (_, gateways, families) => {
  for (const mode of ["sbr", "drop", "keep"] as const) {
    const router = open({ mode, interfaces: [...named("eth0"), { ifName: "net1", gateways }] });
    expect(router.plan("eth0")?.without).toEqual(families);
    router.note(none);
    expect(router.plan("net1")).toMatchObject({ without: [], gateways });
  }
});

test("one interface that asks for gateways has them and no table: it has the only way", () => {
  const router = open({ interfaces: [{ ifName: "eth0", gateways: ["10.0.0.1"] }] });
  expect(router.plan("eth0")).toEqual({
    without: [],
    gateways: ["10.0.0.1"],
    table: undefined,
    hasProgram: true,
  });
});

const step = (prevResult?: object) => ({ plugin: "blue", stdin: JSON.stringify({ prevResult }) });

test.each<[string, RouterOptions["before"], readonly string[]]>([
  ["a plugin before genie", { prevResult: onlyOld, others: [] }, ["4"]],
  [
    "another call",
    { prevResult: undefined, others: [makeAttachment({ steps: [step({ routes: [{ dst: "::/0" }] })] })] },
    ["6"],
  ],
  [
    "another call to a plugin of before 0.4.0, of which no result is kept",
    { prevResult: undefined, others: [makeAttachment({ steps: [step()] })] },
    ["4", "6"],
  ],
])("what %s has made keeps its default route", (_, before, families) => {
  expect(open({ interfaces: named("eth1"), before }).plan("eth1")?.without).toEqual(families);
});

test("what another call left half done keeps nothing, but its table", () => {
  const others = [makeAttachment({ state: "planned", steps: [toRouteStep(["table 1000"], "blue")] })];
  const router = open({ before: { prevResult: undefined, others } });
  expect(router.plan("eth1")).toMatchObject({ without: [], table: 1001 });
});
