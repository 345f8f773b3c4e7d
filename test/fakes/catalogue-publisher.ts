/**
 * A process that publishes entries into the catalogue argv[2], and prints a line for each: its version and what came of
 * it. argv[3]: its name; argv[4]: how many. With `own` in argv[5] each publisher has versions of its own; with `same`
 * all publish the same ones, each with other bytes.
 */
import { parseCatalogueName } from "../../registry/catalogue/name.ts";
import { publishEntry } from "../../registry/catalogue/update.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { sha256 } from "../../registry/digest.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { makeEntry } from "./catalogue-entry.ts";

const [, , catalogue = "", name = "", count = "", versions = ""] = process.argv;
const TIMING = { writeWithinMs: 1_500, patienceMs: 4_000, pollMs: 50 };

using client = new RegistryClient(parseCatalogueName(catalogue));
for (let at = 0; at < Number(count); at++) {
  const version = versions === "own" ? `1.${at}.0-${name}` : `1.${at}.0`;
  const entry = makeEntry({ version, digest: sha256(Buffer.from(`${name} ${at}`)) });
  try {
    await publishEntry(client, entry, { timing: TIMING });
    console.log(`${version} ${entry.digest}`);
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    console.log(`${version} ${error.kind}`);
  }
}
