import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "../../core/config.ts";
import { listNetworks } from "../../core/networks/candidates.ts";
import { sampleCadvisor } from "./cadvisor.ts";

const answer = JSON.stringify({
  stats: [0, 1].map((second) => ({
    timestamp: `2026-01-01T00:00:0${second}Z`,
    network: { interfaces: [{ name: "weave", rx_bytes: 125_000 * second, tx_bytes: 0 }] },
  })),
});

let server: http.Server;
let asked: { line: string; body: string }[];
let reply: (response: http.ServerResponse) => void;
let warnings: { reason?: unknown }[];
/** Ends when a test says so, however long an answer takes. */
let deadline: AbortController;
beforeEach(async () => {
  deadline = new AbortController();
  asked = [];
  warnings = [];
  reply = (response) => response.end(answer);
  server = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      asked.push({ line: `${request.method} ${request.url}`, body });
      reply(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const port = () => (server.address() as AddressInfo).port;
const node = listNetworks(
  {
    files: [{ name: "10-weave.conf", text: '{"name":"net","type":"weave-net"}' }],
    pluginFilesByNetwork: new Map(),
  },
  { type: "genie" },
);
async function sample(address: string | undefined) {
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", cAdvisor_address: address }));
  const log = { warn: (fields: object) => void warnings.push(fields) };
  return await sampleCadvisor(node.networks, config, { log, late: deadline.signal });
}

test.each(["", "/", " "])(
  "cAdvisor is asked for two looks, as CNI-Genie asked (address ends with %j)",
  async (end) => {
    expect(await sample(`http://127.0.0.1:${port()}${end}`)).toMatchObject([
      { network: "net", kpi: "received-mbps", value: 1, takenAtMs: Date.parse("2026-01-01T00:00:01Z") },
      { kpi: "sent-mbps", value: 0 },
    ]);
    expect(asked).toEqual([{ line: "POST /api/v1.3/containers", body: '{"num_stats":2}' }]);
    expect(warnings).toEqual([]);
  },
);

test.each([undefined, "", " "])("nobody is asked without an address: %j", async (address) => {
  expect(await sample(address)).toEqual([]);
  expect(warnings).toEqual([]);
});

test.each<[string, (response: http.ServerResponse) => void, string | undefined]>([
  ["denies", (response) => response.writeHead(403).end(), "it answered with 403"],
  ["never answers", () => deadline.abort(), "it took more than 1000 ms"],
  ["never ends", (response) => void response.write("{", () => deadline.abort()), "it took more than 1000 ms"],
  ["hangs up", (response) => response.destroy(), "socket hang up"],
  [
    "leads elsewhere",
    (response) => response.writeHead(302, { location: "/x" }).end(),
    "it answered with 302",
  ],
  [
    "has no end",
    (response) => response.end("x".repeat(3 * 2 ** 20 + 1)),
    "it answered with more than 3145728 bytes",
  ],
  ["says something else", (response) => response.end("[]"), undefined],
])("one that %s is warned of, and nothing is measured", async (_, how, reason) => {
  reply = how;
  expect(await sample(`http://127.0.0.1:${port()}`)).toEqual([]);
  expect(warnings.map((fields) => fields.reason)).toEqual([reason]);
  expect(asked).toHaveLength(1);
});

test.each([
  ["http://127.0.0.1:1", expect.stringContaining("")],
  ["localhost:4194", "it is no URL of http"],
  ["file:///etc/passwd", "it is no URL of http"],
  ["http://admin:secret@127.0.0.1:1", "it has a user, and genie sends none"],
  ["admin:secret@127.0.0.1:1", "it is no URL of http"],
  ["http://169.254.169.254", expect.stringContaining("no address to ask")],
  ["http://[fe80::1]:4194", expect.stringContaining("no address to ask")],
])("an address where nobody is, or that is none, stops no pod: %s", async (address, reason) => {
  expect(await sample(address)).toEqual([]);
  expect(warnings).toMatchObject([{ reason }]);
  expect(JSON.stringify(warnings)).not.toContain("secret");
});
