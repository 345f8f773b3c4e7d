/** Real processes and a real ledger: what counts is the order in which things reach the disk and the plugins. */
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findEntry } from "../../cni/ledger/format.ts";
import { openLedger } from "../../cni/ledger/ledger.ts";
import { processExec } from "../../cni/process-exec.ts";
import { openPluginFolder, type PluginFolder } from "../../test/plugins/scripted.ts";
import { Failure } from "../errors.ts";
import type { Attachment, Ledger } from "../ports.ts";
import type { JsonObject } from "../spec/json.ts";
import { parseNetwork } from "../spec/network.ts";
import { attach } from "./attach.ts";

let folder: PluginFolder;
let ledger: Ledger;
let warnings: string[];
beforeEach(async () => {
  folder = await openPluginFolder();
  warnings = [];
  ledger = openLedger(folder.dir, log);
});
afterEach(() => folder[Symbol.asyncDispose]());

const log = { warn: (_: unknown, message: string) => void warnings.push(message) };
const result = (mark: string) => JSON.stringify({ cniVersion: "1.0.0", ips: [], mark });
const fail = (code: number, msg: string) =>
  `echo '{"cniVersion":"0.4.0","code":${code},"msg":"${msg}","details":"d"}'; exit 1`;
const onAdd = (script: string) => `if [ $CNI_COMMAND = ADD ]; then ${script}; fi`;

function run(plugins: readonly object[], more: { runtimeConfig?: JsonObject; signal?: AbortSignal } = {}) {
  const network = parseNetwork(JSON.stringify({ cniVersion: "0.4.0", name: "blue", plugins }));
  const { runtimeConfig = {}, signal = new AbortController().signal } = more;
  const call = { containerId: "c1", netns: "/run/netns/a", ifName: "eth0", args: "A=b", path: folder.path };
  return attach(network, { call, runtimeConfig }, { exec: processExec, ledger, signal, log });
}

const verbs = async () => (await folder.takeCalls()).map(({ verb, plugin }) => `${verb} ${plugin}`);
const three = [{ type: "one" }, { type: "two" }, { type: "three" }];

async function addThree(middle: string): Promise<void> {
  await folder.plugin("one", `echo '${result("1")}'`);
  await folder.plugin("two", middle);
  await folder.plugin("three", `echo '${result("3")}'`);
}

describe("a chain that succeeds", () => {
  test("runs forward, each with the result of the one before, and gives the last one's", async () => {
    await addThree(`echo '${result("2")}'`);
    expect(await run(three)).toEqual({ cniVersion: "1.0.0", ips: [], mark: "3" });
    const calls = await folder.takeCalls();
    expect(calls.map(({ verb, plugin }) => `${verb} ${plugin}`)).toEqual(["ADD one", "ADD two", "ADD three"]);
    expect(calls.map(({ stdin }) => stdin["prevResult"])).toEqual([
      undefined,
      JSON.parse(result("1")),
      JSON.parse(result("2")),
    ]);
    for (const { stdin, ifName, netns, args } of calls) {
      expect({ ifName, netns, args }).toEqual({ ifName: "eth0", netns: "/run/netns/a", args: "A=b" });
      expect(stdin).toMatchObject({ name: "blue", cniVersion: "0.4.0" });
    }
  });

  test("leaves the undo in the ledger: backward, with the final result", async () => {
    await addThree(`echo '${result("2")}'`);
    await run(three);
    const [attachment] = await ledger.read("c1");
    expect(attachment).toMatchObject({ network: "blue", ifName: "eth0", state: "attached", args: "A=b" });
    expect(attachment?.undo.map(({ plugin, stdin }) => [plugin, JSON.parse(stdin)])).toEqual(
      ["three", "two", "one"].map((type) => [
        type,
        { type, name: "blue", cniVersion: "0.4.0", prevResult: JSON.parse(result("3")) },
      ]),
    );
  });

  test("keeps what the container has already", async () => {
    const other: Attachment = {
      containerId: "c1",
      ifName: "eth1",
      network: "red",
      netns: "/run/netns/a",
      args: "",
      state: "attached",
      undo: [],
    };
    await ledger.write("c1", [other]);
    await folder.plugin("one", `echo '${result("1")}'`);
    await run([{ type: "one" }]);
    expect((await ledger.read("c1")).map(({ ifName }) => ifName)).toEqual(["eth1", "eth0"]);
    await folder.plugin("one", onAdd("exit 1"));
    await expect(run([{ type: "one" }])).rejects.toThrow("exited with 1");
    expect((await ledger.read("c1")).map(({ ifName }) => ifName)).toEqual(["eth1", "eth0"]);
  });

  test("hands each plugin only the capabilities that it declares", async () => {
    await folder.plugin("one", `echo '${result("1")}'`);
    await folder.plugin("two", `echo '${result("2")}'`);
    const runtimeConfig = {
      portMappings: [{ hostPort: 80 }],
      bandwidth: {},
      "io.kubernetes.cri.pod-annotations": {},
    };
    const capabilities = { portMappings: true, bandwidth: false, mac: true, constructor: true };
    await run([{ type: "one" }, { type: "two", capabilities }], { runtimeConfig });
    const calls = await folder.takeCalls();
    expect(calls[0]?.stdin).not.toHaveProperty("runtimeConfig");
    expect(calls[1]?.stdin["runtimeConfig"]).toEqual({ portMappings: [{ hostPort: 80 }] });
    const [attachment] = await ledger.read("c1");
    expect(JSON.parse(attachment?.undo[0]?.stdin ?? "")).toHaveProperty("runtimeConfig.portMappings");
  });
});

test("the undo of the whole chain is on disk before the first plugin runs", async () => {
  const copy = path.join(folder.dir, "copy");
  await folder.plugin("one", onAdd(`cp '${folder.dir}/ledger/c1' '${copy}'; echo '{}'`));
  await folder.plugin("two", "echo '{}'");
  await run([{ type: "one" }, { type: "two", ipam: { type: "host-local" } }]);
  expect(findEntry(await readFile(copy))).toEqual([
    {
      containerId: "c1",
      ifName: "eth0",
      network: "blue",
      netns: "/run/netns/a",
      args: "A=b",
      state: "planned",
      undo: [
        {
          plugin: "two",
          stdin: '{"type":"two","ipam":{"type":"host-local"},"name":"blue","cniVersion":"0.4.0"}',
        },
        { plugin: "one", stdin: '{"type":"one","name":"blue","cniVersion":"0.4.0"}' },
      ],
    },
  ]);
});

test("nothing runs when the ledger can't be written", async () => {
  await addThree("echo '{}'");
  const broken: Ledger = {
    ...ledger,
    write: async () => {
      throw new Error("no space");
    },
  };
  const working = ledger;
  ledger = broken;
  await expect(run(three)).rejects.toThrow("no space");
  ledger = working;
  expect(await verbs()).toEqual([]);
});

test("when the ledger can't be completed, what has been done is undone", async () => {
  const entry = path.join(folder.dir, "ledger");
  await addThree("echo '{}'");
  await folder.plugin("three", onAdd(`rm -r '${entry}'; touch '${entry}'; echo '{}'`));
  await expect(run(three)).rejects.toMatchObject({ kind: "ioFailure" });
  await rm(entry);
  expect(await verbs()).toEqual(["ADD one", "ADD two", "ADD three", "DEL three", "DEL two", "DEL one"]);
});

describe("a chain that fails", () => {
  test("is undone as a whole, backward, and leaves nothing", async () => {
    await addThree(onAdd(fail(11, "no address")));
    await expect(run(three)).rejects.toMatchObject({
      plugin: "two",
      wire: { cniVersion: "0.4.0", code: 11, msg: "no address", details: "d" },
    });
    expect(await verbs()).toEqual(["ADD one", "ADD two", "DEL three", "DEL two", "DEL one"]);
    expect(await ledger.read("c1")).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test("keeps for DEL what can't be undone, and goes on with the rest", async () => {
    await addThree(fail(7, "broken for good"));
    await expect(run(three)).rejects.toMatchObject({ wire: { code: 7 } });
    expect(await verbs()).toEqual(["ADD one", "ADD two", "DEL three", "DEL two", "DEL one"]);
    const left = await ledger.read("c1");
    expect(left).toMatchObject([{ state: "planned", undo: [{ plugin: "two" }] }]);
    expect(left[0]?.undo).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  test("by our being stopped: is undone all the same", async () => {
    const stop = new AbortController();
    await addThree(onAdd(`touch '${folder.dir}/begun'; sleep 60`));
    const adding = run(three, { signal: stop.signal });
    await expect.poll(() => folder.has("begun"), { timeout: 20_000 }).toBe(true);
    stop.abort(new Error("ended by SIGTERM"));
    await expect(adding).rejects.toThrow("ADD of plugin two was ended by SIGTERM");
    expect(await verbs()).toEqual(["ADD one", "ADD two", "DEL three", "DEL two", "DEL one"]);
    expect(await ledger.read("c1")).toEqual([]);
  });
});

describe("what a plugin can do wrong", () => {
  const ended = "ADD of plugin one";
  test.each<[string, string, object]>([
    ["an error without exit code", `echo '{"code":7,"msg":"m"}'`, { wire: { code: 7, msg: "m" } }],
    ["words", "echo hello", { kind: "delegateFailed", message: expect.stringContaining("hello") }],
    ["nothing", ":", { kind: "delegateFailed", message: expect.stringContaining("it said nothing") }],
    ["a list", "echo '[]'", { kind: "delegateFailed" }],
    ["two results", "echo '{}{}'", { kind: "delegateFailed" }],
    ["exit code only", "exit 3", { message: `${ended} exited with 3: it said nothing` }],
    ["stderr only", "echo oops >&2; exit 3", { message: `${ended} exited with 3: oops` }],
    ["killed", "kill -9 $$", { kind: "delegateFailed", message: `${ended} was ended by SIGKILL` }],
    ["too much", "exec yes", { kind: "delegateFailed", message: expect.stringContaining("wrote more than") }],
    ["an error that is none", `echo '{"code":0}'; exit 1`, { kind: "delegateFailed" }],
    ["a code that is no number", `echo '{"code":"7","msg":"m"}'; exit 1`, { kind: "delegateFailed" }],
    ["a code beyond numbers", `echo '{"code":1e999,"msg":"m"}'; exit 1`, { kind: "delegateFailed" }],
    ["a code below numbers", `echo '{"code":-1,"msg":"m"}'; exit 1`, { kind: "delegateFailed" }],
    ["half a code", `echo '{"code":7.5,"msg":"m"}'`, { kind: "delegateFailed" }],
    ["an error without words", `echo '{"code":9}'; exit 1`, { wire: { code: 9, msg: "", details: "" } }],
    [
      "words that are no text",
      `echo '{"code":9,"msg":{},"details":[]}'; exit 1`,
      { wire: { msg: "", details: "" } },
    ],
  ])("%s", async (_, script, error) => {
    await folder.plugin("one", onAdd(script));
    await expect(run([{ type: "one" }])).rejects.toMatchObject(error);
    expect(await verbs()).toEqual(["ADD one", "DEL one"]);
    expect(await ledger.read("c1")).toEqual([]);
  });

  test("not be there", async () => {
    await folder.plugin("one", "echo '{}'");
    await expect(run([{ type: "one" }, { type: "gone" }])).rejects.toThrow(
      `ADD of plugin gone is not in CNI_PATH (${folder.path[0]})`,
    );
    expect(await verbs()).toEqual(["ADD one", "DEL one"]);
    expect(await ledger.read("c1")).toMatchObject([{ undo: [{ plugin: "gone" }] }]);
  });
});

test("a disk that fails while a failed ADD is undone doesn't hide what the plugin said", async () => {
  await addThree(onAdd(fail(17, "no address")));
  const real = ledger;
  let writes = 0;
  ledger = {
    ...real,
    write: async (...entry) => {
      if (++writes > 1) throw new Failure("ioFailure", "the disk is full");
      await real.write(...entry);
    },
  };
  await expect(run(three)).rejects.toMatchObject({ wire: { code: 17, msg: "no address" } });
  expect(await real.read("c1")).toMatchObject([{ state: "planned" }]);
  expect(warnings).toEqual(["the undo of a failed ADD failed; DEL tries again"]);
});
