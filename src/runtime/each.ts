/** Works through many items, some at once, without letting one stop the others. */

/**
 * @param atOnce how many are under way at the same time
 * @param work must not reject: what fails is its own to report
 * @param signal no further item is begun once it aborts; then this rejects with its reason
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
