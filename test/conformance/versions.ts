import { describe, expect, test } from "vitest";
import { CNI_VERSIONS } from "../../core/spec/versions.ts";
import { answerIn, openStage, type Subject } from "./stage.ts";

const PAIRS = CNI_VERSIONS.flatMap((caller) => CNI_VERSIONS.map((delegate) => ({ caller, delegate })));

/** The address of a result as that version writes it, with what it must not hold. */
function expectAddress(answer: Record<string, unknown> | undefined, cniVersion: string): void {
  expect(answer).toMatchObject({ cniVersion });
  if (cniVersion < "0.3") {
    expect(answer).toMatchObject({ ip4: { ip: "10.0.0.5/24", gateway: "10.0.0.1" } });
    expect(answer).not.toHaveProperty("ips");
    return;
  }
  expect(answer).toMatchObject({ ips: [{ address: "10.0.0.5/24", gateway: "10.0.0.1" }] });
  expect(answer).not.toHaveProperty("ip4");
  const ips = answer?.["ips"] as { version?: string }[];
  expect(ips[0]?.version).toBe(cniVersion < "1" ? "4" : undefined);
}

/** Every CNI version of the caller with every one of a delegate. */
export function testVersions(subject: Subject): void {
  describe("versions", () => {
    test.each(PAIRS)("a caller of $caller gets a network of $delegate", async ({ caller, delegate }) => {
      await using stage = await openStage(subject);
      await stage.plugins.plugin("one", answerIn(delegate));
      await stage.addNetwork("10-a.conflist", {
        cniVersion: delegate,
        name: "a",
        plugins: [{ type: "one" }],
      });
      const { exitCode, answer } = await stage.call("ADD", { stdin: { cniVersion: caller } });
      expect(exitCode, JSON.stringify(answer)).toBe(0);
      expectAddress(answer, caller);
      const [add] = await stage.plugins.takeCalls();
      expect(add?.stdin).toMatchObject({ cniVersion: delegate, name: "a", type: "one" });
    });

    test("of cniVersions the newest that is served is spoken", async () => {
      await using stage = await openStage(subject);
      await stage.plugins.plugin("one", answerIn("1.0.0"));
      const network = { cniVersion: "0.3.1", cniVersions: ["0.4.0", "1.0.0", "9.0.0"], name: "a" };
      await stage.addNetwork("10-a.conflist", { ...network, plugins: [{ type: "one" }] });
      expect(await stage.call("ADD")).toMatchObject({ exitCode: 0, answer: { cniVersion: "1.1.0" } });
      expect((await stage.plugins.takeCalls())[0]?.stdin).toMatchObject({ cniVersion: "1.0.0" });
    });

    test.each(CNI_VERSIONS)(
      "VERSION is answered in %s, with podman's dummy environment",
      async (cniVersion) => {
        await using stage = await openStage(subject);
        const env = { CNI_NETNS: "dummy", CNI_IFNAME: "dummy", CNI_CONTAINERID: "", CNI_PATH: "dummy" };
        const { exitCode, answer } = await stage.call("VERSION", {
          env,
          stdin: JSON.stringify({ cniVersion }),
        });
        expect(exitCode).toBe(0);
        expect(answer).toEqual({ cniVersion, supportedVersions: [...CNI_VERSIONS] });
      },
    );
  });
}
