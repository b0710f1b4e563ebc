/** Works on many items, some of them in parallel, so that one does not stop the others. */

/**
 * @param atOnce how many items are in work at the same time
 * @param work must not reject: it reports its own failures
 * @param signal once it aborts, no further item is started and this rejects with its reason
 */
export async function each<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && !signal?.aborted) {
      const item = items[next] as T;
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  signal?.throwIfAborted();
}
