import { beforeEach, describe, expect, test } from "vitest";
import { makeAttachment } from "../../test/fakes/attachment.ts";
import { type FakeKernel, makeKernel } from "../../test/fakes/kernel.ts";
import { findNetns, isDead } from "./lifetime.ts";

let kernel: FakeKernel;
beforeEach(() => {
  kernel = makeKernel();
});

const path = "/run/netns/a";
const attachment = makeAttachment();
const unseen = makeAttachment({ namespace: { path, identity: "", folder: "0:1" } });

describe("an attachment", () => {
  test("lives where it was attached", async () => expect(await isDead(attachment, kernel)).toBe(false));

  test.each([
    ["its path is gone", ""],
    ["another is under its path", "4:2"],
  ])("is dead when %s and nobody is in its namespace", async (_, identity) => {
    kernel.identityByPath.set(path, identity);
    expect(await isDead(attachment, kernel)).toBe(true);
    kernel.inhabited.add("4:1");
    expect(await isDead(attachment, kernel)).toBe(false);
  });

  test.each([
    ["other files are mounted there", () => void (kernel.folder = "0:2")],
    ["its namespace isn't mounted on its file", () => void kernel.identityByPath.set(path, "9:77")],
  ])("isn't dead for a caller for whom %s", async (_, happen) => {
    kernel.identityByPath.clear();
    happen();
    expect(await isDead(attachment, kernel)).toBe(false);
  });

  test("is dead after a boot, even when the same number is there again", async () => {
    kernel.boot = "boot-2";
    kernel.inhabited.add("4:1");
    expect(await isDead(attachment, kernel)).toBe(true);
  });

  test("whose namespace ADD could not see is never dead in its boot", async () => {
    expect(await isDead(unseen, kernel)).toBe(false);
    kernel.identityByPath.clear();
    expect(await isDead(unseen, kernel)).toBe(false);
    kernel.boot = "boot-2";
    expect(await isDead(unseen, kernel)).toBe(true);
  });
});

test("a namespace named once by a mount and once by a link is the same", async () => {
  const byMount = makeAttachment({ namespace: { path, identity: "4:1@77", folder: "0:1" } });
  kernel.identityByPath.set("/proc/7/ns/net", "4:1").set(path, "4:1@78");
  expect(await findNetns(byMount, "/proc/7/ns/net", kernel)).toBe("/proc/7/ns/net");
  expect(await findNetns(byMount, path, kernel)).toBe("");
});

describe("the namespace in which DEL may act", () => {
  const find = (netns: string, one = attachment) => findNetns(one, netns, kernel);

  test("is the one of ADD, under whatever path it is now", async () => {
    kernel.identityByPath.set("/proc/7/ns/net", "4:1");
    expect(await find(path)).toBe(path);
    expect(await find("/proc/7/ns/net")).toBe("/proc/7/ns/net");
  });

  test.each([
    ["the call names none", "", () => {}],
    ["it is gone", path, () => kernel.identityByPath.clear()],
    ["another is there", path, () => kernel.identityByPath.set(path, "4:2")],
    ["the node was booted since", path, () => (kernel.boot = "boot-2")],
  ])("is none when %s", async (_, netns, happen) => {
    happen();
    expect(await find(netns)).toBe("");
  });

  test("is the call's where ADD could not see it, unless the node was booted", async () => {
    expect(await find("/run/netns/x", unseen)).toBe("/run/netns/x");
    kernel.boot = "boot-2";
    expect(await find("/run/netns/x", unseen)).toBe("");
  });
});
