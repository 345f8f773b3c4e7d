import type { GoldenCase } from "../../../../../core/golden/case.ts";
import { PURPOSES } from "../../../../../core/select/request.ts";
import { make } from "./dom.ts";
import { makeTexts } from "./texts-view.ts";

type Workload = GoldenCase["workload"];
type Change = (edit: (question: GoldenCase) => GoldenCase) => void;

/** What the request says of the pod, and how much it wants. */
export function makePod(
  { workload, count, seed, purpose }: GoldenCase,
  edit: Change,
): readonly HTMLElement[] {
  const editPod = (change: Partial<Workload>): void =>
    edit((before) => ({ ...before, workload: { ...before.workload, ...change } }));
  const purposes = make(
    "select",
    {},
    PURPOSES.map((one) => make("option", {}, [one])),
  );
  purposes.value = purpose;
  purposes.addEventListener("change", () => {
    const chosen = PURPOSES.find((one) => one === purposes.value);
    if (chosen !== undefined) edit((before) => ({ ...before, purpose: chosen }));
  });
  return [
    makeTexts({ label: "labels", value: workload.labels }, (labels) => editPod({ labels })),
    makeTexts({ label: "annotations", value: workload.annotations }, (annotations) =>
      editPod({ annotations }),
    ),
    makeField("namespace", { value: workload.namespace }, (namespace) => editPod({ namespace })),
    makeField("name", { value: workload.name }, (name) => editPod({ name })),
    makeField("networks wanted", { type: "number", min: 1, value: count }, (text) => {
      const wanted = Number(text);
      if (Number.isInteger(wanted) && wanted >= 1) edit((before) => ({ ...before, count: wanted }));
    }),
    makeField("seed", { inputmode: "numeric", pattern: String.raw`\d{1,20}`, value: seed }, (text) => {
      if (/^\d{1,20}$/.test(text)) edit((before) => ({ ...before, seed: text }));
    }),
    make("label", { class: "field" }, [make("span", {}, ["purpose"]), purposes]),
  ];
}

function makeField(
  label: string,
  attributes: Readonly<Record<string, string | number>>,
  onChange: (text: string) => void,
): HTMLElement {
  const input = make("input", { type: "text", ...attributes });
  input.addEventListener("input", () => onChange(input.value));
  return make("label", { class: "field" }, [make("span", {}, [label]), input]);
}
