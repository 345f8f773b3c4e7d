/** Registries of others than docker's, written apart from it and from each other: one with the referrers API, one without. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RegistryClient } from "../../registry/client/client.ts";
import { sha256 } from "../../registry/digest.ts";
import { parseReference } from "../../registry/reference.ts";
import { CLONE_DIR, DIST_DIR } from "../setup/build.ts";
import { findGoTool } from "../setup/go-tools.ts";
import { type Desk, makeDesk } from "../setup/geniectl.ts";

const registries = await findGoTool("registries");
const KINDS = ["go-containerregistry", "ociregistry"];

const START_MS = 10_000;
const PIECE_BYTES = 1000;
const BLOB = randomBytes(4500);
const AT = { mediaType: "application/octet-stream", digest: sha256(BLOB), size: BLOB.length };

interface OtherRegistry extends AsyncDisposable {
  readonly host: string;
}

async function start(kind: string): Promise<OtherRegistry> {
  const server = execa(registries ?? "", [kind], { reject: false, stdin: "ignore", stderr: "ignore" });
  const [line] = await once(server.stdout, "data", { signal: AbortSignal.timeout(START_MS) });
  return {
    host: String(line).trim(),
    async [Symbol.asyncDispose]() {
      server.kill();
      await server;
    },
  };
}

describe.skipIf(registries === undefined).each(KINDS)("%s", (kind) => {
  const undo = new AsyncDisposableStack();
  let host: string;
  let desk: Desk;
  beforeAll(async () => {
    ({ host } = undo.use(await start(kind)));
    desk = undo.use(await makeDesk());
    const near = path.join(CLONE_DIR, "selectors/occupancy");
    await copyFile(path.join(DIST_DIR, "modules/occupancy.wasm"), path.join(desk.folder, "near.wasm"));
    for (const name of ["README.md", "golden.json"])
      await copyFile(path.join(near, name), path.join(desk.folder, name));
    expect(await desk.run("keygen", "team")).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => undo.disposeAsync());

  function openClient(repository: string): RegistryClient {
    const limits = { pieceBytes: PIECE_BYTES, retries: 0 };
    return new RegistryClient(parseReference(`${host}/${repository}:1`), { env: { HOME: "/x" }, limits });
  }

  /** Its one JSON document. */
  async function read(...words: string[]) {
    const ran = await desk.run(...words, "--json");
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    return JSON.parse(ran.stdout);
  }

  test("a blob in pieces arrives whole", async () => {
    using client = openClient("team/pieces");
    await client.putBlob(BLOB);
    expect(await client.getBlob(AT)).toEqual(BLOB);
  });

  test("a blob is mounted from another repository, and sent where it isn't there", async () => {
    using source = openClient("team/source");
    await source.putBlob(BLOB);
    for (const mountFrom of ["team/source", "team/nothing"]) {
      using target = openClient(`target/of/${mountFrom}`);
      await target.putBlob(BLOB, { mountFrom });
      expect(await target.getBlob(AT)).toEqual(BLOB);
    }
  });

  test("what is published is found, read about, verified, mirrored and pulled, with one digest everywhere", async () => {
    const catalogue = `${host}/team/catalogue`;
    const reference = `${host}/team/near:1.0.0`;
    const beside = ["--readme", "README.md", "--cases", "golden.json", "--deadline-ms", "10000"];
    const words = [reference, "--catalogue", catalogue, "--key", "team.key"];
    const { digest } = await read("publish", "near.wasm", ...words, ...beside);
    const found = await read("search", "--catalogue", catalogue);
    expect(JSON.stringify(found)).toContain(digest);
    expect(await read("verify", reference, "--key", "team.pub")).toMatchObject({
      signatures: [{ holds: true }, { holds: true }],
    });
    expect(await read("mirror", reference, "--to", `${host}/mirror`)).toMatchObject({
      artifacts: [{ digest, companions: expect.any(Number) }],
    });
    expect(await read("pull", reference, "--store", "store")).toMatchObject({ digest });
  });

  test("tags are listed, and a manifest that is deleted is gone", async () => {
    using client = openClient("team/tags");
    await client.putBlob(Buffer.from("{}"));
    const config = {
      mediaType: "application/vnd.oci.empty.v1+json",
      digest: sha256(Buffer.from("{}")),
      size: 2,
    };
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        config,
        layers: [config],
      }),
    );
    for (const tag of ["1", "2", "latest"]) await client.putManifest(manifest, tag);
    expect((await client.listTags()).toSorted()).toEqual(["1", "2", "latest"]);
    await client.deleteManifest(sha256(manifest));
    expect(await client.findManifest(sha256(manifest))).toBeUndefined();
  });
});
