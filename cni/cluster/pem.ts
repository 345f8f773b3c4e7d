import { createPrivateKey, X509Certificate } from "node:crypto";
import { Failure, findErrno } from "../../core/errors.ts";
import { readCredential, readGuarded } from "./files.ts";
import type { Access } from "./kubeconfig.ts";
import { readSource, type Source, toPlace } from "./source.ts";

interface Kind<T> {
  readonly what: string;
  readonly readFile: (file: string) => Promise<string>;
  readonly parse: (pem: string) => T;
}

const toCertificate = (pem: string) => new X509Certificate(pem);
const AUTHORITY = { what: "certificate authority", readFile: readGuarded, parse: toCertificate };
const CERTIFICATE = { what: "client certificate", readFile: readCredential, parse: toCertificate };
const KEY = { what: "client key", readFile: readCredential, parse: createPrivateKey };

interface Pem<T> {
  readonly text: string;
  readonly parsed: T;
}

/**
 * Who vouches for the server, our certificate and its key, as TLS takes them. What is broken is told here: TLS passes
 * over an authority that it can't read, and doesn't know where a key stands.
 *
 * @throws {Failure} invalidConfig naming the place; as the files' readers do.
 */
export async function readPems({ authority, certificate, key }: Access) {
  if (certificate && !key) {
    throw new Failure("invalidConfig", `${toPlace(certificate)}: a client certificate without its key`, {
      details: "name the key beside it: client-key or client-key-data, or policy.k8s_client_key",
    });
  }
  const ca = authority && (await readPem(authority, AUTHORITY));
  const cert = certificate && (await readPem(certificate, CERTIFICATE));
  const secret = key && (await readPem(key, KEY));
  if (certificate && cert && key && secret && !cert.parsed.checkPrivateKey(secret.parsed)) {
    throw new Failure("invalidConfig", `${toPlace(key)}: not the key of the client certificate`, {
      details: `the certificate is that of ${toPlace(certificate)}`,
    });
  }
  return {
    ...(ca && { ca: ca.text }),
    ...(cert && { cert: cert.text }),
    ...(secret && { key: secret.text }),
  };
}

/** @throws {Failure} invalidConfig naming the place; as the file's reader does. */
export async function readClientCertificate(source: Source): Promise<X509Certificate> {
  return (await readPem(source, CERTIFICATE)).parsed;
}

async function readPem<T>(source: Source, { what, readFile, parse }: Kind<T>): Promise<Pem<T>> {
  const text = await readSource(source, readFile);
  try {
    return { text, parsed: parse(text) };
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new Failure("invalidConfig", `${toPlace(source)}: no ${what} that can be read (${code})`, {
      details: 'write it there as PEM, without a passphrase; in a field "…-data", the base64 of that',
      cause,
    });
  }
}
