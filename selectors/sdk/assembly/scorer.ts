import { Reader } from "./abi";
import { Request } from "./request";
import { Verdict, answerVerdicts } from "./verdict";

export { cabi_realloc } from "./abi";

/** `score` of world.wit around the author's function. */
export function answer(parameters: usize, score: (request: Request) => Verdict[]): usize {
  return answerVerdicts(score(new Request(new Reader(parameters))));
}
