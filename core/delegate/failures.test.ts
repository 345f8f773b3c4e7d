import { describe, expect, test } from "vitest";
import { makeDefinition } from "../../test/fakes/cluster.ts";
import { DelegateError, Failure, FAILURES, toWire } from "../errors.ts";
import { toOneFailure, toPlaced } from "./failures.ts";

const busy = new DelegateError("bridge", {
  cniVersion: "1.0.0",
  code: 11,
  msg: "busy",
  details: "try later",
});
const full = new Failure("ioFailure", "the disk is full", { details: "ENOSPC", cause: "write" });

test("none is nothing, and one is itself", () => {
  expect(toOneFailure([])).toBeUndefined();
  for (const one of [busy, full, new Error("a bug"), "thrown"]) expect(toOneFailure([one])).toBe(one);
});

test("a plugin's error keeps its code and words, and tells of the others", () => {
  const told = toOneFailure([busy, full, new Error("odd")]);
  expect(told).toBeInstanceOf(DelegateError);
  expect(told).toMatchObject({
    plugin: "bridge",
    wire: {
      cniVersion: "1.0.0",
      code: 11,
      msg: "busy",
      details: "try later; also failed: the disk is full; odd",
    },
  });
});

test("our own error keeps its kind, and tells which plugin failed besides", () => {
  const told = toOneFailure([full, busy, busy]);
  expect(told).toBeInstanceOf(Failure);
  expect(told).toMatchObject({
    kind: "ioFailure",
    message: "the disk is full",
    cause: "write",
    details: "ENOSPC; also failed: plugin bridge: busy; plugin bridge: busy",
  });
});

test("without details of its own, only the others are told", () => {
  const { cniVersion, code, msg } = busy.wire;
  expect(toOneFailure([new DelegateError("bridge", { cniVersion, code, msg }), full])).toMatchObject({
    wire: { details: "also failed: the disk is full" },
  });
  expect(toOneFailure([new Failure("ioFailure", "no"), full])).toMatchObject({
    details: "also failed: the disk is full",
  });
});

describe("a delegate's failure is told with its attachment:", () => {
  const eth0 = { network: "blue", ifName: "eth0" };
  const net1 = {
    network: "red-7",
    ifName: "net1",
    definition: makeDefinition("red", "{}", { namespace: "infra" }),
  };
  const red = "network red-7 (NetworkAttachmentDefinition infra/red), interface net1";
  const lost = new Failure("delegateFailed", "ADD of plugin ptp was ended by SIGKILL");
  test.each<[string, unknown, string]>([
    ["its own details first", toPlaced(busy, eth0), "try later; network blue, interface eth0"],
    ["with the object that describes the network", toPlaced(busy, net1), `try later; ${red}`],
    [
      "also where it said nothing",
      toPlaced(lost, eth0),
      `${FAILURES.delegateFailed.todo}; network blue, interface eth0`,
    ],
    [
      "each of several with its own",
      toOneFailure([toPlaced(busy, eth0), toPlaced(busy, net1), toPlaced(lost, eth0)]),
      `try later; network blue, interface eth0; also failed: plugin bridge: busy (${red}); ${lost.message} (network blue, interface eth0)`,
    ],
  ])("%s", (_, failure, details) => expect(toWire(failure, "1.0.0")).toMatchObject({ details }));

  test("a failure of genie's own is about no attachment", () => {
    for (const one of [full, new Error("a bug"), "thrown"]) expect(toPlaced(one, eth0)).toBe(one);
  });
});

test("what is told is bounded", () => {
  const many = Array.from({ length: 100 }, () => busy);
  expect(toOneFailure([full, ...many])).toMatchObject({ details: expect.stringContaining("and 84 more") });
});

test("a bug stays a bug", () => {
  const bug = new TypeError("x is undefined");
  expect(toOneFailure([bug, busy])).toBe(bug);
});
