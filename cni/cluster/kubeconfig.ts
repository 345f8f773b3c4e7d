import path from "node:path";
import { loadYaml } from "@kubernetes/client-node";
import * as z from "zod";
import { Failure, listSome } from "../../core/errors.ts";
import { toJson } from "../../core/printable.ts";
import { isJsonObject, type JsonObject, toFieldName } from "../../core/spec/json.ts";
import type { Source } from "./source.ts";

/** Where an API server is and how we prove who we are; undefined where nobody says. */
export interface Access {
  readonly server: string | undefined;
  /** Certificates of who vouches for the server, PEM; undefined for the authorities that node knows. */
  readonly authority: Source | undefined;
  /** The name in the server's certificate, where that is another one than its address. */
  readonly serverName: string | undefined;
  /** The file asks that whoever answers be believed. */
  readonly skipsVerify: boolean;
  readonly token: Source | undefined;
  /** PEM, as its key. */
  readonly certificate: Source | undefined;
  readonly key: Source | undefined;
}

const text = z.string().optional();

const cluster = z.object({
  server: text,
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": z.boolean().optional(),
  "tls-server-name": text,
  "proxy-url": text,
});

const user = z.looseObject({
  token: text,
  /** Counts before `token`. */
  tokenFile: text,
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
});

/** Source: Kubernetes, "kubeconfig (v1)". */
const kubeconfig = z.object({
  "current-context": z.string(),
  contexts: z.array(
    z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }),
  ),
  clusters: z.array(z.object({ name: z.string(), cluster })),
  users: z.array(z.object({ name: z.string(), user: user.nullish() })),
});

const SHOWN = 64;

/** What would start a program, use a password, act as another one: for people, and not for a plugin that root runs. */
const REFUSED = [
  "exec",
  "auth-provider",
  "username",
  "password",
  "as",
  "as-uid",
  "as-groups",
  "as-user-extra",
];

/**
 * The current context of a kubeconfig.
 *
 * @param file where it stands: the files that it names are found from that folder.
 * @throws {Failure} invalidConfig naming the field, and no value: there are secrets among them.
 */
export function parseKubeconfig(yaml: string, file: string): Access {
  const { cluster, user } = pickCurrent(parseYaml(yaml));
  const inFile = (name: string | undefined) => name && { file: path.resolve(path.dirname(file), name) };
  const findPem = <Field extends string>(
    fields: { readonly [name in Field | `${Field}-data`]?: string | undefined },
    field: Field,
  ): Source | undefined => {
    const data = fields[`${field}-data` as const];
    if (!data) return inFile(fields[field]) || undefined;
    return { text: Buffer.from(data, "base64").toString(), from: `${file}: ${field}-data` };
  };
  return {
    server: cluster.server || undefined,
    serverName: cluster["tls-server-name"],
    skipsVerify: cluster["insecure-skip-tls-verify"] ?? false,
    authority: findPem(cluster, "certificate-authority"),
    token:
      inFile(user.tokenFile) || (user.token && { text: user.token, from: `${file}: token` }) || undefined,
    certificate: findPem(user, "client-certificate"),
    key: findPem(user, "client-key"),
  };
}

function parseYaml(yaml: string): z.infer<typeof kubeconfig> {
  const parsed = kubeconfig.safeParse(readYaml(yaml));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${toFieldName(path)}: ${message}`);
  throw new Failure("invalidConfig", listSome(faults, "; "));
}

function readYaml(yaml: string): JsonObject {
  const found = decodeYaml(yaml);
  return isJsonObject(found) ? found : failAt(undefined);
}

function decodeYaml(yaml: string): unknown {
  try {
    return loadYaml<unknown>(yaml);
  } catch (error) {
    if (!(error instanceof Error && error.name === "YAMLException")) throw error;
    const mark = "mark" in error && isJsonObject(error.mark) ? error.mark : {};
    return failAt(mark["line"]);
  }
}

/** Names the line at most: what the parser says of it quotes the text. @param line counted from 0. */
function failAt(line: unknown): never {
  const place = typeof line === "number" ? `line ${line + 1}: ` : "";
  throw new Failure("invalidConfig", `${place}no kubeconfig, which is one object in YAML`, {
    details: "kubectl config view --raw --minify --flatten writes one",
  });
}

function pickCurrent({ "current-context": name, contexts, clusters, users }: z.infer<typeof kubeconfig>) {
  const { context } = pick(contexts, name, "contexts");
  const { cluster: found } = pick(clusters, context.cluster, "clusters");
  const { user: own } = pick(users, context.user, "users");
  if (found["proxy-url"] !== undefined) {
    throw new Failure("invalidConfig", 'clusters: "proxy-url" is not served', {
      details: "name a server that the node reaches itself",
    });
  }
  const refused = REFUSED.find((key) => (own?.[key] ?? undefined) !== undefined);
  if (refused !== undefined) {
    throw new Failure("invalidConfig", `users: "${refused}" is not served`, {
      details: "genie runs as root: give its user a token, a tokenFile or a client certificate",
    });
  }
  return { cluster: found, user: own ?? {} };
}

function pick<T extends { name: string }>(list: readonly T[], name: string, field: string): T {
  const found = list.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new Failure("invalidConfig", `${field}: none is called ${toJson(name.slice(0, SHOWN))}`);
}
