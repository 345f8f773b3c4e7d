import * as z from "zod";
import { findDoubleKey, findJsonObject, toFieldName } from "../../core/spec/json.ts";
import { strict } from "../../core/strict-object.ts";
import { type Digest, isDigest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { parsePublicKey } from "./key.ts";
import { toRuleName } from "./rule-name.ts";
import { EVERYTHING, type SignatureDemand, type TrustPolicy, type TrustRule } from "./policy.ts";

const HOST = "(?:\\[[0-9a-f:.]+\\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\\d+)?";
const PREFIX = new RegExp(`^${HOST}(?:/[a-z0-9._-]+)*$`);
const WRONG_PREFIX =
  "must be HOST or HOST/PATH in small letters, without a tag and without a slash at the end";
const MAX_DEMANDS = 32;
/** `repositories.PREFIX.allOf[0].annotations` and what is there. */
const POLICY_LEVELS = 6;
/** Of a signature with a key of P-256, which takes 0.1 ms. */
const MAX_RULE_CHECKS = 4_096;

const prefix = z.string().regex(PREFIX, WRONG_PREFIX);
const demand = strict({
  /** Its text, or the absolute path of a file. */
  key: z
    .string()
    .regex(/^(?:\/[^\0]+|\s*-----BEGIN [^]*)$/, "must be a public key in PEM, or the path of one"),
  name: z.string().min(1).max(100).optional(),
  annotations: z.record(z.string(), z.string()).default({}),
});
const demands = z.array(demand).max(MAX_DEMANDS).default([]);

const rule = strict({
  allOf: demands,
  anyOf: demands,
  minimum: z.int().min(1).optional(),
  signedAs: prefix.optional(),
  namesRepository: z.boolean().default(false),
})
  .refine(({ allOf, anyOf }) => allOf.length + anyOf.length > 0, "must name a key under allOf or anyOf")
  .refine(({ anyOf, minimum }) => minimum === undefined || minimum <= anyOf.length, {
    path: ["minimum"],
    error: "must not be more than anyOf has",
  });

const blocked = strict({
  digest: z.custom<Digest>(isDigest, "must be sha256: and 64 hex digits"),
  reason: z.string().min(1).max(200),
});

const policyText = strict({
  sources: z.array(prefix).optional(),
  repositories: z.record(z.union([z.literal(EVERYTHING), prefix]), rule).default({}),
  blocked: z.array(blocked).default([]),
});

/** A policy as its file says it, with keys still to be read. */
export type PolicyText = z.infer<typeof policyText>;

/** @throws {RegistryFailure} invalidPolicy, naming the file and each field that is wrong */
export function parsePolicyText(text: string, file: string): PolicyText {
  const raw = findJsonObject(text);
  if (raw === undefined) throw new RegistryFailure("invalidPolicy", `${file} is not a JSON object`);
  const double = findDoubleKey(text);
  if (double !== undefined)
    throw new RegistryFailure("invalidPolicy", `${file} has the key ${JSON.stringify(double)} twice`);
  const dropped = findUnkeepable(raw);
  if (dropped !== undefined)
    throw new RegistryFailure("invalidPolicy", `${file}: ${toFieldName(dropped)}: no key may be called so`);
  const parsed = policyText.safeParse(raw);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map(({ code, path, message }) => {
    const why = code === "invalid_key" ? WRONG_PREFIX : message;
    return path.length === 0 ? why : `${toFieldName(path)}: ${why}`;
  });
  throw new RegistryFailure("invalidPolicy", `${file}: ${said.join("; ")}`);
}

/** Where a key lies that zod passes over without a word; what is deeper than a policy is refused by it. */
function findUnkeepable(value: unknown, levels = POLICY_LEVELS): PropertyKey[] | undefined {
  if (typeof value !== "object" || value === null || levels === 0) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "__proto__") return [key];
    const found = findUnkeepable(inner, levels - 1);
    if (found !== undefined) return [Array.isArray(value) ? Number(key) : key, ...found];
  }
  return undefined;
}

/** The files that a policy's keys lie in. */
export function listKeyFiles({ repositories }: PolicyText): string[] {
  const all = Object.values(repositories).flatMap(({ allOf, anyOf }) => [...allOf, ...anyOf]);
  return [...new Set(all.map(({ key }) => key).filter(isPath))];
}

/** @param pemByFile of each key file. @throws {RegistryFailure} invalidPolicy */
export function planPolicy(
  { sources, repositories, blocked: list }: PolicyText,
  { file, pemByFile }: { file: string; pemByFile: ReadonlyMap<string, string> },
): TrustPolicy {
  const ruleByPrefix = new Map<string, TrustRule>();
  for (const [at, { allOf, anyOf, minimum = 1, signedAs, namesRepository }] of Object.entries(repositories)) {
    const field = `${file}: ${toFieldName(["repositories", at])}`;
    const name = toRuleName(at);
    if (ruleByPrefix.has(name))
      throw new RegistryFailure("invalidPolicy", `${field} is for ${name}, which has a rule already`);
    if (at === EVERYTHING && signedAs !== undefined)
      throw new RegistryFailure("invalidPolicy", `${field}.signedAs: must be beside a prefix`);
    const read = (each: PolicyText["repositories"][string]["allOf"], name: string) =>
      each.map((one, index) => toDemand(one, { where: `${field}.${name}[${index}].key`, pemByFile }));
    const any = read(anyOf, "anyOf");
    if (anyOf.length > 0 && new Set(any.map(({ key }) => key.id)).size < minimum)
      throw new RegistryFailure("invalidPolicy", `${field}.anyOf has fewer different keys than its minimum`);
    const rule = { allOf: read(allOf, "allOf"), anyOf: any, minimum, namesRepository };
    checkCost(rule, field);
    ruleByPrefix.set(name, { ...rule, signedAs: signedAs && toRuleName(signedAs) });
  }
  return {
    sources: sources?.map(toRuleName),
    ruleByPrefix,
    blocked: new Map(list.map(({ digest, reason }) => [digest, reason])),
  };
}

/** As many signatures as there are keys are checked with each of them, while a pod waits. */
function checkCost({ allOf, anyOf }: Pick<TrustRule, "allOf" | "anyOf">, field: string): void {
  const keys = [...new Map([...allOf, ...anyOf].map(({ key }) => [key.id, key])).values()];
  const cost = keys.reduce((sum, { algorithm }) => sum + algorithm.cost, 0);
  if (keys.length * cost <= MAX_RULE_CHECKS) return;
  const most = "64 of ECDSA P-256, 45 of Ed25519 or 22 of ECDSA P-384";
  throw new RegistryFailure(
    "invalidPolicy",
    `${field} has too many keys for a pod to wait for: at most ${most}`,
  );
}

function toDemand(
  { key: text, name, annotations }: z.infer<typeof demand>,
  { where, pemByFile }: { where: string; pemByFile: ReadonlyMap<string, string> },
): SignatureDemand {
  const pem = isPath(text) ? pemByFile.get(text) : text;
  try {
    const key = parsePublicKey(pem ?? "", isPath(text) ? `${where} ${text}` : where);
    return { name: name ?? (isPath(text) ? text : key.id), key, annotations };
  } catch (cause) {
    if (!(cause instanceof RegistryFailure)) throw cause;
    throw new RegistryFailure("invalidPolicy", cause.message, { cause });
  }
}

function isPath(key: string): boolean {
  return key.startsWith("/");
}
