import * as z from "zod";
import { kubernetes, policy } from "./cluster-config.ts";
import { Failure } from "./errors.ts";
import { kpiName } from "./kpi/names.ts";
import { grant } from "./networks/grant-config.ts";
import { orAbsent } from "./or-absent.ts";
import { selection } from "./select/selection-config.ts";
import { findJsonObject, isJsonObject, type JsonObject, toFieldName } from "./spec/json.ts";
import { type CniVersion, IMPLIED_VERSION, parseCniVersion } from "./spec/versions.ts";
import { strict } from "./strict-object.ts";

export const DEFAULT_MODULE_STORE = "/var/lib/genie/modules";
export const DEFAULT_TRUST_POLICY = "/etc/genie/trust.json";

const folder = z.string().regex(/^\/[^\0]*$/, "must be an absolute path");

const networkFacts = strict({
  attributes: z.record(z.string(), z.string()).default({}),
  pricePerHour: z.number().nonnegative().optional(),
  capacityMbps: z.number().positive().optional(),
  /** What the admin knows of the network and nothing measures. A value that is measured counts more. */
  kpis: z.record(kpiName, z.number()).default({}),
  /** Links of the node that carry this network. */
  interfaces: z.array(z.string()).default([]),
});

const genie = strict({
  confDir: folder.default("/etc/cni/net.d"),
  stateDir: folder.default("/var/lib/genie"),
  moduleStore: folder.default(DEFAULT_MODULE_STORE),
  networks: z.record(z.string(), networkFacts).default({}),
  selection: selection.prefault({}),
  /** What becomes of the default routes of all interfaces of a pod but one. */
  secondaryRoutes: z.enum(["sbr", "drop", "keep"]).default("sbr"),
  /** What an NPWG annotation that can't be read means: the pod fails, or gets its default network alone. */
  invalidAnnotation: z.enum(["fail", "ignore"]).default("fail"),
  /** More networks for every pod, named as in the annotation `cni`. */
  defaultNetworks: z
    .array(z.string().regex(/^[^,]+$/, "must be one network"))
    .max(16)
    .default([]),
  /** True: a pod may use NetworkAttachmentDefinitions of its own namespace and of these alone. */
  namespaceIsolation: z.boolean().default(false),
  globalNamespaces: z.array(z.string()).default(["default"]),
  /** Once there are any, a namespace may use only what one of them gives it. */
  grants: z.array(grant).max(256).default([]),
  /** Whether SelectionPolicies of the cluster count, which takes the block `kubernetes`. */
  policySource: z.enum(["file", "cluster"]).default("file"),
  /** False: this file's selection and grants stand, whatever they say. */
  overridable: z.boolean().default(true),
  trust: strict({ policy: folder.default(DEFAULT_TRUST_POLICY) }).prefault({}),
});

const needed = z.string({ error: ({ input }) => (input === undefined ? "is missing" : "must be a text") });

/** What runtimes add. */
const fromRuntime = orAbsent(z.looseObject({}));

const config = z.looseObject({
  name: needed.regex(/^[a-zA-Z0-9][\w.-]*$/, "must be letters, digits, '_', '.', '-'"),
  type: needed.regex(/^[^/\0]+$/, "must be the plugin's base name"),
  /** As CNI-Genie has it: the network of a pod that asks for nothing. */
  default_plugin: orAbsent(z.string()),
  /** As CNI-Genie has it: `http://HOST:PORT`, where cAdvisor tells what the node's links carry. */
  cAdvisor_address: orAbsent(z.string().transform((text) => (text.trim() === "" ? undefined : text.trim()))),
  kubernetes: orAbsent(kubernetes),
  policy: orAbsent(policy),
  runtimeConfig: fromRuntime,
  args: fromRuntime,
  /** What the plugins before genie have made, when it is part of a chain. */
  prevResult: fromRuntime,
  disableGC: z.boolean().optional(),
  genie: genie.prefault({}),
});

const { policySource: source, overridable } = genie.shape;
const policySource = config
  .pick({ kubernetes: true, policy: true })
  .extend({ genie: z.object({ policySource: source, overridable }).prefault({}) });

export type GenieConfig = z.infer<typeof genie>;
export type NetworkFacts = z.infer<typeof networkFacts>;

/** The plugin's own configuration, every default filled in. */
export type Config = z.infer<typeof config> & { readonly cniVersion: CniVersion };

/**
 * Reads what the runtime hands over on stdin.
 *
 * @throws {Failure} decodingFailure, incompatibleVersion, or invalidConfig naming every field that is wrong.
 */
export function parseConfig(text: string): Config {
  return toConfig(parseObject(text));
}

/**
 * As parseConfig, but only what GC and the recovery of a damaged ledger entry need is read, and the rest is as if it
 * were absent: a mistake in what modules are told must not keep addresses from being given back.
 */
export function parseLenientConfig(text: string): Config {
  const { cniVersion, name, type, disableGC, genie: block } = parseObject(text);
  const { confDir, stateDir } = isJsonObject(block) ? block : {};
  return toConfig({ cniVersion, name, type, disableGC, genie: { confDir, stateDir } });
}

/**
 * Whether the cluster's policies count, and how they are asked for. A mistake in the rest is none here.
 *
 * @throws {Failure} decodingFailure, or invalidConfig naming every field that is wrong.
 */
export function parsePolicySource(text: string): z.infer<typeof policySource> {
  return parseWith(policySource, parseObject(text));
}

function toConfig(raw: JsonObject): Config {
  const cniVersion = parseVersionField(raw);
  return { ...parseWith(config, raw), cniVersion };
}

function parseWith<T>(schema: z.ZodType<T>, raw: JsonObject): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${toFieldName(issue.path)}: ${issue.message}`);
  throw new Failure("invalidConfig", faults.join("; "));
}

export type Folders = Pick<GenieConfig, "stateDir" | "confDir">;

/**
 * All that DEL needs. Read leniently: a mistake in the rest must not keep a pod from going.
 *
 * @throws {Failure} decodingFailure, or invalidConfig when nobody can know where the ledger is.
 */
export function parseFolders(text: string): Folders {
  const raw = parseObject(text);
  const block = isJsonObject(raw["genie"]) ? raw["genie"] : {};
  const stateDir = genie.shape.stateDir.safeParse(block["stateDir"]);
  if (!stateDir.success) throw new Failure("invalidConfig", "genie.stateDir: must be an absolute path");
  const confDir = genie.shape.confDir.safeParse(block["confDir"]);
  return { stateDir: stateDir.data, confDir: confDir.data ?? genie.shape.confDir.parse(undefined) };
}

/** The version in which to answer, for errors too; the fallback when stdin doesn't tell. */
export function findAnswerVersion(text: string, fallback: string): string {
  const version = findJsonObject(text)?.["cniVersion"];
  return typeof version === "string" && version !== "" && version.length < 32 ? version : fallback;
}

function parseObject(text: string): JsonObject {
  const raw = findJsonObject(text);
  if (raw === undefined)
    throw new Failure("decodingFailure", "the network configuration on stdin is not a JSON object");
  return raw;
}

function parseVersionField(raw: JsonObject): CniVersion {
  const version = raw["cniVersion"] ?? "";
  if (typeof version === "string") return parseCniVersion(version === "" ? IMPLIED_VERSION : version);
  throw new Failure("invalidConfig", "cniVersion: must be a text");
}
