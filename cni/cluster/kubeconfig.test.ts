import { expect, test } from "vitest";
import { parseKubeconfig } from "./kubeconfig.ts";

const FILE = "/etc/genie/kubeconfig";
const base64 = (text: string) => Buffer.from(text).toString("base64");

interface Parts {
  readonly cluster?: object;
  readonly user?: object | null;
  readonly more?: object;
}

function parse({ cluster = {}, user = {}, more = {} }: Parts) {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "genie",
    contexts: [
      { name: "other", context: { cluster: "far", user: "nobody" } },
      { name: "genie", context: { cluster: "local", user: "genie", namespace: "kube-system" } },
    ],
    clusters: [
      { name: "far", cluster: { server: "https://far" } },
      { name: "local", cluster },
    ],
    users: [{ name: "genie", user }],
    preferences: {},
    ...more,
  };
  return parseKubeconfig(JSON.stringify(config), FILE);
}

test("what is written in the file counts before what it names, and a token's file before a token", () => {
  const cluster = {
    server: "https://10.96.0.1:443",
    "certificate-authority": "ca.crt",
    "certificate-authority-data": base64("CA"),
    "tls-server-name": "kubernetes",
  };
  const user = {
    token: "old",
    tokenFile: "token",
    "client-certificate": "c.pem",
    "client-key": "k.pem",
    "client-key-data": base64("KEY"),
  };
  expect(parse({ cluster, user })).toEqual({
    server: "https://10.96.0.1:443",
    serverName: "kubernetes",
    skipsVerify: false,
    authority: { text: "CA", from: `${FILE}: certificate-authority-data` },
    token: { file: "/etc/genie/token" },
    certificate: { file: "/etc/genie/c.pem" },
    key: { text: "KEY", from: `${FILE}: client-key-data` },
  });
});

test.each<[string, object, object]>([
  [
    "CNI-Genie's installer",
    { cluster: { "insecure-skip-tls-verify": true }, user: { token: "t" } },
    { skipsVerify: true, server: undefined, token: { text: "t", from: `${FILE}: token` } },
  ],
  ["a user of whom nothing is said", { cluster: { server: "https://a" }, user: null }, { token: undefined }],
  [
    "empty texts",
    { cluster: { server: "", "certificate-authority": "" }, user: { token: "", exec: null } },
    { server: undefined, authority: undefined, token: undefined },
  ],
])("as %s writes it", (_, parts, read) => expect(parse(parts)).toMatchObject(read));

test.each<[string, object]>([
  ["exec", { user: { exec: { command: "/bin/id" } } }],
  ["auth-provider", { user: { "auth-provider": { name: "gcp", config: { "cmd-path": "/bin/id" } } } }],
  ["username", { user: { username: "a", password: "b" } }],
  ["as", { user: { token: "t", as: "system:admin" } }],
  ["as-user-extra", { user: { token: "t", "as-user-extra": { scopes: ["all"] } } }],
  ["proxy-url", { cluster: { "proxy-url": "http://proxy" } }],
])('"%s" is refused by name', (key, parts) => {
  expect(() => parse(parts)).toThrow(
    expect.objectContaining({
      kind: "invalidConfig",
      message: expect.stringContaining(`"${key}" is not served`),
    }),
  );
});

test.each<[string, Parts, string]>([
  ["a context that isn't there", { more: { "current-context": "prod" } }, 'contexts: none is called "prod"'],
  ["no context", { more: { "current-context": undefined } }, "current-context: "],
  ["a cluster that isn't there", { more: { clusters: [] } }, 'clusters: none is called "local"'],
  ["a user that isn't there", { more: { users: [] } }, 'users: none is called "genie"'],
  ["a token that is a number", { user: { token: 5 } }, "users[0].user.token: "],
  ["a word for yes", { cluster: { "insecure-skip-tls-verify": "yes" } }, "insecure-skip-tls-verify: "],
])("%s is named", (_, parts, message) => {
  expect(() => parse(parts)).toThrow(
    expect.objectContaining({ kind: "invalidConfig", message: expect.stringContaining(message) }),
  );
});

test.each<[string, string]>([
  ["", "no kubeconfig, which is one object in YAML"],
  ["{", "line 1: no kubeconfig"],
  ["[]", "no kubeconfig"],
  ["5", "no kubeconfig"],
  ["users: [{name: genie, user: {token: hidden}}", "line 1: no kubeconfig"],
  ["users:\n\ttoken: hidden", "line 2: no kubeconfig"],
  ["token: hidden\ntoken: other", "line 2: no kubeconfig"],
  ["a: 1\n---\ntoken: hidden", "no kubeconfig"],
  ["a: &a [*a]", "current-context: "],
  ["[".repeat(5000), "line 1: no kubeconfig"],
])("what is no kubeconfig is refused without a word of it: %j", (yaml, words) => {
  const failure = (() => {
    try {
      return parseKubeconfig(yaml, FILE);
    } catch (error) {
      return error;
    }
  })();
  const start = new RegExp(`^${words}`);
  expect(failure).toMatchObject({ kind: "invalidConfig", message: expect.stringMatching(start) });
  expect(JSON.stringify(failure)).not.toContain("hidden");
});
