import tls from "node:tls";

/** Making one takes tens of milliseconds. As many as there are different files of authorities. */
const contextByPem = new Map<string, tls.SecureContext>();

/** Trusts the authorities that node brings and those of the system, and these beside them. */
export function secureContextFor(pem: string): tls.SecureContext {
  const known = contextByPem.get(pem);
  if (known !== undefined) return known;
  const authorities = [...tls.getCACertificates("default"), ...tls.getCACertificates("system")];
  const ca = [...new Set(pem === "" ? authorities : [...authorities, pem])];
  const made = tls.createSecureContext({ ca, minVersion: "TLSv1.2" });
  contextByPem.set(pem, made);
  return made;
}
