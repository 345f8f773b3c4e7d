import { expect, test, vi } from "vitest";
import { DelegateError, Failure, FAILURES, findErrno, toWire } from "./errors.ts";

test("each kind has a code of its own: the specification's below 100, ours from there", () => {
  const codes = Object.values(FAILURES).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  const ofSpec = [1, 2, 3, 4, 5, 6, 7, 11, 50];
  for (const code of codes) expect(code >= 100 || ofSpec.includes(code), `code ${code}`).toBe(true);
});

test("a failure is answered with its code, and with what to do where it has no details", () => {
  expect(toWire(new Failure("invalidConfig", "genie: wrong"), "0.4.0")).toEqual({
    cniVersion: "0.4.0",
    code: 7,
    msg: "genie: wrong",
    details: FAILURES.invalidConfig.todo,
  });
  const detailed = new Failure("noCandidate", "no", { details: "blue: full" });
  expect(toWire(detailed, "1.0.0")).toMatchObject({ code: 101, details: "blue: full" });
});

test("a delegate's code and words pass in the caller's version, and the details tell the place", () => {
  const wire = { cniVersion: "0.3.1", code: 11, msg: "no addresses", details: "range full" };
  expect(toWire(new DelegateError("bridge", wire), "1.1.0")).toEqual({ ...wire, cniVersion: "1.1.0" });
  const placed = new DelegateError("bridge", wire, "interface eth0");
  expect(toWire(placed, "1.1.0")).toMatchObject({ msg: wire.msg, details: "range full; interface eth0" });
});

test.each([new TypeError("x is not a function"), "thrown text", undefined, null, { a: 1 }, Symbol("s")])(
  "a bug (%o) is code 999, without a stack",
  (bug) => {
    const wire = toWire(bug, "1.0.0");
    expect(wire.code).toBe(999);
    expect(wire.msg).toContain("a bug in genie");
    expect(JSON.stringify(wire)).not.toMatch(/errors\.test\.ts|\\n\s+at /);
  },
);

test.each([
  [Object.assign(new Error("x"), { code: "ENOENT" }), "ENOENT"],
  [Object.assign(new Error("x"), { code: 5 }), undefined],
  [new Error("ENOENT"), undefined],
  [{ code: "ENOENT" }, undefined],
  [undefined, undefined],
])("errno of %o is %j", (error, code) => expect(findErrno(error)).toBe(code));

test("a failure of a file that is bundled by itself is a failure here, and a bug is none", async () => {
  vi.resetModules();
  const { Failure: Other } = await import("./errors.ts");
  expect(Other).not.toBe(Failure);
  expect(new Other("ioFailure", "x")).toBeInstanceOf(Failure);
  for (const other of [
    new Error("x"),
    new DelegateError("p", { cniVersion: "", code: 1, msg: "" }),
    null,
    "x",
  ])
    expect(other).not.toBeInstanceOf(Failure);
});
