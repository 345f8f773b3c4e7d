import { RegistryFailure } from "../errors.ts";

export interface Gate {
  /** Does the work when it's its turn. @throws {RegistryFailure} busy when too many wait already */
  enter<T>(work: () => Promise<T>): Promise<T>;
}

/** Lets so much work be done at a time, and so much wait. */
export function openGate({ atOnce, waiting }: { atOnce: number; waiting: number }): Gate {
  const queue: (() => void)[] = [];
  let inside = 0;
  const leave = () => {
    const next = queue.shift();
    if (next === undefined) inside--;
    else next(); // has our place
  };
  return {
    enter: async (work) => {
      if (inside < atOnce) inside++;
      else if (queue.length < waiting) await new Promise<void>((resolve) => queue.push(resolve));
      else throw new RegistryFailure("busy", `${waiting} requests wait for registries already`);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
