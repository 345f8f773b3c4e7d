import dns from "node:dns";
import net from "node:net";
import { RegistryFailure } from "../errors.ts";

/**
 * Never a registry: "this" network, link-local (where clouds keep their metadata service), multicast, broadcast; then
 * what AWS (IPv6), Alibaba, Azure and Oracle keep elsewhere.
 */
const DENIED = makeBlockList([
  "0.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/3",
  "::/128",
  "fe80::/10",
  "ff00::/8",
  "fd00:ec2::/32",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
]);
const LOOPBACK = makeBlockList(["127.0.0.0/8", "::1/128"]);

/** The address guard: asked for every address that we are about to connect to, on every hop. */
export function isAllowedAddress(address: string, allowLoopback: boolean): boolean {
  const family = net.isIPv6(address) ? "ipv6" : "ipv4";
  if (DENIED.check(address, family)) return false;
  return allowLoopback || !LOOPBACK.check(address, family);
}

/** @throws {RegistryFailure} addressDenied when the host of `url` is written as an address that may not be used. */
export function checkLiteralAddress(url: URL, allowLoopback: boolean): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (net.isIP(host) !== 0 && !isAllowedAddress(host, allowLoopback)) throw denied(url.host, host);
}

/** A resolver that hands over only addresses that may be used, so that no name can lead elsewhere. */
export function guardedLookup(allowLoopback: boolean): net.LookupFunction {
  return (host, options, callback) => {
    dns.lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const allowed = addresses.filter(({ address }) => isAllowedAddress(address, allowLoopback));
      const [first] = allowed;
      if (first === undefined) return callback(denied(host, addresses[0]?.address ?? "nothing"), []);
      if (options.all === true) return callback(null, allowed);
      return callback(null, first.address, first.family);
    });
  };
}

function denied(host: string, address: string): RegistryFailure {
  return new RegistryFailure("addressDenied", `${host} is at ${address}, which is no address to ask`);
}

function makeBlockList(subnets: readonly string[]): net.BlockList {
  const list = new net.BlockList();
  for (const subnet of subnets) {
    const [address = "", prefix = ""] = subnet.split("/");
    list.addSubnet(address, Number(prefix), net.isIPv6(address) ? "ipv6" : "ipv4");
  }
  return list;
}
