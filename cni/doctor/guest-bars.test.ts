/** Which bars stand is read off a real guest process, whole and with parts of it missing. */
import { chmod, mkdir, mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { compileConfineObject, type NativeBar, OWN_MACHINE, REMEDY } from "../build/confine-object.ts";
import { GUEST_ID } from "../build/guest-head.ts";
import { spawnGuest } from "../guest-process.ts";
import { BARS, judgeBars, readGuestEntry } from "./guest-bars.ts";

const PROGRAM = new URL("../../dist/bin/genie-guest", import.meta.url).pathname;

/** The guest's program alone in a folder where `lib` may lie beside it, changed as wanted. */
async function copyProgram(change: (text: string) => string = (text) => text) {
  const folder = await mkdtempDisposable(path.join(tmpdir(), "genie-bars-"));
  onTestFinished(() => folder.remove());
  await chmod(folder.path, 0o755);
  for (const name of ["bin", "lib"]) await mkdir(path.join(folder.path, name));
  const program = path.join(folder.path, "bin/genie-guest");
  await writeFile(program, change(await readFile(PROGRAM, "utf8")), { mode: 0o755 });
  return { program, object: path.join(folder.path, `lib/confine-${OWN_MACHINE}.so`) };
}

async function makeObject(file: string, without: readonly NativeBar[] = []): Promise<void> {
  expect(await compileConfineObject({ machine: OWN_MACHINE, file, without })).toBeUndefined();
}

async function examine(program: string) {
  const guest = spawnGuest(program);
  try {
    const { done } = await guest.output[Symbol.asyncIterator]().next();
    if (done === true || guest.pid === undefined) throw new Error((await guest.ended).lastWords);
    const { fallen, todo } = judgeBars(await readGuestEntry(guest.pid));
    return { fallen: fallen.map(({ name }) => name), todo };
  } finally {
    guest.kill();
    await guest.ended;
  }
}

/** As `npm test` runs for whoever isn't root: the namespace holds no other user. */
const USER = (await readFile("/proc/self/uid_map", "utf8")).includes("4294967295") ? [] : [BARS[0]?.name];

test("all bars stand in the guest as it is built", async () => {
  expect(await examine(PROGRAM), `without rustc: ${REMEDY}`).toMatchObject({ fallen: USER });
});

test("without its native part the guest starts behind the other bars", async () => {
  const { program } = await copyProgram();
  expect(await examine(program)).toEqual({
    fallen: [...USER, "an empty root folder", "Landlock", "seccomp"],
    todo: expect.stringMatching(/^install rustc and gcc /),
  });
});

test.each([
  ["seccomp", "seccomp", /CONFIG_SECCOMP_FILTER/],
  ["landlock", "Landlock", /lsm=/],
] as const)("a kernel without %s is told", async (bar, name, todo) => {
  const { program, object } = await copyProgram();
  await makeObject(object, [bar]);
  const found = await examine(program);
  expect(found.fallen).toEqual([...USER, name]);
  if (USER.length === 0) expect(found.todo).toMatch(todo);
});

test.each([
  [`--reuid=${GUEST_ID} --regid=${GUEST_ID} --clear-groups`, "", ["a user of its own"]],
  ["--no-new-privs", "", []], // the native part sets it as well
  ["--net --ipc", "--ipc", ["namespaces (net, ipc, pid)"]],
  ["--nofile=32", "", ["limits"]],
])("what the head leaves out is seen: %s", async (words, instead, fallen) => {
  const { program, object } = await copyProgram((text) => text.replaceAll(words, instead));
  await makeObject(object);
  expect((await examine(program)).fallen).toEqual([...new Set([...USER, ...fallen])]);
});

test("a native part that can't be loaded stops the guest", async () => {
  const { program, object } = await copyProgram();
  await writeFile(object, "no object");
  await expect(examine(program)).rejects.toThrow(
    `${object.replace("/lib/", "/bin/../lib/")} can not be loaded`,
  );
});
