import type { GoldenCase } from "../../../../../core/golden/case.ts";
import { findOwn } from "../../../../../core/spec/json.ts";
import type { ModuleKind } from "../../../../../core/select/request.ts";
import { make } from "./dom.ts";
import { planRange } from "./kpi-range.ts";
import { makeSlider } from "./kpi-view.ts";
import { findKpi, type Kpi, withKpi, withoutCandidate, withVerdict } from "./question.ts";
import { makeTexts } from "./texts-view.ts";

type Edit = (question: GoldenCase) => GoldenCase;

export interface CandidateView {
  readonly network: string;
  readonly question: GoldenCase;
  readonly kind: ModuleKind;
  readonly kpis: readonly string[];
  /** Changes the question; other candidates look as they did. */
  readonly edit: (edit: Edit) => void;
  /** Changes it so that everything has to be drawn anew. */
  readonly redraw: (edit: Edit) => void;
}

/** One candidate: a slider for each KPI, the scorers' verdict where a selector is told it, and what is rare. */
export function makeCandidate(view: CandidateView): HTMLElement {
  const { network, kind, kpis, redraw } = view;
  const remove = make("button", { type: "button", class: "plain", "aria-label": `Remove ${network}` }, [
    "Remove",
  ]);
  remove.addEventListener("click", () => redraw((question) => withoutCandidate(question, network)));
  return make("fieldset", { class: "candidate", "data-network": network }, [
    make("legend", {}, [network]),
    remove,
    ...(kind === "selector" ? makeVerdict(view) : []),
    ...kpis.map((name) => makeKpi(view, name)),
    makeMore(view),
  ]);
}

function makeKpi({ network, question, edit }: CandidateView, name: string): HTMLElement {
  const all = Object.keys(question.candidates).flatMap((each) => findKpi(question, each, name)?.value ?? []);
  const kpi = findKpi(question, network, name);
  return makeSlider({
    name,
    network,
    range: planRange(name, all),
    value: kpi?.value,
    boxLabel: "measured",
    onChange: (value) =>
      edit((before) => {
        const ageMs = findKpi(before, network, name)?.ageMs ?? 0;
        return withKpi(before, [network, name], value === undefined ? undefined : { value, ageMs });
      }),
  });
}

function makeVerdict({ network, question, edit, redraw }: CandidateView): readonly HTMLElement[] {
  const verdict = findOwn(question.verdicts ?? {}, network) ?? 0;
  const isRejected = typeof verdict === "string";
  const slider = makeSlider({
    name: "score",
    network,
    range: { least: 0, most: 1, step: 0.01 },
    value: isRejected ? undefined : verdict,
    boxLabel: "given, and not a rejection",
    onChange: (value) => {
      const change = value === undefined || isRejected ? redraw : edit;
      change((before) => withVerdict(before, network, value ?? "rejected by a scorer"));
    },
  });
  if (!isRejected) return [slider];
  const reason = make("input", { type: "text", value: verdict });
  reason.addEventListener("input", () => edit((before) => withVerdict(before, network, reason.value)));
  return [slider, make("label", { class: "field" }, [make("span", {}, ["rejected because"]), reason])];
}

function makeMore(view: CandidateView): HTMLElement {
  const { network, question, edit, kpis } = view;
  const attributes = makeTexts(
    { label: `attributes of ${network}`, value: findOwn(question.attributes, network) ?? {} },
    (value) => edit((before) => ({ ...before, attributes: { ...before.attributes, [network]: value } })),
  );
  const current = make("input", { type: "checkbox" });
  current.checked = question.current.includes(network);
  current.addEventListener("change", () => {
    edit((before) => {
      const others = before.current.filter((other) => other !== network);
      return { ...before, current: current.checked ? [...others, network] : others };
    });
  });
  return make("details", {}, [
    make("summary", {}, ["More", make("span", { class: "hidden" }, [` about ${network}`])]),
    attributes,
    make("label", { class: "box" }, [current, "the pod is attached to it now"]),
    ...kpis.flatMap((name) => makeAge(view, name) ?? []),
  ]);
}

function makeAge({ network, question, edit }: CandidateView, name: string): HTMLElement | undefined {
  const kpi = findKpi(question, network, name);
  if (kpi === undefined) return undefined;
  const age = make("input", { type: "number", min: 0, step: "any", value: kpi.ageMs / 1000 });
  age.addEventListener("input", () => {
    const ageMs = Math.max(0, Math.round(age.valueAsNumber * 1000) || 0);
    edit((before) => {
      const now: Kpi | undefined = findKpi(before, network, name);
      return now === undefined ? before : withKpi(before, [network, name], { ...now, ageMs });
    });
  });
  return make("label", { class: "field" }, [make("span", {}, [`age of ${name}, seconds`]), age]);
}
