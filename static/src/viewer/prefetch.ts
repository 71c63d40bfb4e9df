/** Loading ahead: which frames come next, and how many at once. */

/** Indices 0..count-1 outward from `start`: start, start+1, start-1, start+2, ... */
export function outward(count: number, start: number): number[] {
  const order: number[] = [];
  const middle = Math.min(Math.max(start, 0), count - 1);
  if (count > 0) order.push(middle);
  for (let step = 1; order.length < count; step += 1) {
    if (middle + step < count) order.push(middle + step);
    if (middle - step >= 0) order.push(middle - step);
  }
  return order;
}

/** Take one from each list in turn until all are used up. */
export function interleave<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  const merged: T[] = [];
  for (let i = 0; i < longest; i += 1)
    for (const list of lists) if (i < list.length) merged.push(list[i]!);
  return merged;
}

/** How many requests run side by side: the browser's limit per host with HTTP/1.1. */
export const AT_ONCE = 6;

/**
 * Run `load` over the items, at most `atOnce` at a time, in order.
 *
 * A failing item is left behind: the viewport that needs it will ask again and say what is wrong.
 * `isWanted` is asked before each item, so that a later choice of series ends an earlier run.
 */
export async function runAhead<T>(
  items: readonly T[],
  load: (item: T) => Promise<unknown>,
  isWanted: () => boolean,
  atOnce: number = AT_ONCE,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && isWanted()) {
      const item = items[next]!;
      next += 1;
      try {
        await load(item);
      } catch {
        continue;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
