/** Holds findPoolUse to the real host-local: it gives addresses until it says that there are none left. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { unlessMissing } from "../missing.ts";
import { ensureTools } from "../../test/setup/tools.ts";
import { findPoolUse } from "./address-pool.ts";

const FULL = "no IP addresses available";

let hostLocal = "";
beforeAll(async () => {
  hostLocal = path.join((await ensureTools()).cniPluginDir, "host-local");
}, 120_000);

/** How many pods the real host-local serves, what it says to the next, and what is then in its store. */
async function exhaust(ipam: object): Promise<{ pods: number; says: string; store: string[] }> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "genie-host-local-"));
  await using _folder = { [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true }) };
  const input = {
    cniVersion: "1.0.0",
    name: "net",
    type: "x",
    ipam: { ...ipam, type: "host-local", dataDir },
  };
  for (let pods = 0; ; pods++) {
    const { exitCode, stdout } = await execa(hostLocal, [], {
      input: JSON.stringify(input),
      extendEnv: false,
      env: {
        CNI_COMMAND: "ADD",
        CNI_CONTAINERID: `c${pods}`,
        CNI_NETNS: "/x",
        CNI_IFNAME: "eth0",
        CNI_PATH: "/x",
      },
      reject: false,
      timeout: 10_000,
    });
    if (exitCode === 0) continue;
    return { pods, says: stdout, store: (await unlessMissing(readdir(path.join(dataDir, "net")))) ?? [] };
  }
}

const set = (subnet: string, more: object = {}) => [{ subnet, ...more }];

describe("what host-local gives", () => {
  test.each<[object, number, number]>([
    [{ subnet: "10.0.0.0/29" }, 5, 1],
    [{ subnet: "10.0.0.0/30" }, 1, 1],
    [{ subnet: "10.0.0.0/29", rangeStart: "10.0.0.3" }, 4, 1],
    [{ rangeStart: "10.0.0.3", ranges: [set("10.0.0.0/30")] }, 1, 1],
    [{ ranges: [set("10.0.0.0/24", { rangeStart: "10.0.0.10", rangeEnd: "10.0.0.14" })] }, 5, 1],
    [{ ranges: [set("10.0.0.0/24", { rangeStart: "10.0.0.10", rangeEnd: "10.0.0.10" })] }, 1, 1],
    [{ ranges: [set("10.0.0.0/29", { rangeStart: "10.0.0.0", rangeEnd: "10.0.0.7" })] }, 7, 1],
    [{ ranges: [set("10.0.0.0/29", { rangeStart: "", gateway: null })] }, 5, 1],
    [{ ranges: [set("10.0.0.0/29", { gateway: "10.0.0.6" })] }, 5, 1],
    [{ ranges: [set("10.0.0.0/29", { gateway: "10.0.1.1" })] }, 6, 1],
    [{ ranges: [set("10.0.0.0/30", { rangeStart: "10.0.0.1", rangeEnd: "10.0.0.1" })] }, 0, 1],
    [{ ranges: [set("fd00::/126")] }, 2, 1],
    [{ ranges: [set("10.0.0.0/29"), set("fd00::/64")] }, 5, 2],
    [{ ranges: [set("10.0.0.0/28"), set("fd00::/126")] }, 2, 2],
    [{ ranges: [[...set("10.0.0.0/30"), ...set("10.0.1.0/29")]] }, 6, 2],
    [{ subnet: "10.0.0.0/30", ranges: [set("10.0.1.0/29")] }, 1, 2],
    [
      {
        ranges: [
          [
            ...set("10.0.0.0/28", { rangeEnd: "10.0.0.3" }),
            ...set("10.0.0.0/28", { rangeStart: "10.0.0.5", rangeEnd: "10.0.0.6" }),
          ],
        ],
      },
      4,
      2,
    ],
  ])("%j serves %i pods", async (ipam, pods, subnets) => {
    const real = await exhaust(ipam);
    expect(real).toMatchObject({ pods, says: expect.stringContaining(FULL) });
    expect(findPoolUse({ ...ipam }, [])).toEqual({
      occupancy: pods === 0 ? 1 : 0,
      freeAddresses: pods,
      subnets,
    });
    expect(findPoolUse({ ...ipam }, real.store)).toEqual({ occupancy: 1, freeAddresses: 0, subnets });
  });
});

describe("what host-local refuses has no use", () => {
  test.each<object>([
    {},
    { ranges: [] },
    { ranges: [[]] },
    { ranges: "10.0.0.0/24" },
    { ranges: [[], set("10.0.0.0/30")] },
    { ranges: [[{}], set("10.0.0.0/30")] },
    { ranges: [set("nonsense"), set("10.0.0.0/30")] },
    { subnet: null, ranges: [set("10.0.0.0/30")] },
    { subnet: "" },
    { subnet: 5 },
    { subnet: "10.0.0.0/31" },
    { subnet: "10.0.0.0/32" },
    { subnet: "fd00::/127" },
    { subnet: "10.0.0.5/29" },
    { subnet: "010.0.0.0/30" },
    { subnet: "10.0/30" },
    { subnet: "10.0.0.0/33" },
    { subnet: "10.0.0.0/-1" },
    { ranges: [set("10.0.0.0/29", { gateway: "nonsense" })] },
    { ranges: [set("10.0.0.0/29", { rangeStart: 5 })] },
    { ranges: [set("10.0.0.0/29", { rangeStart: "fd00::1" })] },
    { ranges: [set("10.0.0.0/29", { rangeStart: "10.0.0.5", rangeEnd: "10.0.0.3" })] },
    { ranges: [set("10.0.0.0/29", { rangeStart: "10.0.1.1" })] },
    { ranges: [set("10.0.0.0/29", { rangeEnd: "10.0.1.1" })] },
    { ranges: [[...set("10.0.0.0/30"), ...set("fd00::/126")]] },
    { ranges: [[...set("10.0.0.0/29"), ...set("10.0.0.0/30")]] },
    { ranges: [set("10.0.0.0/29"), set("10.0.0.0/29")] },
  ])("%j", async (ipam) => {
    const real = await exhaust(ipam);
    expect(real.pods).toBe(0);
    expect(real.says).not.toContain(FULL);
    expect(findPoolUse({ ...ipam }, [])).toBeUndefined();
  });
});

const addressIn = (base: string) => fc.option(fc.integer({ min: 0, max: 9 }).map((n) => `${base}${n}`));
const range = fc
  .constantFrom("10.0.0.", "10.0.1.")
  .chain((base) =>
    fc.record({
      subnet: fc.constantFrom(29, 30).map((prefix) => `${base}0/${prefix}`),
      rangeStart: addressIn(base),
      rangeEnd: addressIn(base),
      gateway: addressIn(base),
    }),
  )
  .filter((one) => !runsWild(one));

/** Where only the start is stated, and it is the broadcast address, host-local gives addresses beyond the subnet. */
function runsWild({ subnet, rangeStart, rangeEnd }: Record<string, string | null>): boolean {
  return rangeEnd === null && rangeStart?.at(-1) === (subnet?.endsWith("/29") === true ? "7" : "3");
}

const pool = fc.record({
  ranges: fc.array(fc.array(range, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
});

test("host-local and findPoolUse agree about pools that nobody thought of", async () => {
  await fc.assert(
    fc.asyncProperty(pool, async (ipam) => {
      const { pods, says, store } = await exhaust(ipam);
      const refused = !says.includes(FULL);
      expect(findPoolUse(ipam, [])?.freeAddresses).toBe(refused ? undefined : pods);
      expect(findPoolUse(ipam, store)?.occupancy).toBe(refused ? undefined : 1);
    }),
    { numRuns: 30 },
  );
}, 60_000);

test("occupancy stays within 0 to 1, and what is free and taken makes up the whole", () => {
  const inPool = fc.integer({ min: 2, max: 254 }).map((n) => `10.0.0.${n}`);
  const elsewhere = fc.oneof(
    fc.constantFrom("last_reserved_ip.0", "lock", "10.0.0.1", "10.0.0.255", "7", "0x0a000005", ""),
    fc.ipV6(),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.uniqueArray(inPool), fc.array(elsewhere), (taken, others) => {
      const use = findPoolUse({ subnet: "10.0.0.0/24" }, [...taken, ...others]);
      expect(use).toEqual({ occupancy: taken.length / 253, freeAddresses: 253 - taken.length, subnets: 1 });
    }),
  );
});

test("addresses that are in use beyond a range that was made smaller never make it fuller than full", () => {
  const narrow = { subnet: "10.0.0.0/29", rangeEnd: "10.0.0.3" };
  const store = ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"];
  expect(findPoolUse(narrow, store)).toEqual({ occupancy: 1, freeAddresses: 0, subnets: 1 });
});

test("a pool of more addresses than a number can count is still a pool", () => {
  const use = findPoolUse({ subnet: "::/0" }, ["fd00::5"]);
  expect(use?.occupancy).toBeGreaterThan(0);
  expect(use?.occupancy).toBeLessThan(1e-30);
  expect(use?.freeAddresses).toBe(2 ** 128);
});
