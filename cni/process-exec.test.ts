import { chmod, mkdir, open, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PluginCall } from "../core/ports.ts";
import { toPluginCall } from "../test/plugins/plugin-call.ts";
import { openPluginFolder, type PluginFolder } from "../test/plugins/scripted.ts";
import { openExec } from "./process-exec.ts";

let folder: PluginFolder;
let passed: string;
beforeEach(async () => {
  folder = await openPluginFolder();
  passed = "";
});
afterEach(() => folder[Symbol.asyncDispose]());

const { exec } = openExec({ pass: (bytes) => void (passed += bytes.toString()) });

function run(more: Partial<PluginCall> = {}, signal = new AbortController().signal) {
  return exec.run(toPluginCall(folder, more), signal);
}

test("gives back what the plugin said, to the byte, and how it ended", async () => {
  await folder.plugin("one", 'printf "%s\\n\\n" "$stdin"; printf "oh\\n" >&2; exit 7');
  expect(await run({ stdin: '{"ü":"😀"}' })).toEqual({
    ended: "exited",
    exitCode: 7,
    stdout: '{"ü":"😀"}\n\n',
    stderr: "oh\n",
  });
  expect(passed).toBe("oh\n");
});

describe("the environment is of our own making", () => {
  beforeEach(() => {
    process.env["GENIE_TEST_SECRET"] = "token";
    process.env["CNI_ARGS"] = "our=own";
  });
  afterEach(() => {
    delete process.env["GENIE_TEST_SECRET"];
    delete process.env["CNI_ARGS"];
  });

  async function readEnvironment(more: Partial<PluginCall>): Promise<readonly string[]> {
    await folder.plugin("one", "env");
    const outcome = await run({ path: ["/nowhere", ...folder.path], ...more });
    const lines = outcome.ended === "exited" ? outcome.stdout.split("\n") : [];
    const shells = /^(PWD|OLDPWD|SHLVL|_)=/;
    return lines.filter((line) => line !== "" && !shells.test(line)).toSorted();
  }

  test.each(["ADD", "DEL", "CHECK"] as const)("%s", async (verb) => {
    expect(await readEnvironment({ verb })).toEqual([
      "CNI_ARGS=A=b",
      `CNI_COMMAND=${verb}`,
      "CNI_CONTAINERID=c1",
      "CNI_IFNAME=eth0",
      "CNI_NETNS=/run/netns/a",
      `CNI_PATH=/nowhere:${folder.path[0]}`,
      "GENIE_CALLED_BY_GENIE=1",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]);
  });

  test.each(["GC", "STATUS"] as const)("%s is about no container", async (verb) => {
    expect(await readEnvironment({ verb })).toEqual([
      `CNI_COMMAND=${verb}`,
      `CNI_PATH=/nowhere:${folder.path[0]}`,
      "GENIE_CALLED_BY_GENIE=1",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]);
  });
});

describe("which plugin", () => {
  test("is the first program of that name in CNI_PATH, whatever else is called so", async () => {
    const other = path.join(folder.dir, "other");
    await mkdir(path.join(other, "one"), { recursive: true });
    const third = path.join(folder.dir, "third");
    await mkdir(third);
    await writeFile(path.join(third, "one"), "#!/bin/sh\n", { mode: 0o644 });
    await folder.plugin("one", "echo found");
    expect(await run({ path: ["/nowhere", other, third, ...folder.path] })).toMatchObject({
      stdout: "found\n",
    });
  });

  test("is none that isn't there", async () => {
    const bin = path.basename(folder.path[0]);
    await folder.plugin("one", "echo '{}'");
    expect(await run({ plugin: "gone" })).toEqual({ ended: "notFound" });
    expect(await run({ path: [] })).toEqual({ ended: "notFound" });
    expect(await run({ path: [path.join(folder.dir, "bin/one")] })).toEqual({ ended: "notFound" });
    for (const plugin of ["", ".", "..", "./one", `../${bin}/one`, path.join(folder.path[0], "one")]) {
      expect(await run({ plugin })).toEqual({ ended: "notFound" });
      expect(await exec.has(plugin, folder.path)).toBe(false);
    }
    expect(await exec.has("one", ["/nowhere", ...folder.path])).toBe(true);
  });

  test("that can't be started is named", async () => {
    await writeFile(path.join(folder.path[0], "one"), "#!/no/such/interpreter\n");
    await chmod(path.join(folder.path[0], "one"), 0o755);
    await expect(run()).rejects.toMatchObject({
      kind: "delegateFailed",
      message: "ADD of plugin one could not be started: ENOENT",
    });
  });
});

test("one that dies is told by its signal", async () => {
  await folder.plugin("one", "kill -SEGV $$");
  expect(await run()).toEqual({ ended: "killed", signal: "SIGSEGV" });
});

describe("stderr", () => {
  const stderrOf = async () => {
    const outcome = await run();
    return outcome.ended === "exited" ? outcome.stderr : outcome.ended;
  };

  test("is handed on while the plugin runs", async () => {
    await folder.plugin("one", `echo early >&2; while ! [ -e '${folder.dir}/go' ]; do sleep 0.05; done`);
    const running = run();
    await expect.poll(() => passed, { timeout: 20_000 }).toBe("early\n");
    await writeFile(path.join(folder.dir, "go"), "");
    expect(await running).toMatchObject({ exitCode: 0, stderr: "early\n" });
  });

  test("is kept as far as its end, and handed on as far as its first MiB", async () => {
    await folder.plugin("one", "yes | head -c 3000000 >&2; echo last >&2; exit 1");
    expect(await stderrOf()).toMatch(/^(y|\n)[y\n]*last\n$/);
    expect([(await stderrOf()).length, passed.length]).toEqual([64 * 1024, 2 * 1024 * 1024]);
  });
});

describe("a plugin that is being written", () => {
  async function openForWriting() {
    await folder.plugin("one", "echo '{}'");
    return await open(path.join(folder.path[0], "one"), "r+");
  }

  test("is waited for", async () => {
    const writer = await openForWriting();
    const running = run();
    setTimeout(() => void writer.close(), 300);
    expect(await running).toMatchObject({ stdout: "{}\n" });
  });

  test("is waited for no longer than we may", async () => {
    await using _writer = await openForWriting();
    expect(await run({}, AbortSignal.timeout(200))).toEqual({ ended: "killed", signal: "SIGTERM" });
  });

  test("for ever is an error", async () => {
    await using _writer = await openForWriting();
    await expect(run()).rejects.toMatchObject({
      kind: "delegateFailed",
      message: "ADD of plugin one could not be started: ETXTBSY",
    });
  });
});
