import ipaddr from "ipaddr.js";
import type { Environment } from "../auth/credential.ts";
import { RegistryFailure } from "../errors.ts";
import { isLoopbackHost } from "../reference.ts";

const DEFAULT_PORT: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** By way of whom hosts are asked: what HTTP_PROXY, HTTPS_PROXY and NO_PROXY say, of which small letters come first. */
export class Proxies {
  readonly #env: Environment;
  readonly #exempt: readonly string[];

  constructor(env: Environment) {
    this.#env = env;
    this.#exempt = (env["no_proxy"] || env["NO_PROXY"] || "").toLowerCase().split(/[\s,]+/);
  }

  /** Undefined: nobody, as with every host of this machine. @throws {RegistryFailure} invalidProxy */
  findFor(url: URL): URL | undefined {
    const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
    const value = this.#env[name.toLowerCase()] || this.#env[name];
    if (!value || isLoopbackHost(url.host) || this.#exempt.some((entry) => isExempt(entry, url)))
      return undefined;
    const proxy = URL.parse(value.includes("://") ? value : `http://${value}`);
    if (proxy?.protocol === "http:" && isLogin(proxy)) return proxy;
    throw new RegistryFailure("invalidProxy", `what stands in ${name} is no http://HOST:PORT`);
  }
}

/** An entry is `*`, an address, a subnet, or a domain, whose subdomains it means, too; each but `*` may have a port. */
function isExempt(entry: string, { hostname, port, protocol }: URL): boolean {
  if (entry === "*") return true;
  const host = hostname.replace(/^\[|\]$/g, "");
  if (ipaddr.isValidCIDR(entry)) return ipaddr.isValid(host) && isWithin(host, entry);
  const [, name = entry, wanted] = /^\[?(.*?)\]?:(\d+)$/.exec(ipaddr.isValid(entry) ? "" : entry) ?? [];
  if (wanted !== undefined && wanted !== (port || DEFAULT_PORT[protocol])) return false;
  const domain = name.replace(/^\*?\./, "");
  return domain !== "" && (host === domain || host.endsWith(`.${domain}`));
}

function isWithin(address: string, subnet: string): boolean {
  const [parsed, range] = [ipaddr.process(address), ipaddr.parseCIDR(subnet)];
  return parsed.kind() === range[0].kind() && parsed.match(range);
}

/** node decodes it, and throws a plain error where it can't. */
function isLogin({ username, password }: URL): boolean {
  return !/%(?![0-9a-f]{2})/i.test(username + password);
}
