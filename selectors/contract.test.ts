/** Modules written in both languages against world.wit: nothing imported, every field arrives, every answer returns. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildModule } from "../cni/author/module.ts";
import { inspectComponent } from "../core/wasm/component.ts";
import type { Verdict } from "../core/select/request.ts";
import { type Ask, loadComponent } from "../test/fakes/loaded-component.ts";
import { makeCandidate, makeRequest } from "../test/fakes/request.ts";

/** Tells all it was asked in the reason of its one rejection. */
const SCORER = {
  assemblyscript: `
import { Attribute, Kpi, Request, Verdict, fail } from "genie-cni/sdk";

export function score(request: Request): Verdict[] {
  if (request.settings.has("fail")) return fail<Verdict>(request.settings.text("fail", ""));
  const who = request.workload;
  const facts = [["attach", "switch", "simulate"][request.purpose], who.orchestrator, who.namespace, who.name, who.node];
  facts.push(tell(who.labels));
  facts.push(tell(who.annotations));
  for (let i = 0; i < request.candidates.length; i++) {
    const candidate = request.candidates[i];
    facts.push(candidate.network + ":" + candidate.plugin + ":" + candidate.current.toString());
    facts.push(tell(candidate.attributes));
    facts.push(candidate.kpis.map<string>((kpi: Kpi) => kpi.name + "=" + kpi.value.toString() + "@" + kpi.ageMs.toString()).join(","));
  }
  facts.push(request.count.toString());
  facts.push(tell(request.extensions));
  return [Verdict.score(0.25), Verdict.reject(facts.join("|")), Verdict.score(1)];
}

function tell(attributes: Attribute[]): string {
  return attributes.map<string>((one) => one.key + "=" + one.value).join(",");
}
`,
  typescript: `
import type { Attribute, Request, Verdict } from "genie-cni/module";

export function score(request: Request<{ fail?: string }>): Verdict[] {
  const { fail } = request.settings;
  if (fail !== undefined) throw new Error(fail);
  const who = request.workload;
  const facts: string[] = [request.purpose, who.orchestrator, who.namespace, who.name, who.node];
  facts.push(tell(who.labels), tell(who.annotations));
  for (const { network, plugin, current, attributes, kpis } of request.candidates) {
    facts.push(\`\${network}:\${plugin}:\${current}\`, tell(attributes));
    facts.push(kpis.map(({ name, value, ageMs }) => \`\${name}=\${value}@\${ageMs}\`).join(","));
  }
  facts.push(String(request.count), tell(request.extensions));
  return [{ tag: "score", val: 0.25 }, { tag: "reject", val: facts.join("|") }, { tag: "score", val: 1 }];
}

const tell = (attributes: Attribute[]): string => attributes.map(({ key, value }) => \`\${key}=\${value}\`).join(",");
`,
};

/** Tells each verdict in the reason of one choice, the last first. */
const SELECTOR = {
  assemblyscript: `
import { Choice, Request, Verdict } from "genie-cni/sdk";

export function select(request: Request, verdicts: Verdict[]): Choice[] {
  const choices: Choice[] = [];
  for (let i = verdicts.length - 1; i >= 0; i--) {
    const said = verdicts[i].isRejected ? verdicts[i].reason : verdicts[i].score.toString();
    choices.push(new Choice(i, request.candidates[i].network + " " + said));
  }
  return choices;
}
`,
  typescript: `
import type { Request, Verdict, Choice } from "genie-cni/module";

export function select({ candidates }: Request, verdicts: Verdict[]): Choice[] {
  return verdicts.map(({ val }, candidate) => ({ candidate, reason: \`\${candidates[candidate]?.network} \${val}\` })).reverse();
}
`,
};

const SEED = 2n ** 64n - 3n;

const REQUEST = makeRequest({
  purpose: "simulate",
  workload: {
    orchestrator: "kubernetes",
    namespace: "prod",
    name: "web-0",
    labels: [{ key: "app", value: "wéb 🙂" }],
    annotations: [
      { key: "a", value: "" },
      { key: "", value: "b" },
    ],
    node: "n1",
  },
  candidates: [
    {
      network: "blue",
      plugin: "bridge",
      attributes: [{ key: "tenant", value: "a" }],
      kpis: [
        { name: "occupancy", value: 0.5, ageMs: 4_294_967_295 },
        { name: "latency", value: -1.25, ageMs: 0 },
      ],
      current: true,
    },
    makeCandidate("グリーン", { plugin: "ptp" }),
  ],
  count: 3,
  seed: SEED,
  extensions: [{ key: "later", value: "1" }],
});

const FACTS =
  "simulate|kubernetes|prod|web-0|n1|app=wéb 🙂|a=,=b|blue:bridge:true|tenant=a|" +
  "occupancy=0.5@4294967295,latency=-1.25@0|グリーン:ptp:false|||3|later=1";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-contract-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function build(name: string, text: string): Promise<{ component: Uint8Array; ask: Ask }> {
  const file = path.join(folder, `${name}.ts`);
  await writeFile(file, text);
  const { component, kind } = await buildModule({ file });
  return { component, ask: await loadComponent(component, kind) };
}

describe.each(["assemblyscript", "typescript"] as const)("in %s", (language) => {
  test("a scorer is told every field and says scores, rejections and errors", async () => {
    const { component, ask } = await build(`${language}-scorer`, SCORER[language]);
    expect(inspectComponent(component).imports).toEqual([]);
    expect(inspectComponent(component).exports).toEqual(
      expect.arrayContaining(["genie:selection/types@1.0.0", "genie:selection/scoring@1.0.0"]),
    );

    const value: Verdict[] = [
      { tag: "score", val: 0.25 },
      { tag: "reject", val: FACTS },
      { tag: "score", val: 1 },
    ];
    expect(ask(REQUEST)).toEqual({ ok: value });
    const settings = JSON.stringify({ fail: 'näh, "sorry"\n' });
    expect(ask({ ...REQUEST, settings })).toEqual({ error: 'näh, "sorry"\n' });
  });

  test("a selector is told every verdict and says choices", async () => {
    const { component, ask } = await build(`${language}-selector`, SELECTOR[language]);
    expect(inspectComponent(component).imports).toEqual([]);
    expect(inspectComponent(component).exports).toEqual(
      expect.arrayContaining(["genie:selection/types@1.0.0", "genie:selection/selecting@1.0.0"]),
    );

    const verdicts: Verdict[] = [
      { tag: "score", val: 0.92 },
      { tag: "reject", val: "voll: 100 % 🙂" },
    ];
    const value = [
      { candidate: 1, reason: "グリーン voll: 100 % 🙂" },
      { candidate: 0, reason: "blue 0.92" },
    ];
    expect(ask(REQUEST, verdicts)).toEqual({ ok: value });
  });
});

describe("the seed", () => {
  const TELL = "score(request: Request): Verdict[] { return";
  const sources = {
    assemblyscript: `import { Request, Verdict } from "genie-cni/sdk";
      export function ${TELL} [Verdict.reject(request.seed.toString())]; }`,
    typescript: `import type { Request, Verdict } from "genie-cni/module";
      export function ${TELL} [{ tag: "reject", val: String(request.seed) }]; }`,
  };
  const told = (ask: Ask, seed: bigint) => ask({ ...REQUEST, seed });

  test("is whole in AssemblyScript", async () => {
    const { ask } = await build("whole", sources.assemblyscript);
    expect(told(ask, SEED)).toEqual({ ok: [{ tag: "reject", val: String(SEED) }] });
  });

  test("is unsigned, and even as often as odd, in TypeScript", async () => {
    const { ask } = await build("mixed", sources.typescript);
    const seeds = Array.from({ length: 64 }, (_, i) =>
      BigInt.asUintN(64, BigInt(i + 1) * 0x9e37_79b9_7f4a_7c15n),
    );
    const values = seeds.map((seed) => {
      const result = told(ask, seed);
      const [verdict] = ("ok" in result ? result.ok : []) as Verdict[];
      return BigInt(verdict?.val ?? -1);
    });
    expect(values.every((value) => value >= 0n && value < 2n ** 64n)).toBe(true);
    const odd = values.filter((value) => value % 2n === 1n).length;
    expect(odd).toBeGreaterThan(20);
    expect(odd).toBeLessThan(44);
  });
});
