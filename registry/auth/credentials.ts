import { homedir } from "node:os";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import { findJsonObject, isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { RegistryFailure } from "../errors.ts";
import { readBounded } from "../file/bounded-file.ts";
import { DOCKER_HUB } from "../reference.ts";
import type { Credential, Environment } from "./credential.ts";
import { askHelper } from "./helper.ts";

/** The same environment, but that no login is found in it: nothing lies below /dev/null. */
export function withoutLogin(env: Environment): Environment {
  return {
    ...env,
    HOME: "/dev/null",
    REGISTRY_AUTH_FILE: undefined,
    XDG_RUNTIME_DIR: undefined,
    XDG_CONFIG_HOME: undefined,
    DOCKER_CONFIG: undefined,
  };
}

const MAX_FILE_BYTES = 2 ** 20;

interface Asked {
  /** `host/repository` */
  readonly repository: string;
  readonly env: Environment;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The login for a repository out of docker's and podman's files, or of the helper that one names for its host;
 * undefined when there is none.
 * Keys count by exact host, or as a whole-segment prefix of the repository, the longest first: never by likeness.
 * Source: containers-auth.json(5).
 *
 * @throws {RegistryFailure} invalidCredentials, credentialHelper
 */
export async function findCredential(asked: Asked): Promise<Credential | undefined> {
  const { env } = asked;
  for (const file of listFiles(env)) {
    const settings = await findSettings(file, file === env["REGISTRY_AUTH_FILE"]);
    const found = settings && (await findInSettings(settings, { ...asked, file }));
    if (found !== undefined) return found;
  }
  return undefined;
}

function listFiles(env: Environment): string[] {
  if (env["REGISTRY_AUTH_FILE"]) return [env["REGISTRY_AUTH_FILE"]];
  const home = env["HOME"] ?? homedir();
  return [
    ...(env["XDG_RUNTIME_DIR"] ? [path.join(env["XDG_RUNTIME_DIR"], "containers/auth.json")] : []),
    path.join(env["XDG_CONFIG_HOME"] ?? path.join(home, ".config"), "containers/auth.json"),
    path.join(env["DOCKER_CONFIG"] ?? path.join(home, ".docker"), "config.json"),
  ];
}

/** A file that nobody asked for may be missing, or not be ours to read. */
async function findSettings(file: string, askedFor: boolean): Promise<JsonObject | undefined> {
  let bytes: Buffer | string;
  try {
    bytes = await readBounded(file, MAX_FILE_BYTES);
  } catch (cause) {
    const code = findErrno(cause);
    if (!askedFor && (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR")) return undefined;
    throw new RegistryFailure("invalidCredentials", `${file} can't be read (${code ?? "unknown error"})`, {
      cause,
    });
  }
  if (typeof bytes === "string") throw new RegistryFailure("invalidCredentials", `${file} ${bytes}`);
  const settings = findJsonObject(bytes.toString("utf8"));
  if (settings === undefined) throw new RegistryFailure("invalidCredentials", `${file} is not a JSON object`);
  return settings;
}

async function findInSettings(
  { auths, credHelpers, credsStore }: JsonObject,
  { repository, file, env, signal }: Asked & { file: string },
): Promise<Credential | undefined> {
  const segments = repository.split("/");
  const server = toServer(segments[0] ?? "");
  const ask = (helper: unknown) => askHelper(helper, { server, file, env, signal });
  const helper = entriesByKey(credHelpers).get(segments[0] ?? "");
  if (helper !== undefined) return await ask(helper);
  const entryByKey = entriesByKey(auths);
  for (let length = segments.length; length > 0; length--) {
    const key = segments.slice(0, length).join("/");
    const entry = entryByKey.get(key);
    if (entry === undefined) continue;
    const found = isJsonObject(entry) ? findInEntry(entry) : undefined;
    if (found !== undefined) return found;
    if (credsStore === undefined)
      throw new RegistryFailure("invalidCredentials", `${file} has no usable login under auths for ${key}`);
  }
  return credsStore === undefined ? undefined : await ask(credsStore);
}

function entriesByKey(value: unknown): Map<string, unknown> {
  return new Map(Object.entries(isJsonObject(value) ? value : {}).map(([key, entry]) => [toKey(key), entry]));
}

/** Keys may be written as an address: `https://host/v2/` means `host`. */
function toKey(key: string): string {
  const name = key.replace(/^https?:\/\//, "").replace(/(?:\/v[12])?\/?$/, "");
  return name === "index.docker.io" ? DOCKER_HUB : name;
}

/** Helpers know a registry by its host, and Docker Hub by the key that docker login writes. */
function toServer(host: string): string {
  return host === DOCKER_HUB ? "https://index.docker.io/v1/" : host;
}

function findInEntry({ auth, identitytoken, username, password }: JsonObject): Credential | undefined {
  if (typeof identitytoken === "string" && identitytoken !== "") return { identityToken: identitytoken };
  if (typeof auth === "string") {
    const [, name, secret] = /^([^:]+):(.*)$/s.exec(Buffer.from(auth, "base64").toString("utf8")) ?? [];
    if (name !== undefined && secret !== undefined) return { username: name, password: secret };
  }
  if (typeof username !== "string" || typeof password !== "string") return undefined;
  return { username, password };
}
