/** What holds for every annotation of CNI-Genie's, whatever is in it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { Failure } from "../errors.ts";
import { toLine } from "../printable.ts";
import { isInterfaceName } from "./interface-name.ts";
import { planInterfaceNames } from "./interface-names.ts";
import { readIntent } from "./read.ts";

const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", default_plugin: "red,blue@eth1" }));
const pod = { namespace: "shop", name: "web", uid: "u1" };

/** `net1 → eth4`, in the order of attachment. */
function plan(annotations: Readonly<Record<string, string>>): readonly string[] {
  const intent = readIntent(new Map(Object.entries(annotations)), { pod, config });
  return planInterfaceNames(intent, { called: "eth0", taken: new Set() }).flatMap(({ wish, ifNames }) =>
    ifNames.map((ifName) => `${JSON.stringify(wish.target)} → ${ifName}`),
  );
}

interface Element {
  readonly network: string;
  readonly ifName: string | undefined;
}

const space = fc.constantFrom("", " ", "\t", "  ");
const element = fc.record({
  network: fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/),
  ifName: fc.option(
    fc.stringMatching(/^(eth[0-9]|net[0-9]|[a-z][a-z0-9_.-]{0,13})$/).filter(isInterfaceName),
    { nil: undefined },
  ),
});
const valid = fc
  .uniqueArray(element, {
    minLength: 1,
    maxLength: 16,
    selector: ({ ifName }) => ifName ?? Symbol("unnamed"),
  })
  .filter((all) => all.length > 0);
const format = (all: readonly Element[], gap: string) =>
  all
    .map(({ network, ifName }) => `${gap}${network}${gap}${ifName === undefined ? "" : `@${gap}${ifName}`}`)
    .join(",");

describe.each(["cni", "networks"])("1,000 valid annotations %s", (key) => {
  const everyOne = (check: (all: readonly Element[], gap: string) => void) =>
    fc.assert(fc.property(valid, space, check), { numRuns: 1_000 });

  test("are planned the same each time, with a name of its own for each interface", () => {
    everyOne((all, gap) => {
      const planned = plan({ [key]: format(all, gap) });
      expect(plan({ [key]: format(all, gap) })).toEqual(planned);
      expect(plan({ [key]: format(all, "") })).toEqual(planned);
      expect(new Set(planned.map((line) => line.split(" → ").at(-1))).size).toBe(all.length);
    });
  });

  test("have each interface that was asked for on its own network, in either order", () => {
    everyOne((all, gap) => {
      for (const order of [all, all.toReversed()]) {
        const planned = plan({ [key]: format(order, gap) });
        for (const [at, { network, ifName }] of order.entries()) {
          expect(planned[at]).toContain(`"${network}"`);
          if (ifName !== undefined) expect(planned[at]?.endsWith(` → ${ifName}`)).toBe(true);
        }
      }
    });
  });
});

describe("whatever a pod writes", () => {
  const letters = fc.constantFrom(
    ",",
    "@",
    " ",
    "a",
    "eth0",
    "\u200b",
    "\u202e",
    "，",
    "\0",
    "\n",
    "__proto__",
    "🙂",
    "\ud800",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(letters, { maxLength: 40 }).map((all) => all.join("")),
    fc.tuple(letters, fc.integer({ min: 0, max: 300_000 })).map(([one, times]) => one.repeat(times)),
  );
  const annotations = fc.record({ cni: text, networks: text }, { requiredKeys: [] });

  test("is planned, or refused in a line that names the annotation and steers no terminal", () => {
    fc.assert(
      fc.property(annotations, (written) => {
        try {
          expect(plan(written).length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.kind).toBe("invalidConfig");
          expect(error.message).toMatch(/^annotation "(cni|networks)"|^the pod asks for/);
          expect(error.message.length).toBeLessThan(1_000);
          expect(toLine(error.message)).toBe(error.message);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(["a,", "@", ",", "a@", " ", "\u200b", "a@eth0,"])("a mebibyte of %j ends", (unit) => {
    const text = unit.repeat(2 ** 20 / unit.length);
    for (const key of ["cni", "networks"]) {
      try {
        plan({ [key]: text });
      } catch (error) {
        expect(error).toBeInstanceOf(Failure);
      }
    }
  });
});

test("the NPWG's annotation counts before CNI-Genie's wherever its key is", () => {
  for (const npwg of ["", "[]", "blue"]) {
    const { wishes, naming } = readIntent(
      new Map([
        ["cni", "green"],
        ["networks", "net1"],
        ["k8s.v1.cni.cncf.io/networks", npwg],
      ]),
      { pod, config },
    );
    expect(naming).toBe("net");
    expect(JSON.stringify(wishes)).not.toMatch(/green|net1/);
  }
});
