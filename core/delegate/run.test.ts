import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FakeNode, openFakeNode } from "../../test/fakes/node.ts";
import { toPluginCall } from "../../test/plugins/plugin-call.ts";
import { runAdd, runSilent } from "./run.ts";

let node: FakeNode;
beforeEach(async () => {
  node = await openFakeNode();
});
afterEach(() => node[Symbol.asyncDispose]());

const add = () => runAdd(toPluginCall(node), node.ports.exec, node.ports.signal);
const silent = (verb: "DEL" | "CHECK" | "GC" | "STATUS") =>
  runSilent(toPluginCall(node, { verb }), node.ports.exec, node.ports.signal);

const failed = (message: string) => ({ kind: "delegateFailed", message: expect.stringContaining(message) });
const ended = "of plugin one";

/** What both ways to run a plugin take for a failure. */
const FAILURES: readonly [string, string, object][] = [
  ["an error without exit code", `echo '{"code":7,"msg":"m"}'`, { wire: { code: 7, msg: "m" } }],
  ["exit code only", "exit 3", failed(`${ended} exited with 3: it said nothing`)],
  ["stderr only", "echo oops >&2; exit 3", failed(`${ended} exited with 3: oops`)],
  ["words and an exit code", "echo oops; exit 3", failed(`${ended} exited with 3: oops`)],
  ["killed", "kill -9 $$", failed(`${ended} was ended by SIGKILL`)],
  ["too much", "exec yes", failed("wrote more than")],
  ["an error that is none", `echo '{"code":0}'; exit 1`, failed("exited with 1")],
  ["a code that is no number", `echo '{"code":"7","msg":"m"}'; exit 1`, failed("exited with 1")],
  ["a code beyond numbers", `echo '{"code":1e999,"msg":"m"}'; exit 1`, failed("exited with 1")],
  ["a code below numbers", `echo '{"code":-1,"msg":"m"}'; exit 1`, failed("exited with 1")],
  ["an error without words", `echo '{"code":9}'; exit 1`, { wire: { code: 9, msg: "", details: "" } }],
  [
    "words that are no text",
    `echo '{"code":9,"msg":{},"details":[]}'; exit 1`,
    { wire: { msg: "", details: "" } },
  ],
  [
    "all of its words",
    `echo '{"cniVersion":"0.4.0","code":11,"msg":"m","details":"d","more":1}'; exit 1`,
    { plugin: "one", wire: { cniVersion: "0.4.0", code: 11, msg: "m", details: "d" } },
  ],
];

test.each(FAILURES)("%s fails ADD", async (_, script, error) => {
  await node.plugin("one", script);
  await expect(add()).rejects.toMatchObject(error);
});

test.each(FAILURES)("%s fails DEL", async (_, script, error) => {
  await node.plugin("one", script);
  await expect(silent("DEL")).rejects.toMatchObject(error);
});

const nested = (levels: number) =>
  `printf '{"a":'; for side in '[' ']'; do head -c ${levels} /dev/zero | tr '\\0' "$side"; done`;

describe("ADD takes for no result", () => {
  test.each([
    ["words", "echo hello", "hello"],
    ["nothing", ":", "it said nothing"],
    ["a list", "echo '[]'", "[]"],
    ["null", "echo null", "null"],
    ["two results", "echo '{}{}'", "{}{}"],
    ["half a code", `echo '{"code":7.5,"msg":"m"}'`, '{"code":7.5'],
    ["what no stack is deep enough for", `${nested(100_000)}; echo '}'`, `{"a":${"[".repeat(507)}`],
  ])("%s", async (_, script, said) => {
    await node.plugin("one", script);
    await expect(add()).rejects.toMatchObject(
      failed(`ADD ${ended} answered success with something that isn't a result: ${said}`),
    );
  });
});

test("ADD gives the result as it was printed", async () => {
  await node.plugin("one", `echo '{"cniVersion":"1.0.0","code":0,"mine":[1]}'`);
  expect(await add()).toEqual({ cniVersion: "1.0.0", code: 0, mine: [1] });
});

test.each(["DEL", "CHECK", "GC", "STATUS"] as const)(
  "what %s prints at success doesn't matter",
  async (verb) => {
    for (const script of [":", "echo hello", "echo null", "echo '{}'", `echo '{"code":0}'`]) {
      await node.plugin("one", script);
      await silent(verb);
    }
    expect(await node.takeVerbs()).toEqual(Array.from({ length: 5 }, () => `${verb} one`));
  },
);

test("a plugin that isn't there is named, with the folders that were searched", async () => {
  await expect(silent("CHECK")).rejects.toMatchObject(
    failed(`CHECK ${ended} is not in CNI_PATH (${node.path[0]})`),
  );
});
