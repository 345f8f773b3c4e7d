/** What the kernel lets the guest process do: nothing. Shown on the built program. */
import { once } from "node:events";
import { constants } from "node:fs";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { readBareHead } from "../test/fakes/bare-head.ts";
import { REMEDY } from "./build/confine-object.ts";
import { GUEST_ID, GUEST_LIMITS } from "./build/guest-head.ts";
import { spawnGuest } from "./guest-process.ts";

const PROGRAM = new URL("../dist/bin/genie-guest", import.meta.url).pathname;

let folder: string;
/** Root that can become another user; an ordinary user's namespace holds only that user. */
let isFullRoot: boolean;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-guest-"));
  await chmod(folder, 0o755);
  const maps = (await readFile("/proc/self/uid_map", "utf8")).trim().split("\n");
  const reachesGuest = maps.some((line) => {
    const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
    return first <= GUEST_ID && first + count > GUEST_ID;
  });
  isFullRoot = process.getuid?.() === 0 && reachesGuest;
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** A guest process that says it is ready, by its pid. Ends with the block. */
async function startGuest({ program = PROGRAM, node = process.execPath, words = [] as string[] } = {}) {
  const child = execa(program, words, {
    env: { GENIE_NODE: node, PATH: "/usr/bin:/bin", SECRET: "of the host" },
    extendEnv: false,
    stdin: "pipe",
    buffer: false,
    reject: false,
  });
  await once(child.stdout, "readable");
  if (child.pid === undefined || child.stdout.read() === null)
    throw new Error("the guest process did not start");
  const pid = await findChild(child.pid);
  return {
    pid,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child;
    },
  };
}

/** The one that runs node: the first of its pid namespace, below the one that made it. */
async function findChild(pid: number): Promise<number> {
  return Number.parseInt(await readFile(`/proc/${pid}/task/${pid}/children`, "utf8"));
}

async function readStatus(pid: number): Promise<ReadonlyMap<string, string>> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return new Map(
    status.split("\n").map((line) => [line.split(":")[0] ?? "", line.split(":")[1]?.trim() ?? ""]),
  );
}

test("its /proc entry shows no identity, no capability, no environment and no network", async () => {
  await using guest = await startGuest();
  const status = await readStatus(guest.pid);
  expect(status.get("NoNewPrivs")).toBe("1");
  expect(status.get("Seccomp"), `without rustc: ${REMEDY}`).toBe("2");
  for (const set of ["CapInh", "CapPrm", "CapEff", "CapAmb"]) {
    expect(status.get(set), set).toBe("0000000000000000");
  }
  // CAP_SYS_CHROOT, which is given up after use; without exec, what it bounds can't be had again.
  expect(status.get("CapBnd")).toBe("0000000000040000");
  expect(await readFile(`/proc/${guest.pid}/environ`, "utf8")).toMatch(
    /^CONFINED=root,landlock,seccomp +\0$/,
  );
  for (const space of ["net", "ipc", "pid"]) {
    expect(await readlink(`/proc/${guest.pid}/ns/${space}`)).not.toBe(
      await readlink(`/proc/self/ns/${space}`),
    );
  }
  const limits = await readFile(`/proc/${guest.pid}/limits`, "utf8");
  expect(limits).toMatch(/^Max file size +0 +0 /m);
  expect(limits).toMatch(/^Max core file size +0 +0 /m);
  expect(limits).toMatch(/^Max open files +32 +32 /m);
  if (!isFullRoot) return;
  expect(limits).toMatch(/^Max processes +2048 +2048 /m);
  const id = String(GUEST_ID);
  expect(status.get("Uid")?.split("\t")).toEqual([id, id, id, id]);
  expect(status.get("Gid")?.split("\t")).toEqual([id, id, id, id]);
  expect(status.get("Groups")).toBe("");
});

test.each([
  ["its head", [], GUEST_LIMITS.heapMiB],
  ["who starts it", ["200"], 200],
])("its memory is bounded by %s", async (_who, words, heapMiB) => {
  await using guest = await startGuest({ words });
  const bytes = (heapMiB + GUEST_LIMITS.besideHeapMiB) * 2 ** 20;
  expect(await readFile(`/proc/${guest.pid}/limits`, "utf8")).toMatch(
    new RegExp(`^Max data size +${bytes} +${bytes} `, "m"),
  );
  expect(await readFile(`/proc/${guest.pid}/cmdline`, "utf8")).toContain(
    `\0--max-old-space-size=${heapMiB}\0`,
  );
});

test("it starts from a folder that its user can't enter, node too, through a link", async () => {
  const closed = path.join(folder, "closed");
  await mkdir(closed, { mode: 0o700 });
  await copyFile(PROGRAM, path.join(closed, "genie-guest"));
  const node = path.join(closed, "node");
  await copyFile(process.execPath, node, constants.COPYFILE_FICLONE);
  await symlink(path.join(closed, "genie-guest"), path.join(folder, "link"));
  await using guest = await startGuest({ program: path.join(folder, "link"), node });
  expect((await readStatus(guest.pid)).get("NoNewPrivs")).toBe("1");
});

test("it dies with the process that started it, though nobody closes its stdin", async () => {
  const fifo = path.join(folder, "fifo");
  await execa("mkfifo", [fifo]);
  const parent = execa("sh", ["-c", `"$0" <>"$1" & echo $!; wait`, PROGRAM, fifo], {
    env: { GENIE_NODE: process.execPath },
    buffer: false,
    reject: false,
  });
  let said = "";
  for await (const chunk of parent.stdout as AsyncIterable<Buffer>) {
    said += chunk.toString();
    if (said.includes("outcome")) break; // it is ready: before that, the end of its stdin would end it
  }
  const pid = await findChild(Number.parseInt(said));
  onTestFailed(() => void process.kill(pid, "SIGKILL"));
  parent.kill("SIGKILL");
  await parent;
  await expect
    .poll(() => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "gone"), { timeout: 5000 })
    .toMatch(/^gone$|\) Z /);
});

test("its end is heard, whatever it left unread", async () => {
  const talkative = path.join(folder, "talkative");
  await writeFile(talkative, "#!/bin/sh\necho; exec cat /dev/zero", { mode: 0o755 });
  const guest = spawnGuest(talkative);
  await guest.output[Symbol.asyncIterator]().next();
  guest.kill();
  expect(await guest.ended).toMatchObject({ signal: "SIGKILL" });
});

test("descriptors that leaked into it are closed", async () => {
  const secret = path.join(folder, "leaked");
  await writeFile(secret, "of root");
  const leaky = path.join(folder, "leaky");
  const opened = [5, 9, 10, 40, 200].map((fd) => `${fd}<'${secret}'`).join(" ");
  await writeFile(leaky, `#!/bin/bash\nexec ${opened}\nexec '${PROGRAM}'`, { mode: 0o755 });
  await using guest = await startGuest({ program: leaky });
  const descriptors = await readdir(`/proc/${guest.pid}/fd`);
  expect(descriptors).toContain("0");
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${guest.pid}/fd/${fd}`)));
  expect(targets).not.toContain(secret);
});

/** Runs a script where the guest runs, confined by the kernel alone: the program's own head, without `--permission`. */
async function probe(script: string): Promise<unknown> {
  const file = path.join(folder, "probe");
  await writeFile(file, `${await readBareHead()}\n${script}`, { mode: 0o755 });
  const { stdout } = await execa(file, { env: { GENIE_NODE: process.execPath }, stdin: "ignore" });
  return JSON.parse(stdout);
}

/** Without another user to become, the kernel still gives no network; the rest is up to node's guards (guest-realm.test.ts). */
const DENIED_TO_ANYONE = {
  control: "done",
  abstractSocket: "ECONNREFUSED",
  port: "ENETUNREACH",
  signal: "ESRCH",
};
const DENIED_TO_ANOTHER_USER = {
  ...DENIED_TO_ANYONE,
  secret: "EACCES",
  secretByAnother: 1,
  setuidProgram: false,
  write: "EACCES",
  socket: "EACCES",
  root: "EPERM",
};

test("the kernel alone keeps root's files and the host's sockets from it", async () => {
  const secret = path.join(folder, "secret");
  await writeFile(secret, "of root", { mode: 0o600 });
  const paths = [path.join(folder, "socket"), `\0genie-${process.pid}`];
  await using servers = new AsyncDisposableStack();
  const listen = async (where: string | { port: number; host: string }) => {
    const server = createServer((socket) => socket.end());
    servers.defer(async () => void (await new Promise((resolve) => server.close(resolve))));
    server.listen(where);
    await once(server, "listening");
    return server.address();
  };
  for (const each of paths) await listen(each);
  const address = await listen({ port: 0, host: "127.0.0.1" });
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const found = await probe(`
    const fs = require("fs"), net = require("net"), { spawnSync } = require("child_process");
    const attempt = (work) => { try { work(); return "done"; } catch (error) { return error.code; } };
    const connect = (to) => new Promise((resolve) => {
      const socket = net.connect(to, () => resolve("done"));
      socket.on("error", (error) => resolve(error.code));
    });
    const secret = ${JSON.stringify(secret)};
    (async () => console.log(JSON.stringify({
      control: attempt(() => fs.readFileSync("/etc/hostname")),
      secret: attempt(() => fs.readFileSync(secret)),
      secretByAnother: spawnSync("/bin/cat", [secret], { stdio: "ignore" }).status,
      setuidProgram: spawnSync("/bin/su", ["-c", "true"], { stdio: "ignore" }).status === 0,
      write: attempt(() => fs.writeFileSync(secret + ".new", "x")),
      signal: attempt(() => process.kill(${process.pid}, 0)),
      root: attempt(() => process.setuid(0)),
      socket: await connect(${JSON.stringify(paths[0])}),
      abstractSocket: await connect(${JSON.stringify(paths[1])}),
      port: await connect({ host: "127.0.0.1", port: ${port} }),
    })))();`);
  expect(found).toMatchObject(isFullRoot ? DENIED_TO_ANOTHER_USER : DENIED_TO_ANYONE);
});

test("one thread optimizes what modules run: what they leave to it takes no more than one processor", async () => {
  await using guest = await startGuest();
  const threads = await readdir(`/proc/${guest.pid}/task`);
  expect(threads.length).toBeLessThanOrEqual(3); // the program's own, V8's, and one that waits for timers
});
