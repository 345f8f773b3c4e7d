/** Here, genie's own folder is the one of the test runner, which has no `genie-routes`. */
import { expect, test } from "vitest";
import { parseConfig } from "../../core/config.ts";
import { checkPrograms } from "./programs.ts";

async function examine(secondaryRoutes: string) {
  const genie = { secondaryRoutes };
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", genie }));
  const subject = { config } as Parameters<typeof checkPrograms>[0];
  return (await checkPrograms(subject)).filter(({ check }) => check === "program genie-routes");
}

test.each(["sbr", "drop"])("a missing genie-routes is told where secondaryRoutes is %s", async (mode) => {
  expect(await examine(mode)).toMatchObject([
    { state: "warning", todo: expect.stringContaining("build genie where rustc") },
  ]);
});

test("it isn't missed where routes are kept", async () => {
  expect(await examine("keep")).toEqual([]);
});
