import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { packTar, type TarEntry, type TarHeader } from "modern-tar";
import { ensureRuntimes } from "./tools.ts";

/** The name under which runtimes know the image. */
export const BUSYBOX_IMAGE = "localhost/busybox:1";

/** What of busybox the image offers by name. */
const APPLETS = ["sh", "cat", "httpd", "ip", "ping", "sleep", "ls"];

/** Long enough for any test; a pod's first process has nothing else to do. */
const REST = ["/bin/busybox", "sleep", "2147483647"];

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Writes an OCI image archive that holds busybox alone and rests when it is run, so that no registry is needed. */
export async function writeBusyboxImage(file: string): Promise<void> {
  const { busybox } = await ensureRuntimes();
  const layer = await packTar(planLayer(await readFile(busybox)));
  const config = toBlob("application/vnd.oci.image.config.v1+json", {
    architecture: ARCHITECTURES[process.arch],
    os: "linux",
    config: { Entrypoint: REST, Env: ["PATH=/bin"] },
    rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
  });
  const layerBlob = { descriptor: describe("application/vnd.oci.image.layer.v1.tar", layer), bytes: layer };
  const manifest = toBlob("application/vnd.oci.image.manifest.v1+json", {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: config.descriptor,
    layers: [layerBlob.descriptor],
  });
  const annotations = {
    "io.containerd.image.name": BUSYBOX_IMAGE,
    "org.opencontainers.image.ref.name": BUSYBOX_IMAGE,
  };
  const index = { schemaVersion: 2, manifests: [{ ...manifest.descriptor, annotations }] };
  const blobs = [config, layerBlob, manifest].map(({ descriptor, bytes }) =>
    toFile(`blobs/sha256/${descriptor.digest.replace("sha256:", "")}`, bytes),
  );
  const marker = toFile("oci-layout", toBytes({ imageLayoutVersion: "1.0.0" }));
  await writeFile(file, await packTar([marker, toFile("index.json", toBytes(index)), ...blobs]));
}

function planLayer(busybox: Uint8Array): TarEntry[] {
  const folders = ["bin", "dev", "etc", "proc", "sys", "tmp"];
  const links = APPLETS.map((name) => ({
    header: { name: `bin/${name}`, size: 0, type: "symlink", linkname: "busybox" } satisfies TarHeader,
  }));
  return [
    ...folders.map((name) => ({
      header: { name: `${name}/`, size: 0, type: "directory", mode: 0o755 } satisfies TarHeader,
    })),
    toFile("bin/busybox", busybox, 0o755),
    ...links,
  ];
}

function toFile(name: string, bytes: Uint8Array, mode = 0o644): TarEntry {
  return { header: { name, size: bytes.byteLength, type: "file", mode }, body: bytes };
}

function toBlob(mediaType: string, document: object) {
  const bytes = toBytes(document);
  return { descriptor: describe(mediaType, bytes), bytes };
}

function describe(mediaType: string, bytes: Uint8Array) {
  return { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function toBytes(document: object): Uint8Array {
  return Buffer.from(JSON.stringify(document));
}
