import * as z from "zod";
import { kpiName } from "../../core/kpi/names.ts";
import { MODULE_KINDS } from "../../core/select/request.ts";
import { toFieldName } from "../../core/spec/json.ts";
import { type Digest, isDigest } from "../digest.ts";
import { isTag } from "../reference.ts";
import { isRepository } from "../repository-name.ts";
import { line } from "./line.ts";

export const MAX_DESCRIPTION_LENGTH = 1000;
export const MAX_REASON_LENGTH = 500;
const MAX_REFERENCE_LENGTH = 512;
export const MAX_TITLE_LENGTH = 200;
export const MAX_LICENCE_LENGTH = 200;
export const MAX_URL_LENGTH = 2000;
const MAX_SIGNERS = 16;
const MAX_KPIS = 64;

const kpiNames = z.array(kpiName).max(MAX_KPIS).default([]);
const time = z.iso.datetime().max(40);

/** Which version of which module a document is about. */
const version = {
  /** `host/repository` */
  repository: line(MAX_REFERENCE_LENGTH).refine(isRepository, "must be host/repository"),
  /** The tag; what it leads to never changes. */
  version: line(128).refine(isTag, "must be a tag"),
};

const bench = z.object({
  candidates: z.number().int().min(1),
  p50Ms: z.number().min(0),
  p99Ms: z.number().min(0),
  /** Absent when it needs more than a node allows. */
  memoryMiB: z.number().min(0).optional(),
});

/** Members that a later genie may add are passed over. */
const entry = z.object({
  type: z.literal("entry"),
  ...version,
  digest: z.custom<Digest>(isDigest, "must be a sha256 digest"),
  kind: z.enum(MODULE_KINDS),
  /** `genie:selection@1.0.0` */
  world: line(128),
  /** Its name for people. */
  title: line(MAX_TITLE_LENGTH).optional(),
  description: line(MAX_DESCRIPTION_LENGTH).default(""),
  kpis: z.object({ required: kpiNames, optional: kpiNames }).prefault({}),
  /** An SPDX expression. */
  licence: line(MAX_LICENCE_LENGTH).optional(),
  source: z.httpUrl().max(MAX_URL_LENGTH).optional(),
  /** Fingerprints of the keys that signed it, as its publisher says. */
  signers: z.array(line(128)).max(MAX_SIGNERS).default([]),
  sizeBytes: z.number().int().min(0),
  bench: bench.optional(),
  publishedAt: time,
});

const deprecation = z.object({
  type: z.literal("deprecation"),
  ...version,
  /** Absent: the version is deprecated no longer. */
  reason: line(MAX_REASON_LENGTH).optional(),
  /** The reference to use in its place. */
  replacedBy: line(MAX_REFERENCE_LENGTH).optional(),
  deprecatedAt: time,
});

const document = z.discriminatedUnion("type", [entry, deprecation]);

/** What a publisher says of one version of a module; never changed. */
export type Entry = z.infer<typeof entry>;
/** That a version should no longer be used, or may be again. The latest one counts. */
export type Deprecation = z.infer<typeof deprecation>;
/** One of the small truths of which a catalogue is made. */
export type CatalogueDocument = Entry | Deprecation;

/** The document, or the clause that says why it's none. Nothing in it makes this throw. */
export function findDocument(value: unknown): CatalogueDocument | string {
  const parsed = document.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = toFieldName(issue?.path ?? []);
  return field === "" ? (issue?.message ?? "") : `${field}: ${issue?.message ?? ""}`;
}
