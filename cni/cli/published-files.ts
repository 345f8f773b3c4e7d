import { stat } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../core/errors.ts";
import type { GoldenCase } from "../../core/golden/case.ts";
import { unlessMissing } from "../../core/missing.ts";
import { DOCUMENTS } from "../../registry/artifact/document.ts";
import { parseGoldenCases } from "../author/golden/case.ts";
import type { Subject } from "../author/subject.ts";
import { withReport } from "./author-options.ts";
import { readInput } from "./input-file.ts";
import type { Shell } from "./shell.ts";

/** What is published beside a module. */
export interface PublishedFiles {
  readonly cases: readonly GoldenCase[];
  /** As the file has them; undefined without any. */
  readonly casesText: Buffer | undefined;
  readonly readme: Buffer | undefined;
}

export interface FileOptions {
  /** False: without. Absent: the one beside the module. */
  readonly cases?: string | false;
  readonly readme?: string | false;
}

/** @throws {Failure} invalidConfig where nobody says whether there are golden cases {BuildFailure} for what are none */
export async function readPublishedFiles(
  subject: Subject,
  options: FileOptions,
  shell: Shell,
): Promise<PublishedFiles> {
  const readme = await findFile(options.readme, {
    beside: path.join(path.dirname(subject.file), DOCUMENTS.readme.fileName),
    maxBytes: DOCUMENTS.readme.maxBytes,
  });
  const maxBytes = DOCUMENTS.golden.maxBytes;
  const golden = await findFile(options.cases, { beside: subject.cases, maxBytes });
  if (golden === undefined && options.cases !== false) {
    throw new Failure("invalidConfig", `${subject.cases} is not there`, {
      details: "write golden cases, name them with --cases, or publish without them with --no-cases",
    });
  }
  const cases =
    golden === undefined
      ? []
      : await withReport(async () => parseGoldenCases(golden.file, golden.bytes.toString()), shell);
  return { cases, casesText: golden?.bytes, readme: readme?.bytes };
}

/** The file that was named, or the one that lies beside the module; undefined where there is none, or shall be none. */
async function findFile(
  named: string | false | undefined,
  { beside, maxBytes }: { beside: string; maxBytes: number },
): Promise<{ file: string; bytes: Buffer } | undefined> {
  if (named === false) return undefined;
  if (named === undefined && (await unlessMissing(stat(beside))) === undefined) return undefined;
  const file = named ?? beside;
  return { file, bytes: await readInput(file, maxBytes) };
}
