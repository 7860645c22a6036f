import { compareSteps } from "./variants.ts";

/** A sequence of states and in how many paths it is. */
export interface Counted {
  /** Positions of the states. */
  readonly steps: ArrayLike<number>;
  /** Paths that have it. */
  readonly paths: number;
  /** How often it occurs in them. */
  readonly occurrences: number;
}

/** The most frequent sequences seen so far. */
export interface MostFrequent {
  /** Whether a sequence in so many paths has a place; if not for want of room, that is remembered. */
  wants(paths: number): boolean;
  /** Takes a sequence if it has a place; ties are decided by the steps. */
  offer(counted: Counted): void;
  /** The sequences, the most frequent first. */
  list(): readonly Counted[];
  /** Whether there was no room for some. */
  isCut(): boolean;
}

/**
 * Keeps the most frequent sequences that are offered.
 *
 * @param limit - how many.
 * @param minPaths - fewer paths are never enough.
 * @param isSorted - whether they are offered in the order of their steps, so that the later one loses every tie.
 */
export function mostFrequent(limit: number, minPaths: number, isSorted: boolean): MostFrequent {
  const kept: Counted[] = [];
  let isCut = false;
  const compare = (a: Counted, b: Counted): number => b.paths - a.paths || compareSteps(a.steps, b.steps);
  return {
    wants(paths) {
      if (paths < minPaths) return false;
      if (kept.length < limit) return true;
      const last = kept[limit - 1].paths;
      if (isSorted ? paths > last : paths >= last) return true;
      isCut = true;
      return false;
    },
    offer(counted) {
      if (kept.length === limit) {
        isCut = true;
        if (compare(counted, kept[limit - 1]) > 0) return;
        kept.pop();
      }
      let [low, high] = [0, kept.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (compare(counted, kept[middle]) < 0) high = middle;
        else low = middle + 1;
      }
      kept.splice(low, 0, counted);
    },
    list: () => kept,
    isCut: () => isCut,
  };
}
