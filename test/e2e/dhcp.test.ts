/** The reference plugin `dhcp`, whose daemon keeps the leases, as the IPAM of a second network. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { waitUntil } from "../cluster/manifests.ts";
import { type RunningProgram, runProgram } from "../cluster/program.ts";
import { addNamespace, listLinks, type NetworkNamespace, runIn } from "../setup/namespace.ts";
import { ensureRuntimes } from "../setup/tools.ts";
import { callGenie, type GenieCall, makeNode, type TestNode, withAnnotations } from "./node.ts";

/** The daemon renews at half of it. */
const LEASE_S = 20;
/** It has one address to give. */
const SERVER = { address: "10.10.3.1", only: "10.10.3.50", link: "red1" };

vi.setConfig({ testTimeout: 120_000 }); // an ADD takes six seconds, and the machine may be busy

const undo = new AsyncDisposableStack();
let dir: string;
let node: TestNode;
let daemon: RunningProgram;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-dhcp-"));
  undo.defer(() => rm(dir, { recursive: true }));
  node = undo.use(await makeNode());
  await startServer();
  undo.defer(() => daemon.stop());
  await startDaemon();
  const ipam = { type: "dhcp", daemonSocketPath: path.join(dir, "dhcp.sock") };
  const plugins = [{ type: "macvlan", master: "red0", mode: "bridge", ipam }];
  const list = { cniVersion: "1.0.0", name: "lan", plugins };
  await writeFile(path.join(node.confDir, "40-lan.conflist"), JSON.stringify(list));
});
afterAll(() => undo.disposeAsync());

const enter = (...command: readonly string[]) => [`--net=${node.namespace.path}`, "--", ...command];

/** busybox's own, on the other end of macvlan's cable. Source: busybox, examples/udhcp/udhcpd.conf. */
async function startServer(): Promise<void> {
  const { busybox } = await ensureRuntimes();
  const { address, only, link } = SERVER;
  const [file, leases] = [path.join(dir, "udhcpd.conf"), path.join(dir, "leases")];
  const lines = [
    `start ${only}`,
    `end ${only}`,
    `interface ${link}`,
    `lease_file ${leases}`,
    `pidfile ${path.join(dir, "pid")}`,
    "min_lease 5",
    `option lease ${LEASE_S}`,
    "option subnet 255.255.255.0",
    `option router ${address}`,
  ];
  await writeFile(leases, "");
  await writeFile(file, `${lines.join("\n")}\n`);
  const server = runProgram("nsenter", enter(busybox, "udhcpd", "-f", file), path.join(dir, "server.log"));
  undo.defer(() => server.stop());
}

async function startDaemon(): Promise<void> {
  await rm(path.join(dir, "dhcp.sock"), { force: true }); // one that was killed leaves it
  const words = [path.join(node.cniPath, "dhcp"), "daemon", "-socketpath", path.join(dir, "dhcp.sock")];
  daemon = runProgram("nsenter", enter(...words), path.join(dir, "daemon.log"));
  await waitUntil("the daemon listens", async () => (await readdir(dir)).includes("dhcp.sock"));
}

const countAnswers = async () =>
  (await readFile(path.join(dir, "server.log"), "utf8")).split("sending ACK").length - 1;

const call = (verb: GenieCall["verb"], pod: NetworkNamespace) =>
  callGenie(node, { verb, pod, stdin: node.config({}, withAnnotations({ cni: "blue, lan" })) });

test("a pod's second network has its address by DHCP, renewed while the pod lives; DEL releases it for the next", async () => {
  for (const isRenewed of [true, false]) {
    await using pod = await addNamespace();
    const ips = [{ address: expect.stringContaining("10.10.1.") }, { address: `${SERVER.only}/24` }];
    expect(await call("ADD", pod)).toMatchObject({ exitCode: 0, answer: { ips } });
    const ping = ["ping", "-c1", "-W5", "-I", "eth1", SERVER.address] as const;
    expect(await runIn(pod, ping)).toMatchObject({ exitCode: 0 });
    const answers = await countAnswers();
    if (isRenewed) await waitUntil("the lease is renewed", async () => (await countAnswers()) > answers);
    expect(await call("DEL", pod)).toMatchObject({ exitCode: 0 });
    expect(await listLinks(pod)).toEqual([]);
  }
});

test("without the plugin's daemon, DEL says so, undoes the other network, and does the rest once it is back", async () => {
  await using pod = await addNamespace();
  expect(await call("ADD", pod)).toMatchObject({ exitCode: 0 });
  await daemon.stop();
  expect(await call("DEL", pod)).toMatchObject({
    exitCode: 1,
    answer: { msg: expect.stringContaining("error dialing DHCP daemon") },
  });
  expect(await listLinks(pod)).toEqual(["eth1"]);
  await startDaemon();
  expect(await call("DEL", pod)).toMatchObject({ exitCode: 0 });
  expect(await listLinks(pod)).toEqual([]);
  expect(await readdir(path.join(node.stateDir, "ledger"))).toEqual([]);
});
