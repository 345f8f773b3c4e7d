import * as z from "zod";
import type { Config } from "../config.ts";
import { Failure, listSome } from "../errors.ts";
import { hasAtMost, isJsonObject, type JsonObject, toFieldName } from "../spec/json.ts";
import { isWishKey } from "./wish-keys.ts";

/** Where Mesos' isolator puts what a framework says of one network. Source: Mesos docs/cni.md. */
const PLACE = 'args["org.apache.mesos"].network_info';

const MOST_VALUES = 10_000;
const MOST_LABELS = 1024;
const MOST_PORTS = 1024;
/** As Kubernetes bounds all annotations of a pod. */
const LONGEST_VALUE = 256 * 1024;
const LONGEST_KEY = 512;
const SHOWN = 128;

const text = (longest: number) =>
  z.string({ error: "must be a text" }).max(longest, `must have at most ${longest} characters`);
const list = <Item extends z.ZodType>(item: Item, most: number) =>
  z.array(item, { error: "must be a list" }).max(most, `must have at most ${most} elements`).default([]);
const map = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.looseObject(shape, { error: "must be an object" });

const port = z.int({ error: "must be a port" }).min(1, "must be a port").max(65_535, "must be a port");
const portMapping = map({
  host_port: port,
  container_port: port,
  protocol: z
    .string({ error: "must be a text" })
    .regex(/^(tcp|udp|sctp)$/i, "must be tcp, udp or sctp")
    .default("tcp"),
});
const networkInfo = map({
  labels: map({
    labels: list(map({ key: text(LONGEST_KEY), value: text(LONGEST_VALUE).default("") }), MOST_LABELS),
  }).prefault({}),
  port_mappings: list(portMapping, MOST_PORTS),
});

/** What a framework of Mesos says of a container and one network. */
export interface MesosNetwork {
  readonly labels: ReadonlyMap<string, string>;
  /** In the form of the capability `portMappings`. Source: CNI CONVENTIONS.md, "Dynamic Plugin specific fields". */
  readonly portMappings: readonly JsonObject[];
}

const KEY = "org.apache.mesos";

/** Is it Mesos that calls? */
export function isFromMesos({ args }: Pick<Config, "args">): boolean {
  return args?.[KEY] !== undefined;
}

/**
 * What Mesos hands over; undefined where it isn't Mesos that calls.
 *
 * @throws {Failure} invalidConfig naming every field that is wrong.
 */
export function findMesosNetwork({ args }: Pick<Config, "args">): MesosNetwork | undefined {
  const handed = args?.[KEY];
  if (handed === undefined) return undefined;
  const raw: unknown = isJsonObject(handed) ? handed["network_info"] : undefined;
  if (!hasAtMost(raw, MOST_VALUES)) {
    throw new Failure("invalidConfig", `${PLACE}: must hold at most ${MOST_VALUES} values`);
  }
  const parsed = networkInfo.safeParse(raw);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${toPlace(path)}: ${message}`);
    throw new Failure("invalidConfig", listSome(faults, "; "));
  }
  const { labels, port_mappings } = parsed.data;
  return {
    labels: toLabels(labels.labels),
    portMappings: port_mappings.map(({ host_port, container_port, protocol }) => ({
      hostPort: host_port,
      containerPort: container_port,
      protocol: protocol.toLowerCase(),
    })),
  };
}

/** Mesos' labels may be there twice; where one is a wish, nobody can know which counts. */
function toLabels(labels: readonly { key: string; value: string }[]): ReadonlyMap<string, string> {
  const valueByKey = new Map<string, string>();
  for (const [at, { key, value }] of labels.entries()) {
    if (valueByKey.has(key) && isWishKey(key)) {
      const shown = JSON.stringify(key.slice(0, SHOWN));
      throw new Failure("invalidConfig", `${PLACE}.labels.labels[${at}].key: ${shown} is there twice`);
    }
    valueByKey.set(key, value);
  }
  return valueByKey;
}

function toPlace(path: readonly PropertyKey[]): string {
  const name = toFieldName(path);
  return name === "" ? PLACE : `${PLACE}.${name}`;
}
