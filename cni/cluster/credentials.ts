import { readCredential } from "./files.ts";
import type { Access } from "./kubeconfig.ts";
import { readClientCertificate } from "./pem.ts";
import { readSource, type Source } from "./source.ts";
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
    found.push({
      what: "token",
      file: locate(token),
      span: findTokenSpan(await readSource(token, readCredential)),
    });
  }
  if (certificate !== undefined && key !== undefined) {
    const { validFromDate, validToDate } = await readClientCertificate(certificate);
    const span = { fromMs: validFromDate.getTime(), toMs: validToDate.getTime() };
    found.push({ what: "client certificate", file: locate(key), span });
  }
  return found;
}

/** Of a JSON web token; undefined also for what no clock ever shows. */
export function findTokenSpan(token: string): Span | undefined {
  const { iat, exp } = findTokenClaims(token) ?? {};
  return isTime(iat) && isTime(exp) ? { fromMs: iat * 1000, toMs: exp * 1000 } : undefined;
}

function isTime(seconds: unknown): seconds is number {
  return typeof seconds === "number" && !Number.isNaN(new Date(seconds * 1000).getTime());
}
