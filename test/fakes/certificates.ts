import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { ensureTools } from "../setup/tools.ts";

export interface Certified {
  /** The certificate of who vouches for `certificate`. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

interface CertificateOptions {
  /** As subjectAltName has them, such as `DNS:localhost`. */
  readonly names: readonly string[];
  readonly days?: number;
  readonly subject?: string;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes an authority, and a certificate of it for these names, in a folder of its own; answers the files. */
export async function makeCertificates(
  parent: string,
  name: string,
  { names, days = 2, subject = "/CN=registry" }: CertificateOptions,
): Promise<Certified> {
  const folder = path.join(parent, name);
  await mkdir(folder);
  const { openssl: program } = await ensureTools();
  const openssl = (...words: string[]) => execa(program, words, { cwd: folder, timeout: 10_000 });
  await writeFile(path.join(folder, "names.cnf"), `subjectAltName=${names.join(",")}\n`);
  const authority = ["-keyout", "authority.key", "-out", "authority.pem", "-subj", `/CN=authority ${name}`];
  await openssl("req", "-x509", ...KEY, ...authority);
  await openssl("req", ...KEY, "-keyout", "key.pem", "-out", "request.pem", "-subj", subject);
  const signer = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial"];
  const more = ["-days", String(days), "-extfile", "names.cnf", "-out", "certificate.pem"];
  await openssl("x509", "-req", "-in", "request.pem", ...signer, ...more);
  return {
    authority: path.join(folder, "authority.pem"),
    certificate: path.join(folder, "certificate.pem"),
    key: path.join(folder, "key.pem"),
  };
}
