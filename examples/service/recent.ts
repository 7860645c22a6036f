// A bounded memory of names: the last so many at least, the last twice as many at most. Two sets, of which the older one is
// dropped whole when the younger one is full: no clock, no queue, and the same in every run of the same commands.

/** Names that came of late. */
export interface Recent {
  current: Set<string>;
  previous: Set<string>;
}

/** The memory of nothing. */
export function noRecent(): Recent {
  return { current: new Set(), previous: new Set() };
}

/** Whether a name came of late. */
export function isRecent({ current, previous }: Recent, name: string): boolean {
  return current.has(name) || previous.has(name);
}

/**
 * Puts a name into the memory.
 *
 * @param recent - written into.
 * @param name - one that is not in it.
 * @param atLeast - how many further names it is remembered for, at least.
 */
export function remember(recent: Recent, name: string, atLeast: number): void {
  if (recent.current.size >= atLeast) {
    recent.previous = recent.current;
    recent.current = new Set();
  }
  recent.current.add(name);
}

/** A memory as JSON. */
export type RecentLists = readonly [current: readonly string[], previous: readonly string[]];

/** Writes a memory as JSON. */
export function listsOf({ current, previous }: Recent): RecentLists {
  return [[...current], [...previous]];
}

/** Reads a memory from JSON. */
export function recentOf([current, previous]: RecentLists): Recent {
  return { current: new Set(current), previous: new Set(previous) };
}
