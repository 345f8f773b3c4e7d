import { open } from "node:fs/promises";
import { endianness } from "node:os";
import { Failure } from "../core/errors.ts";
import { orIoFailure } from "../core/io-failure.ts";
import type { HostRoutes } from "../core/networks/generated.ts";

/** Addresses and routes of every table, as the kernel keeps them. Source: linux, net/ipv4/fib_trie.c. */
const TRIE = "/proc/self/net/fib_trie";
/** Routes of the main table, one a line. */
const TABLE = "/proc/self/net/route";

const MOST_BYTES = 4 * 2 ** 20;

/**
 * The routes of IPv4 of the network namespace in which we run.
 *
 * @throws {Failure} ioFailure when they can't be read, or are more than a node has.
 */
export async function readHostRoutes(): Promise<HostRoutes> {
  const table = await readBounded(TABLE);
  return {
    subnets: parseTrie(await readBounded(TRIE)),
    onLinks: listOnLinks(table),
    defaultLink: findDefaultLink(table),
  };
}

/** Destinations, but the default: lines such as `|-- 10.1.0.0` with `/16 universe UNICAST` under them. */
export function parseTrie(text: string): readonly string[] {
  const subnets = new Set<string>();
  let address = "";
  for (const line of text.split("\n")) {
    address = /^ *\|-- ([\d.]+)$/.exec(line)?.[1] ?? address;
    const prefix = /^ *\/(\d+) /.exec(line)?.[1];
    if (prefix !== undefined && prefix !== "0") subnets.add(`${address}/${prefix}`);
  }
  return [...subnets];
}

/** The link of the default route; of several, of the one that counts. */
export function findDefaultLink(text: string): string | undefined {
  const defaults = parseRows(text).filter((row) => row[DESTINATION] === NONE && row[MASK] === NONE);
  const [first] = defaults.toSorted((one, other) => Number(one[METRIC]) - Number(other[METRIC]));
  return first?.[LINK];
}

/** What each link leads to by itself. Numbers stand there as they lie in memory. */
export function listOnLinks(text: string): HostRoutes["onLinks"] {
  return parseRows(text).flatMap(([link = "", destination = "", gateway, , , , , mask = ""]) => {
    if (gateway !== NONE || mask === NONE) return [];
    const bytes = [...Buffer.from(destination, "hex")];
    const address = (endianness() === "LE" ? bytes.toReversed() : bytes).join(".");
    const bits = [...Buffer.from(mask, "hex")].map((byte) => byte.toString(2)).join("");
    return [{ link, subnet: `${address}/${bits.replaceAll("0", "").length}` }];
  });
}

function parseRows(text: string): readonly (readonly string[])[] {
  return text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
}

/** Columns of the table, and an address of zeros. */
const [LINK, DESTINATION, METRIC, MASK] = [0, 1, 6, 7];
const NONE = "00000000";

/** The kernel says no size of these files. */
function readBounded(file: string): Promise<string> {
  return orIoFailure(`the node's routes ${file} can't be read`, async () => {
    await using handle = await open(file);
    const chunks: Buffer[] = [];
    for (let left = MOST_BYTES; left > 0;) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 2 ** 10));
      if (bytesRead === 0) return Buffer.concat(chunks).toString("latin1");
      chunks.push(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    throw new Failure("ioFailure", `the node has more routes than genie reads: ${file}`, {
      details: "nobody knows which subnets are free: write the network's configuration by hand",
    });
  });
}
