/**
 * What native code in the guest process can do that has broken out of V8: see test/native/attempts.rs for the stand-in.
 * Each attempt succeeds where nothing confines it, and says by which errno the shipped guest denies it.
 */
import { once } from "node:events";
import { chmod, mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { getSystemErrorName } from "node:util";
import { execa } from "execa";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { readBareHead } from "../test/fakes/bare-head.ts";
import { type NativeBar, compileConfineObject, OWN_MACHINE, REMEDY } from "./build/confine-object.ts";

const ATTEMPTS = new URL("../test/native/attempts.rs", import.meta.url).pathname;
const OBJECT = `confine-${OWN_MACHINE}.so`;
const COMPILE_MS = 60_000;

const DENIED = {
  "read a file that anyone may read": "ENOENT",
  "read a file that anyone may read, by openat2": "ENOSYS",
  "read a secret": "ENOENT",
  "read its own program": "ENOENT",
  "read what its root folder holds": "ENOENT",
  "list the root folder": "ENOENT",
  "ask whether a file is there": "EPERM",
  "ask for a file's size": "EPERM",
  "ask for a file's size, as if by descriptor": "ENOENT",
  "read a link": "EPERM",
  "open a file by handle": "EPERM",
  "make a file": "ENOENT",
  "make a folder": "EPERM",
  "make a file in memory": "EPERM",
  "watch files": "EPERM",
  "connect to a unix socket": "EPERM",
  "connect to an abstract socket": "EPERM",
  "connect by TCP": "EPERM",
  "bind a TCP port": "EPERM",
  "send by UDP": "EPERM",
  "open a raw socket": "EPERM",
  "open a netlink socket": "EPERM",
  "hand a descriptor to the host": "EPERM",
  "run a program": "EPERM",
  "run a program out of a descriptor": "EPERM",
  fork: "EPERM",
  vfork: "EPERM",
  clone3: "ENOSYS",
  "trace another process": "EPERM",
  "read another's memory": "EPERM",
  "read another's memory by /proc": "ENOENT",
  "signal another": "EPERM",
  "signal another's thread": "EPERM",
  "signal all": "EPERM",
  "hold another by descriptor": "ENOSYS",
  "have signals sent to another": "EPERM",
  "read another's limits": "EPERM",
  "pin another to a processor": "EPERM",
  "change another's priority": "EPERM",
  "become root": "EPERM",
  "make a user namespace": "EPERM",
  "leave a namespace": "EPERM",
  mount: "EPERM",
  "change its root folder": "EPERM",
  io_uring: "ENOSYS",
  "load BPF": "EPERM",
  "count events": "EPERM",
  "handle page faults": "EPERM",
  "find a keyring": "EPERM",
  "keep a key": "EPERM",
  "share memory with System V": "EPERM",
  "make a message queue": "EPERM",
  "make a semaphore": "EPERM",
  "make a timer": "EPERM",
  "have memory that no limit counts: shared": "EPERM",
  "have memory that no limit counts: growing": "EPERM",
  "let others of its user look in": "EPERM",
  "add a filter of its own": "EPERM",
  "type into its terminal": "EPERM",
} as const;

/** What is left to be tried on: a folder with a secret, sockets, a port, and another process. */
async function makeHost() {
  const undo = new AsyncDisposableStack();
  onTestFinished(() => undo.disposeAsync());
  const { path: dir } = undo.use(await mkdtempDisposable(path.join(tmpdir(), "genie-confine-")));
  await chmod(dir, 0o755);
  await mkdir(path.join(dir, "open"));
  await chmod(path.join(dir, "open"), 0o777);
  await writeFile(path.join(dir, "secret"), "of root", { mode: 0o600 });
  const listen = async (where: string | { port: number; host: string }) => {
    const server = createServer((socket) => socket.end());
    undo.defer(async () => void (await new Promise((resolve) => server.close(resolve))));
    server.listen(where);
    await once(server, "listening");
    return server.address();
  };
  await listen(path.join(dir, "socket"));
  await chmod(path.join(dir, "socket"), 0o777);
  await listen(`\0${dir}`);
  const address = await listen({ port: 0, host: "127.0.0.1" });
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const victim = execa("sleep", ["300"], { reject: false });
  undo.defer(async () => void (victim.kill("SIGKILL"), await victim));
  const attempts = path.join(dir, "attempts.so");
  await execa("rustc", [ATTEMPTS, "--edition", "2021", "--crate-type", "cdylib", "-o", attempts], {
    env: { FOLDER: dir, VICTIM: String(victim.pid), PORT: String(port) },
    timeout: COMPILE_MS,
  });
  return { dir, attempts };
}

type Host = Awaited<ReturnType<typeof makeHost>>;

/** Code that anything else of the program has run before. */
const TRY = `require("os").getPriority();`;

/** What each attempt says without any bar, as the user who runs the tests. */
async function tryUnconfined({ attempts }: Host) {
  const { stdout } = await execa(process.execPath, ["-e", TRY], { env: { LD_PRELOAD: attempts } });
  return readOutcomes(stdout);
}

/** What each attempt says behind the guest's own head. */
async function tryConfined({ dir, attempts }: Host, without: readonly NativeBar[] = []) {
  for (const folder of ["bin", "lib"]) await mkdir(path.join(dir, folder), { recursive: true });
  const object = path.join(dir, "lib", OBJECT);
  expect(await compileConfineObject({ machine: OWN_MACHINE, file: object, without })).toBeUndefined();
  const head = await readBareHead();
  const preload = "/proc/self/fd/5:";
  expect(head).toContain(preload);
  const program = path.join(dir, "bin/probe");
  const script = `require("fs").writeSync(2, process.env.CONFINED); ${TRY}`;
  await writeFile(program, `${head.replace(preload, `${preload}${attempts}:`)}\n${script}`, { mode: 0o755 });
  const { stdout, stderr } = await execa(program, {
    env: { GENIE_NODE: process.execPath, PATH: "/usr/bin:/bin" },
    extendEnv: false,
  });
  return { outcomes: readOutcomes(stdout), bars: stderr.trim().split(",") };
}

function readOutcomes(text: string): Readonly<Record<string, string>> {
  const told: Record<string, string | number> = JSON.parse(text);
  return Object.fromEntries(
    Object.entries(told).map(([name, what]) => [
      name,
      typeof what === "number" ? getSystemErrorName(-what) : what,
    ]),
  );
}

beforeAll(async () => {
  const { exitCode } = await execa("rustc", ["--version"], { reject: false });
  if (exitCode !== 0) throw new Error(`rustc is missing: ${REMEDY}`);
});

test("native code in the guest gets nowhere with what it could do without bars", async () => {
  const host = await makeHost();
  const done = Object.fromEntries(Object.keys(DENIED).map((name) => [name, "done"]));
  expect(await tryUnconfined(host)).toEqual(done);
  const { outcomes, bars } = await tryConfined(host);
  expect(bars).toEqual(["root", "landlock", "seccomp"]);
  expect(outcomes).toEqual(DENIED);
});

test.each([
  {
    name: "Landlock",
    without: ["seccomp"],
    bars: ["root", "landlock"],
    denied: {
      "list the root folder": "EACCES",
      "read what its root folder holds": "EACCES",
      "connect by TCP": "EACCES",
      "bind a TCP port": "EACCES",
      "run a program out of a descriptor": "EACCES",
    },
  },
  {
    name: "an empty root folder",
    without: ["seccomp", "landlock"],
    bars: ["root"],
    denied: {
      "read a file that anyone may read": "ENOENT",
      "ask whether a file is there": "ENOENT",
      "ask for a file's size": "ENOENT",
      "read its own program": "ENOENT",
      "make a file": "ENOENT",
      "connect to a unix socket": "ENOENT",
      "run a program": "ENOENT",
      "make a user namespace": "EPERM",
    },
  },
  { name: "the filter", without: ["landlock"], bars: ["root", "seccomp"], denied: DENIED },
] as const)("$name stands alone as well", async ({ without, bars, denied }) => {
  const confined = await tryConfined(await makeHost(), without);
  expect(confined.bars).toEqual(bars);
  expect(confined.outcomes).toMatchObject(denied);
});
