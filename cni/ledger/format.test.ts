import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Attachment } from "../../core/ports.ts";
import { seal } from "../../core/sealed.ts";
import { findEntry, writeEntry } from "./format.ts";

const text = fc.string({ unit: "binary" });
const attachment: fc.Arbitrary<Attachment> = fc.record({
  containerId: text,
  ifName: text,
  network: text,
  netns: text,
  args: text,
  state: fc.constantFrom("planned", "attached"),
  undo: fc.array(fc.record({ plugin: text, stdin: text }), { maxLength: 4 }),
});

test("what is written is read back, whatever the texts hold", () => {
  fc.assert(
    fc.property(fc.array(attachment, { maxLength: 4 }), (attachments) => {
      expect(findEntry(writeEntry(attachments))).toEqual(attachments);
    }),
  );
});

test("texts that look like records change nothing", () => {
  const stdin = '{"x":"\\n"}\nplugin 6\nbridge\nattachment 4\neth1\nsha256 64\n';
  const tricky: Attachment = {
    containerId: "c1",
    ifName: "eth0",
    network: "attachment",
    netns: "/run/netns/a",
    args: "state=attached;plugin=x",
    state: "planned",
    undo: [{ plugin: "plugin", stdin }],
  };
  expect(findEntry(writeEntry([tricky, tricky]))).toEqual([tricky, tricky]);
});

test("a cut or changed entry is no entry", () => {
  const file = writeEntry([
    { containerId: "c", ifName: "e", network: "n", netns: "", args: "", state: "attached", undo: [] },
  ]);
  for (let length = 0; length < file.length; length++)
    expect(findEntry(file.subarray(0, length))).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Uint8Array.from(file);
      changed[at] = (changed[at] ?? 0) ^ change;
      expect(findEntry(changed)).toBeUndefined();
    }),
  );
});

test.each([
  ["empty", Buffer.alloc(0)],
  ["of another version", seal("genie-ledger 2", [])],
  ["another program's", Buffer.from('{"cniVersion":"1.0.0"}')],
])("a file that is %s is no entry", (_, file) => expect(findEntry(file)).toBeUndefined());

test("a state that is unknown is not taken for done", () => {
  const records = [
    ["attachment", Buffer.from("eth0")],
    ["state", Buffer.from("half")],
  ] as const;
  expect(findEntry(seal("genie-ledger 1", records))).toMatchObject([
    { ifName: "eth0", state: "planned", undo: [] },
  ]);
});
