import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFailed, test } from "vitest";
import { spawnGuest } from "./guest-process.ts";

test("a guest that talks without end on stderr is not listened to for ever", async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-talker-"));
  const program = path.join(folder.path, "talker");
  await writeFile(program, "#!/bin/sh\nwhile :; do echo 'a line of sixteen' >&2 || exit 3; done", {
    mode: 0o755,
  });
  const talker = spawnGuest(program);
  onTestFailed(() => talker.kill());
  const { signal, lastWords } = await talker.ended;
  expect(signal).toBe("SIGPIPE");
  expect(lastWords).toMatch(/a line of sixteen$/);
});
