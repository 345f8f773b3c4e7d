import { toLine } from "../../core/printable.ts";
import { type Annotations, MODULE_PREFIX, OCI_ANNOTATION } from "./annotations.ts";
import { RegistryFailure } from "../errors.ts";
import { isSpdxExpression } from "./spdx-expression.ts";

/** What a publisher says of a module beside what the module says of itself. */
export interface PublisherNotes {
  readonly title?: string | undefined;
  readonly version?: string | undefined;
  /** An SPDX expression: `Apache-2.0 OR MIT`. */
  readonly licence?: string | undefined;
  /** Where the source code lies: a URL. */
  readonly source?: string | undefined;
  /** Others, by key. */
  readonly annotations?: Annotations | undefined;
}

const MAX_ANNOTATIONS = 64;
const MAX_VALUE_LENGTH = 4096;
const KEY = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$/;
const SOURCE_SCHEMES = ["https:", "http:", "git:", "ssh:"];

/** The notes as annotations. @throws {RegistryFailure} invalidAnnotation, naming the one that is wrong. */
export function planNotes({
  title,
  version,
  licence,
  source,
  annotations = {},
}: PublisherNotes): Annotations {
  if (licence !== undefined && !isSpdxExpression(licence))
    throw invalid("the licence is no SPDX expression", "write it as Apache-2.0, or MIT OR Apache-2.0");
  if (source !== undefined && !isSource(source))
    throw invalid("the source can't be told", "name a URL of https, http, git or ssh without a password");
  const named = Object.entries({
    [OCI_ANNOTATION.title]: title,
    [OCI_ANNOTATION.version]: version,
    [OCI_ANNOTATION.licences]: licence,
    [OCI_ANNOTATION.source]: source,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const twice = named.find(([key]) => annotations[key] !== undefined);
  if (twice !== undefined) throw invalid(`the annotation ${twice[0]} is given twice`);
  const all = [...named, ...Object.entries(annotations)];
  if (all.length > MAX_ANNOTATIONS)
    throw invalid(`${all.length} annotations are more than ${MAX_ANNOTATIONS}`);
  for (const [key, value] of all) checkAnnotation(key, value);
  return Object.fromEntries(all);
}

function checkAnnotation(key: string, value: string): void {
  const fail = (why: string): never => {
    throw invalid(`the annotation ${JSON.stringify(key.slice(0, 256))} ${why}`);
  };
  if (!KEY.test(key)) fail("has a key with other characters than letters, digits, '.', '_', '/' and '-'");
  if (key.startsWith(MODULE_PREFIX)) fail("is the module's own: it is made from what its binary says");
  if (value === "") fail("is empty");
  if (value.length > MAX_VALUE_LENGTH) fail(`has more than ${MAX_VALUE_LENGTH} characters`);
  if (toLine(value).toWellFormed() !== value) fail("has control characters");
}

/** What is published stays: nobody tells a password in it by mistake. */
function isSource(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && SOURCE_SCHEMES.includes(url.protocol) && url.password === "";
}

function invalid(why: string, todo?: string): RegistryFailure {
  return new RegistryFailure("invalidAnnotation", why, todo === undefined ? {} : { todo });
}
