import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findTokenSpan } from "../cluster/credentials.ts";
import { checkCredential } from "./credentials.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 1);

/** A service account's token of ten hours, with so much of them left. */
function makeToken(leftHours: number): string {
  const exp = (NOW_MS + leftHours * HOUR_MS) / 1000;
  const payload = JSON.stringify({ iat: exp - 36_000, exp });
  return `e30.${Buffer.from(payload).toString("base64url")}.c2ln`;
}

const check = (credential: { token: string; file?: string }) => {
  const span = findTokenSpan(credential.token);
  return checkCredential("API server", { what: "token", file: credential.file, span }, NOW_MS);
};

test.each([
  ["has time left", makeToken(2), { state: "ok", detail: "ends 2026-01-01T02:00:00.000Z" }],
  ["ends soon", makeToken(0.9), { state: "warning", detail: "ends soon, 2026-01-01T00:54:00.000Z" }],
  ["has ended", makeToken(0), { state: "problem", detail: "ended 2026-01-01T00:00:00.000Z" }],
  ["is opaque", "secret", { state: "ok", detail: "doesn't say when it ends" }],
  ["is no JSON in its middle", "a.b.c", { state: "ok" }],
  [
    "ends when no clock does",
    `e30.${Buffer.from('{"iat":1,"exp":1e300}').toString("base64url")}.x`,
    { state: "ok" },
  ],
  ["has other times", `e30.${Buffer.from('{"exp":"x"}').toString("base64url")}.x`, { state: "ok" }],
])("a token that %s", async (_, token, expected) => {
  const [found] = await check({ token });
  expect(found).toMatchObject(expected);
  expect(found?.todo).toMatch(expected.state === "ok" ? /^$/ : /kubectl create token genie /);
});

test.each([
  { mode: 0o600, uid: 0, gid: 0, isTold: false },
  { mode: 0o640, uid: 0, gid: 0, isTold: false },
  { mode: 0o640, uid: 0, gid: 1234, isTold: true },
  { mode: 0o604, uid: 0, gid: 0, isTold: true },
  { mode: 0o600, uid: 1234, gid: 0, isTold: true },
])(
  "that others may read a file is told: mode $mode, uid $uid, gid $gid",
  async ({ mode, uid, gid, isTold }) => {
    const folder = await mkdtemp(path.join(tmpdir(), "genie-credential-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, "token");
    await writeFile(file, "x");
    await chmod(file, mode);
    await chown(file, uid, gid);
    const warnings = (await check({ token: makeToken(2), file })).filter(({ state }) => state === "warning");
    expect(warnings).toMatchObject(
      isTold
        ? [{ detail: expect.stringContaining("others read it"), todo: expect.stringContaining("chmod 600") }]
        : [],
    );
  },
);
