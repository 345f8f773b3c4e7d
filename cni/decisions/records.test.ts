import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { readRecords } from "./records.ts";

test("who waits for records stops when told to", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "genie-records-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const pipe = path.join(folder, "pipe");
  await execa("mkfifo", [pipe]);
  await using _writer = await open(pipe, "r+");
  const stop = new AbortController();
  const reading = readRecords(pipe, stop.signal).all[Symbol.asyncIterator]().next();
  stop.abort();
  await expect(reading).rejects.toMatchObject({ kind: "ioFailure" });
});
