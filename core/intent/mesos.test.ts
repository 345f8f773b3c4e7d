import { expect, test } from "vitest";
import { findMesosNetwork } from "./mesos.ts";

const PLACE = 'args["org.apache.mesos"].network_info';
const read = (network_info: unknown) => findMesosNetwork({ args: { "org.apache.mesos": { network_info } } });
const labelled = (...labels: unknown[]) => ({ labels: { labels } });

test("what isn't Mesos' is passed over", () => {
  expect(findMesosNetwork({ args: { cni: "blue" } })).toBeUndefined();
  expect(findMesosNetwork({ args: undefined })).toBeUndefined();
});

// The example of Mesos docs/cni.md.
test("labels and port mappings are read as Mesos writes them", () => {
  const network = {
    name: "mynet",
    ...labelled({ key: "app", value: "myapp" }, { key: "env", value: "prod" }, { key: "flag" }),
    port_mappings: [
      { host_port: 8080, container_port: 80 },
      { host_port: 8081, container_port: 443, protocol: "UDP" },
    ],
    ip_addresses: [{}],
  };
  const found = read(network);
  expect(Object.fromEntries(found?.labels ?? [])).toEqual({ app: "myapp", env: "prod", flag: "" });
  expect(found?.portMappings).toEqual([
    { hostPort: 8080, containerPort: 80, protocol: "tcp" },
    { hostPort: 8081, containerPort: 443, protocol: "udp" },
  ]);
});

test("a framework may say nothing", () => {
  expect(read({})).toEqual({ labels: new Map(), portMappings: [] });
});

const port = { host_port: 1, container_port: 1 };
test.each<[unknown, string]>([
  [undefined, `${PLACE}: must be an object`],
  [[], `${PLACE}: must be an object`],
  [{ labels: [] }, `${PLACE}.labels: must be an object`],
  [{ labels: { labels: {} } }, `${PLACE}.labels.labels: must be a list`],
  [labelled(null), `${PLACE}.labels.labels[0]: must be an object`],
  [labelled({ value: "blue" }), `${PLACE}.labels.labels[0].key: must be a text`],
  [
    labelled({ key: "a", value: "" }, { key: "cni", value: 5 }),
    `${PLACE}.labels.labels[1].value: must be a text`,
  ],
  [labelled({ key: "k".repeat(513) }), `${PLACE}.labels.labels[0].key: must have at most 512 characters`],
  [
    labelled({ key: "cni", value: "b".repeat(262_145) }),
    `${PLACE}.labels.labels[0].value: must have at most 262144 characters`,
  ],
  [
    labelled({ key: "cni", value: "a" }, { key: "cni", value: "b" }),
    `${PLACE}.labels.labels[1].key: "cni" is there twice`,
  ],
  [
    labelled(...Array.from({ length: 1025 }, () => ({ key: "a" }))),
    `${PLACE}.labels.labels: must have at most 1024 elements`,
  ],
  [Array.from({ length: 10_000 }, () => ({})), `${PLACE}: must hold at most 10000 values`],
  [
    { port_mappings: [port, { ...port, host_port: 0 }] },
    `${PLACE}.port_mappings[1].host_port: must be a port`,
  ],
  [{ port_mappings: [{ host_port: 1 }] }, `${PLACE}.port_mappings[0].container_port: must be a port`],
  [
    { port_mappings: [{ ...port, container_port: 65_536 }] },
    `${PLACE}.port_mappings[0].container_port: must be a port`,
  ],
  [
    { port_mappings: [{ ...port, protocol: "icmp" }] },
    `${PLACE}.port_mappings[0].protocol: must be tcp, udp or sctp`,
  ],
])("what is wrong is named, %#", (network, message) => {
  expect(() => read(network)).toThrow(expect.objectContaining({ kind: "invalidConfig", message }));
});

test("of very many faults, only some are told", () => {
  const ports = Array.from({ length: 1000 }, () => ({}));
  expect(() => read({ port_mappings: ports })).toThrow(/^.{1,2000}$/s);
});

test("a label that is no wish may be there twice: the last one counts", () => {
  const found = read(labelled({ key: "app", value: "a" }, { key: "app", value: "b" }));
  expect(found?.labels.get("app")).toBe("b");
});
