import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeCertificates } from "../../test/fakes/certificates.ts";
import { NO_HOST_SETTINGS, readHostSettings } from "./host-settings.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-hosts-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(settings: unknown, caFile?: string) {
  const file = path.join(folder, "registries.json");
  await writeFile(file, typeof settings === "string" ? settings : JSON.stringify(settings));
  return readHostSettings({ file, caFile });
}

test("a node without the file has no settings", async () => {
  expect(await readHostSettings({ file: undefined, caFile: undefined })).toEqual(NO_HOST_SETTINGS);
});

test("authorities are seen from the settings' folder", async () => {
  const { authority } = await makeCertificates(folder, "ca", { names: ["DNS:r.example"] });
  const { insecure, caByHost, ca } = await read(
    {
      insecure: ["r.lan:5000", "[fd00::1]:5000"],
      ca: { "r.example:5000": path.relative(folder, authority) },
    },
    authority,
  );
  expect(insecure).toEqual(["r.lan:5000", "[fd00::1]:5000"]);
  expect([...caByHost]).toEqual([
    ["r.example:5000", expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/)],
  ]);
  expect(ca).toBe(caByHost.get("r.example:5000"));
});

test.each<[string, unknown, string]>([
  ["no JSON", "{", "is not a JSON object"],
  ["an unknown key", { insecurre: [] }, 'unknown key "insecurre", did you mean "insecure"?'],
  ["a host with a path", { insecure: ["r.lan/x"] }, "insecure[0]: must be HOST or HOST:PORT"],
  ["a host with a login", { insecure: ["me@r.lan"] }, "insecure[0]: must be HOST or HOST:PORT"],
  ["an address for a host", { ca: { "https://r.lan": "a.pem" } }, "must be HOST or HOST:PORT"],
  ["an authority that is missing", { ca: { "r.lan": "gone.pem" } }, "gone.pem can't be read (ENOENT)"],
  [
    "an authority that is no certificate",
    { ca: { "r.lan": "registries.json" } },
    "holds no certificates in PEM",
  ],
  ["a certificate that can't be read", { ca: { "r.lan": "broken.pem" } }, "holds no certificates in PEM"],
  ["a folder for a file", { ca: { "r.lan": "." } }, "must be a file"],
])("%s is an error that says where", async (_, settings, said) => {
  const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  await writeFile(path.join(folder, "broken.pem"), broken);
  const reading = read(settings);
  await expect(reading).rejects.toMatchObject({ kind: "invalidHostSettings" });
  await expect(reading).rejects.toThrow(said);
  await expect(reading).rejects.toThrow(folder);
});

test("a file that is named must be there", async () => {
  await mkdir(path.join(folder, "folder"));
  for (const name of ["gone.json", "folder"])
    await expect(
      readHostSettings({ file: path.join(folder, name), caFile: undefined }),
    ).rejects.toMatchObject({ kind: "invalidHostSettings" });
});

test.each([
  ["settings that others may write", "registries.json"],
  ["an authority that others may write", "ca.pem"],
])("%s count for nothing", async (_, name) => {
  const { authority } = await makeCertificates(folder, "ca", { names: ["DNS:r.example"] });
  await copyFile(authority, path.join(folder, "ca.pem"));
  const settings = { insecure: [], ca: { "r.example": "ca.pem" } };
  const { caByHost } = await read(settings, path.join(folder, "ca.pem"));
  expect(caByHost.size).toBe(1);
  await chmod(path.join(folder, name), 0o666);
  await expect(read(settings)).rejects.toMatchObject({
    kind: "invalidHostSettings",
    message: expect.stringMatching(`${name} must be a file .* that nobody else may write to$`),
  });
});

test("an authority that somebody names for one call is theirs to choose", async () => {
  const { authority } = await makeCertificates(folder, "ca", { names: ["DNS:r.example"] });
  await chmod(authority, 0o666);
  expect(await read({}, authority)).toMatchObject({ ca: expect.stringContaining("BEGIN CERTIFICATE") });
});
