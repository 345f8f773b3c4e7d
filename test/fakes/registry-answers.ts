import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { findJsonObject, isJsonObject } from "../../core/spec/json.ts";
import { sha256 } from "../../registry/digest.ts";
import type { FakeRegistryOptions } from "./registry.ts";

export interface Contents {
  readonly blobByDigest: Map<string, Buffer>;
  /** By `repository/name`, where name is a tag or a digest. */
  readonly manifestByName: Map<string, Buffer>;
  /** What has come so far. */
  readonly uploadById: Map<string, Buffer>;
}

interface Question {
  readonly method: string;
  readonly pathname: string;
  readonly searchParams: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** A question about one thing of one repository. */
interface Asked extends Question {
  readonly repository: string;
  readonly name: string;
  readonly contents: Contents;
  readonly options: FakeRegistryOptions;
}

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const NOT_FOUND: Answer = {
  status: 404,
  body: '{"errors":[{"code":"NOT_FOUND","message":"no such thing"}]}',
};

const ANSWER_BY_KIND: Readonly<Record<string, (asked: Asked) => Answer>> = {
  manifests: answerManifest,
  blobs: ({ name, contents }) => {
    const body = contents.blobByDigest.get(name);
    return body === undefined ? NOT_FOUND : { status: 200, body };
  },
  "blobs/uploads": answerUpload,
  tags: answerTags,
  referrers: answerReferrers,
};

/** What an honest registry answers. Source: OCI distribution-spec 1.1. */
export function answerAsRegistry(
  question: Question,
  contents: Contents,
  options: FakeRegistryOptions,
): Answer {
  const [, repository, kind = "", name = ""] =
    /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags|referrers)\/(.*)$/.exec(question.pathname) ?? [];
  if (repository === undefined) return NOT_FOUND;
  return ANSWER_BY_KIND[kind]?.({ ...question, repository, name, contents, options }) ?? NOT_FOUND;
}

function answerManifest(asked: Asked): Answer {
  const { manifestByName } = asked.contents;
  const key = `${asked.repository}/${asked.name}`;
  if (asked.method === "PUT") return putManifest(asked);
  const manifest = manifestByName.get(key);
  if (manifest === undefined) return NOT_FOUND;
  if (asked.method === "DELETE") {
    for (const [each, bytes] of manifestByName)
      if (each.startsWith(`${asked.repository}/`) && bytes.equals(manifest)) manifestByName.delete(each);
    return { status: 202 };
  }
  const type = findJsonObject(manifest.toString())?.["mediaType"];
  const headers = {
    "content-type": typeof type === "string" ? type : MANIFEST_TYPE,
    "docker-content-digest": sha256(manifest),
  };
  return { status: 200, headers, body: manifest };
}

function putManifest({ contents: { manifestByName }, options, repository, name, body }: Asked): Answer {
  const digest = sha256(body);
  manifestByName.set(`${repository}/${name}`, body);
  manifestByName.set(`${repository}/${digest}`, body);
  const subject = findSubject(body);
  const listed: Record<string, string> =
    options.referrersApi === true && subject !== undefined ? { "oci-subject": subject } : {};
  return { status: 201, headers: { "docker-content-digest": digest, ...listed } };
}

function answerUpload(asked: Asked): Answer {
  const { method, contents, name, searchParams, body } = asked;
  const { blobByDigest, uploadById } = contents;
  if (method === "POST") return startUpload(asked);
  const before = uploadById.get(name);
  if (before === undefined) return NOT_FOUND;
  if (method === "GET") return { ...progressOf(asked, before), status: 204 };
  const whole = Buffer.concat([before, body]);
  if (method === "PATCH") {
    if (!asked.headers["content-range"]?.startsWith(`${before.length}-`)) return { status: 416 };
    uploadById.set(name, whole);
    return { ...progressOf(asked, whole), status: 202 };
  }
  if (searchParams.get("digest") !== sha256(whole)) return { status: 400 };
  uploadById.delete(name);
  blobByDigest.set(sha256(whole), whole);
  return { status: 201 };
}

function startUpload({ contents, options, repository, searchParams }: Asked): Answer {
  if (contents.blobByDigest.has(searchParams.get("mount") ?? "")) return { status: 201 };
  const id = randomUUID();
  contents.uploadById.set(id, Buffer.alloc(0));
  const { leastPieceBytes } = options;
  const least: Record<string, string> =
    leastPieceBytes === undefined ? {} : { "oci-chunk-min-length": String(leastPieceBytes) };
  return { status: 202, headers: { location: `/v2/${repository}/blobs/uploads/${id}`, ...least } };
}

function progressOf({ repository, name }: Asked, got: Buffer): Pick<Answer, "headers"> {
  const range = `0-${Math.max(0, got.length - 1)}`;
  return { headers: { location: `/v2/${repository}/blobs/uploads/${name}`, range } };
}

function answerTags({ contents, options, repository, searchParams }: Asked): Answer {
  const prefix = `${repository}/`;
  const tags = [...contents.manifestByName.keys()]
    .filter((key) => key.startsWith(prefix) && !/[/:]/.test(key.slice(prefix.length)))
    .map((key) => key.slice(prefix.length))
    .toSorted();
  if (tags.length === 0) return NOT_FOUND;
  const rest = tags.filter((tag) => tag > (searchParams.get("last") ?? ""));
  const page = rest.slice(
    0,
    Math.min(options.tagsPerPage ?? Infinity, Number(searchParams.get("n") ?? Infinity)),
  );
  const next = `</v2/${repository}/tags/list?last=${page.at(-1)}&n=${page.length}>; rel="next"`;
  return {
    status: 200,
    headers: { "content-type": "application/json", ...(page.length < rest.length ? { link: next } : {}) },
    body: JSON.stringify({ name: repository, tags: page }),
  };
}

function answerReferrers({ contents, options, repository, name }: Asked): Answer {
  if (options.referrersApi !== true) return NOT_FOUND;
  const manifests = [...contents.manifestByName]
    .filter(([key, bytes]) => key.startsWith(`${repository}/sha256:`) && findSubject(bytes) === name)
    .map(([, bytes]) => {
      const { mediaType, artifactType, config, annotations } = findJsonObject(bytes.toString()) ?? {};
      const type = artifactType ?? (isJsonObject(config) ? config["mediaType"] : undefined);
      return { mediaType, digest: sha256(bytes), size: bytes.length, artifactType: type, annotations };
    });
  return {
    status: 200,
    headers: { "content-type": INDEX_TYPE },
    body: JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests }),
  };
}

function findSubject(manifest: Buffer): string | undefined {
  const subject = findJsonObject(manifest.toString())?.["subject"];
  return isJsonObject(subject) && typeof subject["digest"] === "string" ? subject["digest"] : undefined;
}
