import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import { findJsonObject, isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { RegistryFailure } from "../errors.ts";

export type Credential =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment in which no login is found: nothing lies below /dev/null. */
export const ANONYMOUS: Environment = { HOME: "/dev/null" };

/**
 * The login for a repository (`host/repository`) out of docker's and podman's files; undefined when there is none.
 * Keys count by exact host, or as a whole-segment prefix of the repository, the longest first: never by likeness.
 * Source: containers-auth.json(5).
 *
 * @throws {RegistryFailure} invalidCredentials, credentialHelper
 */
export async function findCredential(repository: string, env: Environment): Promise<Credential | undefined> {
  for (const file of listFiles(env)) {
    const settings = await findSettings(file, file === env["REGISTRY_AUTH_FILE"]);
    const found = settings && findInSettings(settings, repository, file);
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
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const code = findErrno(cause);
    if (!askedFor && (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR")) return undefined;
    throw new RegistryFailure("invalidCredentials", `${file} can't be read (${code ?? "unknown error"})`, {
      cause,
    });
  }
  const settings = findJsonObject(text);
  if (settings === undefined) throw new RegistryFailure("invalidCredentials", `${file} is not a JSON object`);
  return settings;
}

function findInSettings(settings: JsonObject, repository: string, file: string): Credential | undefined {
  const { auths, credHelpers, credsStore } = settings;
  const segments = repository.split("/");
  const [host = ""] = segments;
  if (isJsonObject(credHelpers) && credHelpers[host] !== undefined)
    throw helperNeeded(file, host, credHelpers[host]);
  const entryByKey = new Map(
    Object.entries(isJsonObject(auths) ? auths : {}).map(([key, entry]) => [toKey(key), entry]),
  );
  for (let length = segments.length; length > 0; length--) {
    const key = segments.slice(0, length).join("/");
    const entry = entryByKey.get(key);
    if (entry === undefined) continue;
    const found = isJsonObject(entry) ? findInEntry(entry) : undefined;
    if (found !== undefined) return found;
    if (credsStore !== undefined) throw helperNeeded(file, host, credsStore);
    throw new RegistryFailure("invalidCredentials", `${file} has no usable login under auths for ${key}`);
  }
  return undefined;
}

/** Keys may be written as an address: `https://host/v2/` means `host`. */
function toKey(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/(?:\/v[12])?\/?$/, "");
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

function helperNeeded(file: string, host: string, helper: unknown): RegistryFailure {
  const name = typeof helper === "string" ? helper.slice(0, 40) : "?";
  return new RegistryFailure(
    "credentialHelper",
    `${file} keeps the login for ${host} in the helper ${JSON.stringify(name)}`,
  );
}
