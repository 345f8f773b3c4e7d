import { X509Certificate } from "node:crypto";
import { Failure, findErrno } from "../../core/errors.ts";
import { readCredential } from "./files.ts";
import type { Access, Source } from "./kubeconfig.ts";
import { findTokenClaims } from "./token-claims.ts";

/** What we prove with who we are. */
export interface Credential {
  readonly what: "token" | "client certificate";
  /** The file with what is secret of it; undefined where that stands in genie's own configuration. */
  readonly file: string | undefined;
  /** As it says itself; undefined where it doesn't. */
  readonly span: Span | undefined;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * @param kubeconfig where what is in no file of its own stands.
 * @throws {Failure} invalidConfig, or tryAgainLater when a file can't be read.
 */
export async function listCredentials(
  { token, certificate, key }: Access,
  kubeconfig: string | undefined,
): Promise<readonly Credential[]> {
  const locate = (source: Source) => ("file" in source ? source.file : kubeconfig);
  const found: Credential[] = [];
  if (token !== undefined) {
    found.push({ what: "token", file: locate(token), span: findTokenSpan(await readText(token)) });
  }
  if (certificate !== undefined && key !== undefined) {
    const span = parseCertificateSpan(await readText(certificate), locate(certificate) ?? "");
    found.push({ what: "client certificate", file: locate(key), span });
  }
  return found;
}

function readText(source: Source): Promise<string> | string {
  return "text" in source ? source.text : readCredential(source.file);
}

/** Of a JSON web token; undefined also for what no clock ever shows. */
export function findTokenSpan(token: string): Span | undefined {
  const { iat, exp } = findTokenClaims(token) ?? {};
  return isTime(iat) && isTime(exp) ? { fromMs: iat * 1000, toMs: exp * 1000 } : undefined;
}

function isTime(seconds: unknown): seconds is number {
  return typeof seconds === "number" && !Number.isNaN(new Date(seconds * 1000).getTime());
}

function parseCertificateSpan(pem: string, file: string): Span {
  try {
    const { validFromDate, validToDate } = new X509Certificate(pem);
    return { fromMs: validFromDate.getTime(), toMs: validToDate.getTime() };
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new Failure("invalidConfig", `${file} holds no certificate (${code})`, { cause });
  }
}
