import { afterAll, expect, test } from "vitest";
import { kubernetes } from "../../core/cluster-config.ts";
import { startScriptedApi } from "../../test/fakes/scripted-api.ts";
import { openInspection } from "./inspection.ts";
import { DEFINITION } from "./kinds.ts";
import { RIGHTS } from "./rights.ts";

const never = new AbortController().signal;
const api = await startScriptedApi();
afterAll(() => api[Symbol.asyncDispose]());

const open = async () =>
  openInspection({ kubernetes: kubernetes.parse({ kubeconfig: await api.writeKubeconfig() }) });

test.each([{}, { kind: "Status", status: "Success" }, { status: [], resources: {} }])(
  "%j is taken for no review and no list",
  async (body) => {
    api.answers = [{ body }];
    const inspection = await open();
    const [right] = RIGHTS;
    if (right === undefined) throw new Error("genie needs no right");
    for (const asked of [
      inspection.findUser(never),
      inspection.isAllowed(right, never),
      inspection.isServed(DEFINITION, never),
    ]) {
      await expect(asked).rejects.toMatchObject({
        kind: "tryAgainLater",
        message: expect.stringMatching(/^the API server's answer is no \w+$/),
      });
    }
  },
);
