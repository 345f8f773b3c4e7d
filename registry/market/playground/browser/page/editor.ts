import type { GoldenCase } from "../../../../../core/golden/case.ts";
import { listNetworks } from "../../../../../core/golden/question.ts";
import type { ToldModule } from "../../told.ts";
import { makeCandidate } from "./candidate-view.ts";
import { find, make } from "./dom.ts";
import { makePod } from "./pod-view.ts";
import { MOST_CANDIDATES, withCandidate, withoutAnswer } from "./question.ts";
import { makeSample } from "./sample.ts";
import { readSettings } from "./settings-view.ts";

type Edit = (question: GoldenCase) => GoldenCase;

/** Where the question is put together. */
export class Editor {
  readonly #told: ToldModule;
  readonly #presets: readonly GoldenCase[];
  /** Told of each new question; of undefined while there is none that could be asked. */
  readonly #onChange: (question: GoldenCase | undefined) => void;
  #question: GoldenCase;

  constructor(told: ToldModule, onChange: (question: GoldenCase | undefined) => void) {
    this.#told = told;
    this.#onChange = onChange;
    const sample = makeSample(told);
    this.#presets = [...told.cases, sample];
    this.#question = this.#presets[0] ?? sample;
    this.#listen();
    this.#draw();
  }

  #listen(): void {
    const preset = find("preset", HTMLSelectElement);
    preset.replaceChildren(...this.#presets.map(({ name }, at) => make("option", { value: at }, [name])));
    preset.addEventListener("change", () => {
      this.#question = this.#presets[Number(preset.value)] ?? this.#question;
      this.#draw();
    });
    find("add", HTMLButtonElement).addEventListener("click", () => this.#redraw(withCandidate));
    find("settings", HTMLTextAreaElement).addEventListener("input", () => this.#readSettings());
  }

  #draw(): void {
    const { kind, kpis } = this.#told;
    const networks = listNetworks(this.#question);
    const used = networks.flatMap((network) => Object.keys(this.#question.candidates[network] ?? {}));
    const view = {
      question: this.#question,
      kind,
      kpis: [...new Set([...kpis, ...used])],
      edit: (edit: Edit) => this.#edit(edit),
      redraw: (edit: Edit) => this.#redraw(edit),
    };
    find("candidates", HTMLElement).replaceChildren(
      ...networks.map((network) => makeCandidate({ ...view, network })),
    );
    find("pod", HTMLElement).replaceChildren(...makePod(this.#question, view.edit));
    find("add", HTMLButtonElement).disabled = networks.length >= MOST_CANDIDATES;
    find("settings", HTMLTextAreaElement).value = JSON.stringify(this.#question.settings, undefined, 2);
    this.#showFaults(readSettings(JSON.stringify(this.#question.settings), this.#told.settings).faults);
    this.#tell();
  }

  #edit(edit: Edit): void {
    this.#question = edit(withoutAnswer(this.#question));
    this.#tell();
  }

  #redraw(edit: Edit): void {
    this.#question = edit(withoutAnswer(this.#question));
    this.#draw();
  }

  #readSettings(): void {
    const { settings, faults } = readSettings(
      find("settings", HTMLTextAreaElement).value,
      this.#told.settings,
    );
    this.#showFaults(faults);
    if (settings === undefined) this.#onChange(undefined);
    else this.#edit((before) => ({ ...before, settings: settings as GoldenCase["settings"] }));
  }

  #showFaults(faults: readonly string[]): void {
    const area = find("settings", HTMLTextAreaElement);
    if (faults.length > 0) area.setAttribute("aria-invalid", "true");
    else area.removeAttribute("aria-invalid");
    find("settings-faults", HTMLElement).replaceChildren(...faults.map((fault) => make("li", {}, [fault])));
  }

  #tell(): void {
    find("question", HTMLElement).textContent = JSON.stringify(this.#question, undefined, 2);
    this.#onChange(this.#question);
  }
}
