import { err, ok, storeText } from "./abi";
import { takeFailure } from "./failure";

/** One network that a selector picks, and why. */
export class Choice {
  constructor(
    /** Position in `request.candidates`. */
    readonly candidate: i32,
    readonly reason: string,
  ) {}
}

const CHOICE_SIZE: usize = 12;

/** The answer of a selector as the host reads it. */
export function answerChoices(choices: Choice[]): usize {
  const failure = takeFailure();
  if (failure !== null) return err(failure);
  const start = heap.alloc(usize(choices.length) * CHOICE_SIZE);
  for (let i = 0; i < choices.length; i++) {
    const at = start + usize(i) * CHOICE_SIZE;
    store<i32>(at, choices[i].candidate);
    storeText(at + 4, choices[i].reason);
  }
  return ok(start, choices.length);
}
