import type { SecureContext } from "node:tls";
import { isLoopbackHost } from "../reference.ts";
import { secureContextFor } from "./authorities.ts";
import type { HostSettings } from "./host-settings.ts";

/** How hosts may be spoken to on behalf of one registry. `host` is as URL has it. */
export class HostRules {
  /** `http:` or `https:`, for the registry itself. */
  readonly protocol: string;
  readonly #isLocal: boolean;
  readonly #insecure: ReadonlySet<string>;
  readonly #caByHost: ReadonlyMap<string, string>;
  readonly #ca: string;

  constructor(registry: string, { insecure, caByHost, ca = "" }: HostSettings) {
    this.#isLocal = isLoopbackHost(registry);
    this.#insecure = new Set(insecure.map((host) => new URL(`http://${host}`).host));
    this.#caByHost = new Map([...caByHost].map(([host, pem]) => [new URL(`https://${host}`).host, pem]));
    this.#ca = ca;
    this.protocol = this.#isPlain(registry) ? "http:" : "https:";
  }

  /** On this machine http will do; elsewhere only where the admin says so. */
  mayBePlain(host: string): boolean {
    return this.#insecure.has(host) || (this.#isLocal && isLoopbackHost(host));
  }

  /** Only for a registry on this machine, and for hosts that the admin has named. */
  mayBeLoopback(host: string): boolean {
    return this.#isLocal || this.#insecure.has(host) || this.#caByHost.has(host);
  }

  /** With whom TLS is believed to be spoken. */
  contextFor(host: string): SecureContext {
    return secureContextFor([this.#ca, this.#caByHost.get(host) ?? ""].join("\n").trim());
  }

  /** Whoever names an authority for a registry on this machine expects TLS. */
  #isPlain(registry: string): boolean {
    if (this.#insecure.has(new URL(`http://${registry}`).host)) return true;
    const hasAuthority = this.#ca !== "" || this.#caByHost.has(new URL(`https://${registry}`).host);
    return this.#isLocal && !hasAuthority;
  }
}
