import { Buffer } from "node:buffer";
import { readFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Attachment } from "../../core/ports.ts";
import { seal } from "../../core/sealed.ts";
import { makeAttachment } from "../../test/fakes/attachment.ts";
import { readEntry, writeEntry } from "./format.ts";

const text = fc.string({ unit: "binary" });
const folder = text.filter((one) => one !== "" && !one.includes(":"));
const attachment: fc.Arbitrary<Attachment> = fc.record({
  containerId: fc.constant("c1"),
  ifName: text,
  network: text,
  cniVersion: text,
  caller: fc.record({ network: text, ifName: text }),
  namespace: fc.record({ path: text, identity: text, folder: text }),
  bootId: text,
  args: text,
  path: fc.array(folder, { maxLength: 4 }),
  state: fc.constantFrom("planned", "attached", "leaving"),
  checked: fc.boolean(),
  steps: fc.array(fc.record({ plugin: text, stdin: text }), { maxLength: 4 }),
});
const entry = (attachments: readonly Attachment[]) => ({ attachments, hints: undefined });

test("what is written is read back, whatever the texts hold", () => {
  fc.assert(
    fc.property(fc.array(attachment, { maxLength: 4 }), (attachments) => {
      expect(readEntry("c1", writeEntry(attachments))).toEqual(entry(attachments));
    }),
  );
});

test("texts that look like records change nothing", () => {
  const stdin = '{"x":"\\n"}\nplugin 6\nbridge\nattachment 4\neth1\nsha256 64\n';
  const tricky = makeAttachment({
    network: "attachment",
    args: "state=attached;plugin=x",
    state: "planned",
    steps: [{ plugin: "plugin", stdin }],
  });
  expect(readEntry("c1", writeEntry([tricky, tricky]))).toEqual(entry([tricky, tricky]));
});

describe("an entry that isn't whole is only searched for hints", () => {
  const file = writeEntry([makeAttachment({ network: "blue" }), makeAttachment({ network: "red" })]);

  test("wherever it is cut", () => {
    for (let length = 0; length < file.length; length++) {
      const { attachments, hints } = readEntry("c1", file.subarray(0, length));
      expect(attachments).toEqual([]);
      expect(["", "blue", "blue,red"]).toContain(hints?.map(({ network }) => network).join());
    }
    expect(readEntry("c1", file.subarray(0, -1)).hints).toEqual([
      { network: "blue", ifName: "eth0" },
      { network: "red", ifName: "eth0" },
    ]);
  });

  test("whichever byte is changed", () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Uint8Array.from(file);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(readEntry("c1", changed)).toEqual({ attachments: [], hints: expect.any(Array) });
      }),
    );
  });

  test.each<[string, Uint8Array, readonly string[]]>([
    ["empty", Buffer.alloc(0), []],
    ["without a line end", Buffer.from("genie-ledger 1"), []],
    ["another program's", Buffer.from('{"cniVersion":"1.0.0"}\n'), []],
    [
      "of a newer genie",
      seal("genie-ledger 2", [
        ["attachment", Buffer.from("eth0")],
        ["network", Buffer.from("blue")],
      ]),
      ["blue"],
    ],
    ["another container's", writeEntry([makeAttachment({ containerId: "c2" })]), ["blue"]],
    [
      "partly another container's",
      writeEntry([makeAttachment(), makeAttachment({ containerId: "" })]),
      ["blue", "blue"],
    ],
  ])("%s", (_, bytes, networks) => {
    const hints = networks.map((network) => ({ network, ifName: "eth0" }));
    expect(readEntry("c1", bytes)).toEqual({ attachments: [], hints });
  });

  test.each(["", "..", "a/b", "a:b", "a b", "sixteen-letters-"])("and the interface %j is none", (ifName) => {
    const torn = writeEntry([makeAttachment({ ifName })]).subarray(0, -1);
    expect(readEntry("c1", torn).hints).toEqual([]);
  });

  test.each(["", "../etc", "a/b", "-rf", "a b", "a\nb", "a\0", "ä", "n".repeat(254)])(
    "and the name %j is no hint",
    (network) => {
      const torn = writeEntry([makeAttachment({ network })]).subarray(0, -1);
      expect(readEntry("c1", torn).hints).toEqual([]);
    },
  );
});

test("what is unknown is not taken for done", () => {
  const records = [
    ["attachment", Buffer.from("eth0")],
    ["container", Buffer.from("c1")],
    ["state", Buffer.from("half")],
  ] as const;
  expect(readEntry("c1", seal("genie-ledger 1", records)).attachments).toMatchObject([
    { ifName: "eth0", state: "planned", checked: true, path: [], steps: [] },
  ]);
});

test("the README shows an entry as it is written", async () => {
  const stdin = '{"type":"bridge","name":"blue","cniVersion":"1.0.0","prevResult":{"cniVersion":"1.0.0"}}';
  const shown = makeAttachment({
    containerId: "cid-1",
    namespace: { path: "/run/netns/pod-1", identity: "4:4026532281@1795503749398640271", folder: "0:25" },
    bootId: "8a7ac1b6-2bb2-4b8c-9b43-1f0c3a6cf7b1",
    args: "",
    path: ["/opt/cni/bin", "/usr/lib/cni"],
    steps: [{ plugin: "bridge", stdin }],
  });
  const readme = await readFile(path.join(import.meta.dirname, "README.md"), "utf8");
  expect(readme).toContain(`\`\`\`\n${Buffer.from(writeEntry([shown])).toString()}\`\`\`\n`);
});
