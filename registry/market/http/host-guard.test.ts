import { expect, test } from "vitest";
import { isOwnHost } from "./host-guard.ts";

test.each([
  "127.0.0.1",
  "127.0.0.1:8080",
  "[::1]:8080",
  "localhost:8080",
  "LOCALHOST",
  "192.0.2.7",
  "modules.example:443",
])("%s is ours", (host) => {
  expect(isOwnHost(host, ["modules.example"])).toBe(true);
});

test.each([
  undefined,
  "",
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.evil.example:8080",
  "modules.example.evil.example",
  "user@127.0.0.1",
  "127.0.0.1:80:80",
  "[::1",
  "127.0.0.1/evil",
])("%s is not", (host) => {
  expect(isOwnHost(host, ["modules.example"])).toBe(false);
});
