/** `genie-routes` by itself, in a real namespace. What it does for pods is in test/e2e/several-interfaces.test.ts. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, afterEach, expect, test } from "vitest";
import { DIST_DIR } from "../test/setup/build.ts";
import { addNamespace, type NetworkNamespace, runIn, runIp } from "../test/setup/namespace.ts";
import { runPlugin } from "../test/setup/plugin.ts";

const PROGRAM = path.join(DIST_DIR, "bin/genie-routes");

let pod: NetworkNamespace;
beforeEach(async () => {
  pod = await addNamespace();
  for (const [at, link] of ["eth0", "eth1"].entries()) {
    await ip("link", "add", link, "type", "veth", "peer", "name", `peer${at}`);
    await ip("link", "set", `peer${at}`, "up");
    await ip("link", "set", link, "up");
    await ip("address", "add", `10.0.${at}.5/24`, "dev", link);
    await ip("address", "add", `fd0${at}::5/64`, "dev", link, "nodad");
  }
});
afterEach(() => pod[Symbol.asyncDispose]());

const ip = (...words: readonly string[]) => runIp(["-n", pod.name, ...words]);
const show = async (...words: readonly string[]) =>
  (await runIn(pod, ["ip", ...words])).stdout.split("\n").map((line) => line.trim());

async function run(
  verb: string,
  acts: readonly string[] | string,
  more: { netns?: string; ifName?: string } = {},
) {
  const stdin = typeof acts === "string" ? acts : { acts, cniVersion: "1.0.0", type: "genie-routes" };
  const call = { program: PROGRAM, verb, stdin, cniPath: "", containerId: "c1", netns: pod.path };
  const { exitCode, stdout } = await runPlugin({ ...call, ifName: "eth1", ...more });
  return { exitCode, answer: stdout === "" ? undefined : JSON.parse(stdout) };
}

const ACTS = ["table 1001", "default 10.0.1.1", "default fd01::1", "from 10.0.1.5", "from fd01::5"];
const done = { exitCode: 0, answer: undefined };
/** ADD answers with the default routes of the interface. */
const added = (...routes: readonly object[]) => ({ exitCode: 0, answer: { cniVersion: "1.0.0", routes } });

test("the table has the interface's routes and a default one, and DEL takes it and its rules away", async () => {
  await ip("route", "add", "10.9.0.0/16", "via", "10.0.1.9", "dev", "eth1");
  for (const _ of ["once", "again"]) expect(await run("ADD", ACTS)).toEqual(added());
  const table = [
    "default via 10.0.1.1 dev eth1 proto static",
    "10.0.1.0/24 dev eth1 proto static scope link src 10.0.1.5",
    "10.9.0.0/16 via 10.0.1.9 dev eth1 proto static",
  ];
  expect(await show("route", "show", "table", "1001")).toEqual(table);
  expect(await show("-6", "route", "show", "default", "table", "1001")).toEqual([
    expect.stringContaining("default via fd01::1 dev eth1"),
  ]);
  expect((await show("rule", "show")).join()).toContain("1000:\tfrom 10.0.1.5 lookup 1001");
  expect((await show("-6", "rule", "show")).join()).toContain("1000:\tfrom fd01::5 lookup 1001");
  expect(await show("route", "show", "10.9.0.0/16")).toEqual(["10.9.0.0/16 via 10.0.1.9 dev eth1"]);
  for (const _ of ["once", "again"]) expect(await run("DEL", ["table 1001"])).toEqual(done);
  expect((await show("rule", "show")).join()).not.toContain("1001");
  expect((await show("-6", "rule", "show")).join()).not.toContain("1001");
  expect((await show("route", "show", "table", "all")).join()).not.toContain("1001");
});

test("rules go when their interface has gone before", async () => {
  await run("ADD", ACTS);
  await ip("link", "delete", "eth1");
  expect(await run("DEL", ACTS)).toEqual(done);
  expect((await show("rule", "show")).join()).not.toContain("1001");
});

test("only this interface's default routes leave the main table, also out of one that is shared", async () => {
  await ip("route", "add", "default", "via", "10.0.0.1", "dev", "eth0");
  await ip("route", "prepend", "default", "via", "10.0.1.1", "dev", "eth1");
  await ip("-6", "route", "add", "default", "via", "fd00::1", "dev", "eth0");
  await ip("-6", "route", "append", "default", "via", "fd01::1", "dev", "eth1");
  expect((await show("-6", "route", "show", "default")).length).toBe(3); // the route and its two ways
  expect(await run("ADD", ["undefault 4"])).toEqual(added({ dst: "::/0", gw: "fd01::1" }));
  expect((await show("-6", "route", "show", "default")).length).toBe(3);
  expect(await run("ADD", ["undefault 4", "undefault 6"])).toEqual(added());
  expect(await show("route", "show", "default")).toEqual(["default via 10.0.0.1 dev eth0"]);
  expect(await show("-6", "route", "show", "default")).toEqual([
    expect.stringContaining("default via fd00::1 dev eth0"),
  ]);
});

test("a gateway becomes the pod's, over that of another interface, and others wait behind it", async () => {
  await ip("route", "add", "default", "via", "10.0.0.1", "dev", "eth0");
  const acts = ["gateway 10.0.1.9 0", "gateway 10.0.1.8 2049", "gateway fd01::9 0"];
  const told = [
    { dst: "0.0.0.0/0", gw: "10.0.1.9" },
    { dst: "0.0.0.0/0", gw: "10.0.1.8" },
    { dst: "::/0", gw: "fd01::9" },
  ];
  expect(await run("ADD", acts)).toEqual(added(...told));
  expect(await show("route", "show", "default")).toEqual([
    "default via 10.0.1.9 dev eth1 proto static",
    "default via 10.0.1.8 dev eth1 proto static metric 2049",
  ]);
  expect(await show("-6", "route", "show", "default")).toEqual([
    expect.stringContaining("default via fd01::9 dev eth1"),
  ]);
});

test("a default route that somebody else made is told, also one without a gateway", async () => {
  await ip("route", "add", "default", "via", "10.0.0.1", "dev", "eth0");
  expect(await run("ADD", [])).toEqual(added());
  await ip("route", "add", "default", "dev", "eth1", "metric", "7");
  expect(await run("ADD", [])).toEqual(added({ dst: "0.0.0.0/0" }));
});

test.each([
  ["-4", "rule"],
  ["-6", "rule"],
  ["-4", "route"],
  ["-6", "route"],
])("CHECK misses a %s %s", async (family, object) => {
  await run("ADD", ACTS);
  expect(await run("CHECK", ACTS)).toEqual(done);
  await ip(family, object, object === "rule" ? "delete" : "flush", "table", "1001");
  expect(await run("CHECK", ACTS)).toMatchObject({ exitCode: 1, answer: { code: 100 } });
});

test("where there is no namespace any more, nothing is left to be undone", async () => {
  expect(await run("DEL", ACTS, { netns: "" })).toEqual(done);
  expect(await run("DEL", ACTS, { netns: "/run/netns/nowhere" })).toEqual(done);
});

test.each([
  ["a link that the kernel hasn't, such as a device of DPDK's", { ifName: "eth9" }],
  ["a namespace that isn't there", { netns: "/run/netns/nowhere" }],
  ["a namespace that is none", { netns: "/etc/passwd" }],
])("%s has no routes to be arranged, but can't have the default route", async (_, where) => {
  expect(await run("ADD", ACTS, where)).toEqual(added());
  for (const verb of ["CHECK", "DEL"]) expect(await run(verb, ACTS, where)).toEqual(done);
  const asked = await run("ADD", [...ACTS, "gateway 10.0.1.9 0"], where);
  expect(asked).toMatchObject({
    exitCode: 1,
    answer: { code: 100, msg: expect.stringContaining("CNI_IFNAME") },
  });
});

test.each<[string, Parameters<typeof run>, string]>([
  ["a gateway that can't be reached", ["ADD", ["gateway 10.44.0.1 0"]], "unreachable"],
  ["a verb that it doesn't serve", ["GC", ACTS], "CNI_COMMAND"],
  ["an act that it doesn't know", ["ADD", ["flush 4"]], "none that is known"],
  ["an address that is none", ["ADD", ["from 10.0.0.x"]], "none that is known"],
  ["a configuration without acts", ["ADD", "{}"], "doesn't begin with its acts"],
  ["nothing", ["ADD", ""], "doesn't begin with its acts"],
])("%s is answered with an error in CNI's words", async (_, call, words) => {
  const { exitCode, answer } = await run(...call);
  expect(exitCode).toBe(1);
  expect(answer).toEqual({ cniVersion: "1.0.0", code: 100, msg: expect.stringContaining(words) });
});

test("the program has its libc with it: it runs on nodes with another one", async () => {
  const bytes = await readFile(PROGRAM);
  expect(bytes.includes("/lib64/ld-linux") || bytes.includes("/lib/ld-linux")).toBe(false);
});
