/** Enough to hide a registry's latency; a registry that counts requests isn't offended. */
const MOST_AT_ONCE = 4;

/** What became of each item, in their order. One that fails keeps none of the others. */
export async function settleFew<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [at, item] of waiting) [results[at]] = await Promise.allSettled([act(item)]);
  };
  await Promise.all(Array.from({ length: MOST_AT_ONCE }, work));
  return results;
}
