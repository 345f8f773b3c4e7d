import type { Answer } from "../../../../../core/golden/answer.ts";
import type { GoldenCase } from "../../../../../core/golden/case.ts";
import { toRequest, toVerdicts } from "../../../../../core/golden/question.ts";
import type { ModuleResult } from "../../../../../core/select/outcome.ts";
import type { ModuleFrame } from "./module-frame.ts";

export interface Asked {
  show(result: ModuleResult<Answer>, question: GoldenCase): void;
  /** Whether what is shown will soon be another answer. */
  setBusy(isBusy: boolean): void;
}

/** Asks what was wanted last; what was wanted meanwhile is never asked. */
export class Asking {
  readonly #frame: ModuleFrame;
  readonly #asked: Asked;
  #wanted: GoldenCase | undefined;
  #isBusy = false;

  constructor(frame: ModuleFrame, asked: Asked) {
    this.#frame = frame;
    this.#asked = asked;
  }

  want(question: GoldenCase): void {
    this.#wanted = question;
    if (!this.#isBusy) void this.#askAll();
  }

  /** What was wanted and isn't answered yet is dropped. */
  drop(): void {
    this.#wanted = undefined;
  }

  async #askAll(): Promise<void> {
    this.#isBusy = true;
    this.#asked.setBusy(true);
    while (this.#wanted !== undefined) {
      const question = this.#wanted;
      this.#wanted = undefined;
      const result = await this.#frame.ask({ request: toRequest(question), verdicts: toVerdicts(question) });
      if (this.#wanted === undefined) this.#asked.show(result, question);
    }
    this.#isBusy = false;
    this.#asked.setBusy(false);
  }
}
