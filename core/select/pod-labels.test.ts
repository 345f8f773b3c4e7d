import { expect, test } from "vitest";
import { makeCluster, makePodObject } from "../../test/fakes/cluster.ts";
import { parseConfig } from "../config.ts";
import { Failure } from "../errors.ts";
import type { Target } from "../intent/intent.ts";
import type { Pod } from "../intent/pod.ts";
import { requireLabels } from "./pod-labels.ts";

const LABELS = new Map([["app", "web"]]);
const ANY: Target = { wants: "any", count: 1 };
const ASKED = ["findPod shop/web"];
const reading = { module: `r/a@sha256:${"a".repeat(64)}`, labels: ["app"] };

interface Case {
  readonly known?: ReadonlyMap<string, string>;
  readonly pod?: Partial<Pod>;
  readonly targets?: readonly Target[];
  readonly selection?: object;
}

function open({ known, pod, targets = [ANY], selection = { scorers: [reading] } }: Case = {}) {
  const cluster = makeCluster({ pods: [makePodObject({ labels: LABELS })] });
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", genie: { selection } }));
  const wishes = targets.map((target) => ({ from: "here", target, ifName: undefined }));
  const shown = {
    pod: { namespace: "shop", name: "web", uid: "u1", ...pod },
    intent: { wishes, naming: "eth" as const },
    config,
  };
  const { signal } = new AbortController();
  return {
    cluster,
    run: (there = true) => requireLabels(known, shown, { cluster: there ? cluster : undefined, signal }),
  };
}

const labelled: Target = { wants: "labelled", namespace: "shop", terms: [], count: 1 };
const named: Target = { wants: "named", network: "blue" };

test.each<[string, Case]>([
  ["a scorer", {}],
  ["a selector", { selection: { selector: reading } }],
  ["a canary", { selection: { scorers: [{ ...reading, mode: { canary: 5 } }] } }],
  [
    "one of several modules, for one of several wishes",
    {
      targets: [named, labelled],
      selection: { scorers: [{ ...reading, labels: [] }], selector: reading },
    },
  ],
])("the API server is asked once for the labels that are granted to %s", async (_, what) => {
  const { cluster, run } = open(what);
  expect(await run()).toEqual(LABELS);
  expect(cluster.takeCalls()).toEqual(ASKED);
});

test.each<[string, Case]>([
  ["they are known", { known: new Map() }],
  ["no module is granted any", { selection: { scorers: [{ ...reading, labels: [] }] } }],
  ["only a shadow is", { selection: { scorers: [{ ...reading, mode: "shadow" }] } }],
  ["the pod names its networks", { targets: [named, { wants: "logical", name: "net1" }] }],
  ["it has the default", { targets: [{ wants: "default", network: "blue" }, { wants: "first" }] }],
  ["the cluster's life hangs on the pod", { pod: { namespace: "kube-system" } }],
  ["nobody says whose pod it is", { pod: { namespace: "" } }],
  ["it is none of Kubernetes", { pod: { orchestrator: "nomad" } }],
])("nobody is asked for labels where %s", async (_, what) => {
  const { cluster, run } = open(what);
  expect(await run()).toEqual(new Map());
  expect(cluster.takeCalls()).toEqual([]);
});

test("without a cluster there are none", async () => expect(await open().run(false)).toEqual(new Map()));

test.each<[string, Case]>([
  ["another pod", { pod: { uid: "u2" } }],
  ["no pod", { pod: { name: "gone" } }],
])("%s in its place is no reason to take it for one without labels", async (_, what) => {
  await expect(open(what).run()).rejects.toMatchObject({ kind: "tryAgainLater" });
});

test("neither is an API server that is away", async () => {
  const { cluster, run } = open();
  const down = new Failure("tryAgainLater", "the API server is down");
  cluster.fail(["findPod"], down);
  await expect(run()).rejects.toBe(down);
});
