import { err, ok, Reader, storeText } from "./abi";
import { takeFailure } from "./failure";

/** What a scorer says of one candidate. */
export class Verdict {
  private constructor(
    readonly isRejected: bool,
    /** 0 worst … 1 best; 0 when rejected. */
    readonly score: f64,
    /** Why it is rejected; empty when it isn't. */
    readonly reason: string,
  ) {}

  /** How well the network suits: 0 worst … 1 best. */
  static score(value: f64): Verdict {
    return new Verdict(false, value, "");
  }

  /** This network must not be used, whatever other modules say. */
  static reject(reason: string): Verdict {
    return new Verdict(true, 0, reason);
  }
}

/** The positions of the candidates that no scorer rejected. */
export function admitted(verdicts: Verdict[]): i32[] {
  const positions: i32[] = [];
  for (let i = 0; i < verdicts.length; i++) {
    if (!verdicts[i].isRejected) positions.push(i);
  }
  return positions;
}

const VERDICT_SIZE: usize = 16;

export function readVerdicts(parameters: Reader): Verdict[] {
  const items = parameters.items(VERDICT_SIZE);
  const verdicts: Verdict[] = [];
  for (let i = 0; i < items.length; i++) {
    const isRejected = items.before(i).u8() == 1;
    items.align(8);
    verdicts.push(isRejected ? Verdict.reject(items.text()) : Verdict.score(items.f64()));
  }
  return verdicts;
}

/** The answer of a scorer as the host reads it. */
export function answerVerdicts(verdicts: Verdict[]): usize {
  const failure = takeFailure();
  if (failure !== null) return err(failure);
  const start = heap.alloc(usize(verdicts.length) * VERDICT_SIZE);
  for (let i = 0; i < verdicts.length; i++) {
    const at = start + usize(i) * VERDICT_SIZE;
    store<u8>(at, u8(verdicts[i].isRejected));
    if (verdicts[i].isRejected) storeText(at + 8, verdicts[i].reason);
    else store<f64>(at + 8, verdicts[i].score);
  }
  return ok(start, verdicts.length);
}
