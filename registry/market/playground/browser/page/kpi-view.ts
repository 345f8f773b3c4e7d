import { make } from "./dom.ts";
import { findUnit, type KpiRange } from "./kpi-range.ts";

/** A slider with its number beside it, and a box that says whether there is a value at all. */
export interface Slider {
  /** Text, such as `occupancy`. */
  readonly name: string;
  /** Of whom, such as `blue`. */
  readonly network: string;
  readonly range: KpiRange;
  /** Undefined: there is none. */
  readonly value: number | undefined;
  /** What the box says, such as `measured`. */
  readonly boxLabel: string;
  readonly onChange: (value: number | undefined) => void;
}

export function makeSlider(slider: Slider): HTMLElement {
  const { name, network, value, boxLabel } = slider;
  const box = make("input", { type: "checkbox", "aria-label": `${name} of ${network} is ${boxLabel}` });
  box.checked = value !== undefined;
  const [slide, number] = makeInputs(slider);
  const enable = (): void => {
    slide.disabled = number.disabled = !box.checked;
  };
  enable();
  box.addEventListener("change", () => {
    enable();
    slider.onChange(box.checked ? number.valueAsNumber || 0 : undefined);
  });
  const unit = findUnit(name);
  const label = make("span", { class: "kpi-name" }, [
    make("code", {}, [name]),
    unit !== undefined && make("small", { class: "quiet" }, [unit]),
  ]);
  return make("div", { class: "kpi" }, [make("label", { class: "box" }, [box, label]), slide, number]);
}

function makeInputs({ name, network, range, value, onChange }: Slider) {
  const shown = value ?? (range.least + range.most) / 2;
  const label = `${name} of ${network}`;
  const both = { step: "any", value: shown };
  const ends = { min: range.least, max: range.most };
  const slide = make("input", { type: "range", ...ends, ...both, "aria-label": label });
  const number = make("input", { type: "number", ...both, "aria-label": `${label} as a number` });
  slide.addEventListener("input", () => {
    number.value = String(round(slide.valueAsNumber, range.step));
    onChange(number.valueAsNumber);
  });
  number.addEventListener("input", () => {
    if (Number.isNaN(number.valueAsNumber)) return; // half typed
    slide.value = number.value;
    onChange(number.valueAsNumber);
  });
  return [slide, number] as const;
}

/** Without the digits that binary fractions leave behind. */
function round(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(6));
}
