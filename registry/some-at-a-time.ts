/** For many small answers. */
const MOST_AT_ONCE = 8;
/** Enough to hide a registry's latency; a registry that counts requests isn't offended. */
const MOST_SETTLED_AT_ONCE = 4;

/** Does `act` for each item, some at a time. Ends with the first failure. */
export async function forEach<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let hasFailed = false;
  await work(MOST_AT_ONCE, async () => {
    for (const item of queue) {
      if (hasFailed) return;
      try {
        await act(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  });
}

/** What became of each item, in their order. One that fails keeps none of the others. */
export async function settleEach<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  const queue = items.entries();
  await work(MOST_SETTLED_AT_ONCE, async () => {
    for (const [at, item] of queue) [results[at]] = await Promise.allSettled([act(item)]);
  });
  return results;
}

async function work(hands: number, takeSome: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: hands }, takeSome));
}
