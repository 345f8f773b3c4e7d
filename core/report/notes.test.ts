import { expect, test } from "vitest";
import { makeMade } from "../../test/fakes/made.ts";
import { parseConfig } from "../config.ts";
import { readGenieIntent } from "../intent/genie.ts";
import { NETWORKS } from "../intent/npwg/keys.ts";
import { toPodNotes } from "./notes.ts";
import { NETWORK_STATUS } from "./npwg-status.ts";

const RESULT = { cniVersion: "1.0.0", interfaces: [{ name: "eth0", sandbox: "/run/netns/a" }] };

/** What is written on a pod with these annotations, where a rule has genie choose, whatever they say. */
function note(annotations: Readonly<Record<string, string>>) {
  const config = parseConfig('{"name":"genie","type":"genie"}');
  const told = {
    pod: { namespace: "shop", name: "web", uid: "u1" },
    annotations: new Map(Object.entries(annotations)),
    intent: readGenieIntent(new Map([["cni", ""]]), config),
    node: { networks: [], skipped: [] },
  };
  return toPodNotes(told, [makeMade("eth0", RESULT, { wants: "any", count: 1, isNoted: true })]).annotations;
}

test("what was chosen is written where the pod asked for that, and never over its own words", () => {
  expect(note({ cni: " " })).toEqual({ cni: "blue" });
  expect(note({ cni: "red" })).toEqual({});
  expect(note({})).toEqual({});
});

test("a pod that asked in the way of the NPWG has a status, though its wish counts for nothing", () => {
  const { [NETWORK_STATUS]: status, ...others } = note({ [NETWORKS]: "red" });
  expect(JSON.parse(status ?? "")).toMatchObject([{ name: "blue", interface: "eth0" }]);
  expect(others).toEqual({});
});
