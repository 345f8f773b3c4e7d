/** Work that nobody waits for yet. Who does later has its failure; one that comes before is told first. */
export function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
