/** Runs one piece of work at a time, in the order in which they come. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** A queue of its own. One that fails keeps none of those behind it. */
export function openTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined); // who asked has the error; the next one only waits
    return result;
  };
}
