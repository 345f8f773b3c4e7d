const PARALLEL = 8;

/** Does `act` for each item, some at a time. Ends with the first failure. */
export async function forEach<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let hasFailed = false;
  const takeSome = async () => {
    for (const item of queue) {
      if (hasFailed) return;
      try {
        await act(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, takeSome));
}
