import type { LookupAddress } from "node:dns";
import { expect, test } from "vitest";
import { checkLiteralAddress, guardedLookup, isAllowedAddress } from "./address.ts";

test.each(["10.0.0.1", "192.168.1.1", "100.64.0.1", "203.0.113.9", "2001:db8::1", "fd00::1"])(
  "%s may be a registry",
  (address) => {
    expect(isAllowedAddress(address, false)).toBe(true);
  },
);

test.each([
  "169.254.169.254",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "fe80::1",
  "0.0.0.0",
  "::",
  "224.0.0.1",
  "255.255.255.255",
  "ff02::1",
  "fd00:ec2::254",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
])("%s never is", (address) => {
  expect(isAllowedAddress(address, true)).toBe(false);
});

test.each(["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])(
  "%s is only for a registry of this machine",
  (address) => {
    expect(isAllowedAddress(address, true)).toBe(true);
    expect(isAllowedAddress(address, false)).toBe(false);
  },
);

test.each(["http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::ffff:127.0.0.1]/"])(
  "%s is seen through",
  (url) => {
    expect(() => checkLiteralAddress(new URL(url), false)).toThrow(
      expect.objectContaining({ kind: "addressDenied" }),
    );
  },
);

test("a name that leads to a denied address leads nowhere", async () => {
  const { promise, resolve } = Promise.withResolvers<[unknown, string | LookupAddress[]]>();
  guardedLookup(false)("localhost", { all: true }, (error, found) => resolve([error, found]));
  expect(await promise).toEqual([expect.objectContaining({ kind: "addressDenied" }), []]);
});
