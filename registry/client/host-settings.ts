import { X509Certificate } from "node:crypto";
import { stat } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";
import { findJsonObject, toFieldName } from "../../core/spec/json.ts";
import { strict } from "../../core/strict-object.ts";
import { readBounded } from "../file/bounded-file.ts";
import { readGuarded } from "../file/guarded-file.ts";
import { RegistryFailure } from "../errors.ts";
import { isHost } from "../reference.ts";

export const DEFAULT_HOST_SETTINGS_FILE = "/etc/genie/registries.json";

/** What the admin says of registries beyond their names. Hosts are written as references write them. */
export interface HostSettings {
  /** Plain http is spoken with these. */
  readonly insecure: readonly string[];
  /** PEM: who may vouch for a host, beside the system's authorities. */
  readonly caByHost: ReadonlyMap<string, string>;
  /** PEM: who may vouch for every host. */
  readonly ca: string | undefined;
}

export const NO_HOST_SETTINGS: HostSettings = { insecure: [], caByHost: new Map(), ca: undefined };

export interface HostSettingsFiles {
  readonly file: string | undefined;
  readonly caFile: string | undefined;
}

const MAX_SETTINGS_BYTES = 2 ** 20;
const MAX_CA_BYTES = 4 * 2 ** 20;
const WRONG_HOST = "must be HOST or HOST:PORT";
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const host = z.custom<string>(isHost, WRONG_HOST);
const settingsText = strict({
  insecure: z.array(host).default([]),
  ca: z.record(z.string().refine(isHost, WRONG_HOST), z.string().min(1)).default({}),
});

/**
 * Reads `{"insecure": [HOST…], "ca": {HOST: FILE}}`, where FILE is seen from the settings' folder. The file of the node
 * may be missing, one that is named may not.
 * @param caFile of who may vouch for every host
 * @throws {RegistryFailure} invalidHostSettings
 */
export async function readHostSettings({ file, caFile }: HostSettingsFiles): Promise<HostSettings> {
  const ca =
    caFile && parseAuthorities(await readNamed(caFile, () => readBounded(caFile, MAX_CA_BYTES)), caFile);
  const found = file ?? (await findDefault());
  if (found === undefined) return { ...NO_HOST_SETTINGS, ca };
  const { insecure, ca: caFileByHost } = parseSettings(await readOwned(found, MAX_SETTINGS_BYTES), found);
  const caByHost = new Map<string, string>();
  for (const [each, name] of Object.entries(caFileByHost)) {
    const authorities = path.resolve(path.dirname(found), name);
    caByHost.set(each, parseAuthorities(await readOwned(authorities, MAX_CA_BYTES), authorities));
  }
  return { insecure, caByHost, ca };
}

async function findDefault(): Promise<string | undefined> {
  const stats = await unlessMissing(stat(DEFAULT_HOST_SETTINGS_FILE));
  return stats && DEFAULT_HOST_SETTINGS_FILE;
}

function parseSettings(bytes: Buffer, file: string): z.infer<typeof settingsText> {
  const raw = findJsonObject(bytes.toString("utf8"));
  if (raw === undefined) throw new RegistryFailure("invalidHostSettings", `${file} is not a JSON object`);
  const parsed = settingsText.safeParse(raw);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map(({ code, path: at, message }) => {
    const why = code === "invalid_key" ? WRONG_HOST : message;
    return at.length === 0 ? why : `${toFieldName(at)}: ${why}`;
  });
  throw new RegistryFailure("invalidHostSettings", `${file}: ${said.join("; ")}`);
}

/** The certificates of a file in PEM, each of which can be read. */
function parseAuthorities(bytes: Buffer, file: string): string {
  const certificates = bytes.toString("latin1").match(CERTIFICATE) ?? [];
  if (certificates.length === 0 || !certificates.every(isCertificate))
    throw new RegistryFailure("invalidHostSettings", `${file} holds no certificates in PEM`);
  return certificates.join("\n");
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch (error) {
    if (findErrno(error)?.startsWith("ERR_OSSL_") === true) return false;
    throw error;
  }
}

/** Who may write there says with whom plain http is spoken, and who vouches for a registry. */
function readOwned(file: string, maxBytes: number): Promise<Buffer> {
  return readNamed(file, () => readGuarded(file, maxBytes));
}

async function readNamed(file: string, read: () => Promise<Buffer | string>): Promise<Buffer> {
  try {
    const bytes = await read();
    if (typeof bytes !== "string") return bytes;
    throw new RegistryFailure("invalidHostSettings", `${file} ${bytes}`);
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new RegistryFailure("invalidHostSettings", `${file} can't be read (${code})`, { cause });
  }
}
