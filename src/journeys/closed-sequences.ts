import type { MostFrequent } from "./frequent.ts";
import type { Variants } from "./variants.ts";

/** The paths that have a sequence, and where each has it complete for the first time. */
interface Projection {
  /** Variants, in order. */
  readonly variants: Uint32Array;
  /** The step after the last of the sequence, in each of them. */
  readonly next: Uint32Array;
}

/** Steps that a search may look at, all in all; it is then ended and says so. */
const mostLooks = 1e9;

/**
 * Finds closed sequences with gaps: steps in this order, whatever lies between. A sequence is closed if no longer one (of those
 * that are told) is in as many paths: what it says is not said better by another.
 *
 * @param variants - different paths with their weights.
 * @param states - number of states.
 * @param lengths - the shortest and the longest that are told.
 * @param best - takes the sequences, in the order of their steps; the search leaves out what it has no room for.
 * @returns whether the search came to its end.
 * @see Pei et al. (2004), PrefixSpan, for growing sequences on projections; Wang & Han (2004), BIDE, theorem 3, for the check
 * that looks at the paths only and keeps no list of candidates.
 */
export function findClosedSequences(
  variants: Variants,
  states: number,
  lengths: { readonly min: number; readonly max: number },
  best: MostFrequent,
): boolean {
  const search = searchOf(variants, states);
  const all = Uint32Array.from(variants.weights.keys());
  const steps: number[] = [];
  // Depth is bounded by the longest sequence, an option, not by the data.
  const grow = (projection: Projection): void => {
    const extensions = search.extend(projection, best);
    for (const { state, paths, projection: inner } of extensions) {
      if (search.looks() > mostLooks) return;
      // The list may have filled since.
      if (!best.wants(paths)) continue;
      steps.push(state);
      const isLongest = steps.length === lengths.max;
      if (steps.length >= lengths.min && (isLongest || search.isClosed(steps, inner))) {
        best.offer({ steps: steps.slice(), paths, occurrences: search.occurrences(steps, inner) });
      }
      if (!isLongest) grow(inner);
      steps.pop();
    }
  };
  grow({ variants: all, next: variants.starts.slice(0, -1) });
  return search.looks() <= mostLooks;
}

interface Extension {
  readonly state: number;
  readonly paths: number;
  readonly projection: Projection;
}

interface Search {
  /** The states that come after a sequence often enough, by position, with where they are. */
  extend(projection: Projection, best: MostFrequent): Extension[];
  /** Whether no state can be put in, anywhere, without losing a path. */
  isClosed(steps: readonly number[], projection: Projection): boolean;
  /** How often the sequence occurs, one occurrence ending before the next begins. */
  occurrences(steps: readonly number[], projection: Projection): number;
  /** Steps looked at so far. */
  looks(): number;
}

function searchOf({ codes, starts, weights }: Variants, states: number): Search {
  let looks = 0;
  const paths = new Float64Array(states);
  const variantsWith = new Uint32Array(states);
  // Marks that never repeat, so that nothing has to be cleared: `mark` grows with every variant that is looked at.
  const marked = new Float64Array(states).fill(-1);
  let mark = 0;

  function extend(projection: Projection, best: MostFrequent): Extension[] {
    const touched: number[] = [];
    const { variants, next } = projection;
    for (let i = 0; i < variants.length; i++) {
      mark++;
      const end = starts[variants[i] + 1];
      for (let at = next[i]; at < end; at++) {
        const state = codes[at];
        if (marked[state] === mark) continue;
        marked[state] = mark;
        if (variantsWith[state]++ === 0) touched.push(state);
        paths[state] += weights[variants[i]];
      }
      looks += end - next[i];
    }
    const extensions: Extension[] = [];
    const slots = new Map<number, Projection & { filled: number }>();
    for (const state of touched.sort((a, b) => a - b)) {
      if (best.wants(paths[state])) {
        const size = variantsWith[state];
        const inner = { variants: new Uint32Array(size), next: new Uint32Array(size), filled: 0 };
        slots.set(state, inner);
        extensions.push({ state, paths: paths[state], projection: inner });
      }
      paths[state] = 0;
      variantsWith[state] = 0;
    }
    if (slots.size === 0) return extensions;
    for (let i = 0; i < variants.length; i++) {
      mark++;
      const end = starts[variants[i] + 1];
      for (let at = next[i]; at < end; at++) {
        const state = codes[at];
        if (marked[state] === mark) continue;
        marked[state] = mark;
        const slot = slots.get(state);
        if (slot === undefined) continue;
        slot.variants[slot.filled] = variants[i];
        slot.next[slot.filled++] = at + 1;
      }
    }
    return extensions;
  }

  /** The step after the first `length` steps of a sequence, taken as early as possible. */
  function afterFirst(steps: readonly number[], length: number, variant: number): number {
    let at = starts[variant];
    for (let k = 0; k < length; at++) if (codes[at] === steps[k]) k++;
    looks += at - starts[variant];
    return at;
  }

  /** The step where those from `from` on begin, taken as late as possible; the end of the path for none. */
  function beforeLast(steps: readonly number[], from: number, variant: number): number {
    let at = starts[variant + 1];
    for (let k = steps.length; k > from;) if (codes[--at] === steps[k - 1]) k--;
    looks += starts[variant + 1] - at;
    return at;
  }

  /** Whether some state is, in every path, between the steps before a gap at their earliest and those after it at their latest. */
  function canFill(steps: readonly number[], gap: number, { variants, next }: Projection): boolean {
    const base = mark;
    for (let i = 0; i < variants.length; i++) {
      const from = gap === steps.length ? next[i] : afterFirst(steps, gap, variants[i]);
      const to = beforeLast(steps, gap, variants[i]);
      // A state that was in all paths so far carries the mark of the one before.
      mark = base + i + 1;
      let isAny = false;
      for (let at = from; at < to; at++) {
        const state = codes[at];
        if (i > 0 && marked[state] !== mark - 1) continue;
        marked[state] = mark;
        isAny = true;
      }
      looks += Math.max(0, to - from);
      if (!isAny) return false;
    }
    return true;
  }

  return {
    extend,
    isClosed(steps, projection) {
      for (let gap = steps.length; gap >= 0; gap--) if (canFill(steps, gap, projection)) return false;
      return true;
    },
    occurrences(steps, { variants, next }) {
      let total = 0;
      for (let i = 0; i < variants.length; i++) {
        const end = starts[variants[i] + 1];
        let [found, k] = [1, 0];
        for (let at = next[i]; at < end; at++) {
          if (codes[at] !== steps[k]) continue;
          k = (k + 1) % steps.length;
          if (k === 0) found++;
        }
        looks += end - next[i];
        total += found * weights[variants[i]];
      }
      return total;
    },
    looks: () => looks,
  };
}
