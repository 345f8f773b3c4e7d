import { RegistryFailure } from "../errors.ts";
import { parseJsonObject } from "../json.ts";
import { isTag } from "../reference.ts";
import type { Connection } from "./connection.ts";
import { readPages } from "./page.ts";

/** Of one repository. */
const MAX_TAGS = 100_000;
const PAGE_LENGTH = 1000;

/** Every tag of a repository; none when there is no such repository. Source: distribution-spec, "Listing Tags". */
export async function listTags(connection: Connection): Promise<string[]> {
  const first = new URL(`tags/list?n=${PAGE_LENGTH}`, connection.base);
  const tags = new Set<string>();
  for await (const { body, url } of readPages(connection, first, { accept: "application/json" })) {
    const { tags: page } = parseJsonObject(body, `the list of tags of ${url.host}`);
    for (const tag of Array.isArray(page) ? page : []) if (isTag(tag)) tags.add(tag);
    if (tags.size > MAX_TAGS)
      throw new RegistryFailure("tooLarge", `${url.host} lists more than ${MAX_TAGS} tags`);
  }
  return [...tags];
}
