import { Reader } from "./abi";
import { Choice, answerChoices } from "./choice";
import { Request } from "./request";
import { Verdict, readVerdicts } from "./verdict";

export { cabi_realloc } from "./abi";

/** `select` of world.wit around the author's function. */
export function answer(
  parameters: usize,
  select: (request: Request, verdicts: Verdict[]) => Choice[],
): usize {
  const reader = new Reader(parameters);
  return answerChoices(select(new Request(reader), readVerdicts(reader)));
}
