/*
 * Changes of the mean of a sequence: the cost of a segment is its sum of squares around its mean, each change costs a penalty.
 * Values are expected centered, so that sums of squares do not cancel.
 */

/** Running sums: the cost of any segment takes a few operations. */
export interface RunningSums {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Running sums of values and their squares, with a 0 before. */
export function runningSums(values: Float64Array): RunningSums {
  const sums = new Float64Array(values.length + 1);
  const squares = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    sums[i + 1] = sums[i] + values[i];
    squares[i + 1] = squares[i] + values[i] * values[i];
  }
  return { sums, squares };
}

/** Sum of squares of the values from one place to before another around their mean. */
function costOf({ sums, squares }: RunningSums, from: number, to: number): number {
  const sum = sums[to] - sums[from];
  return squares[to] - squares[from] - (sum * sum) / (to - from);
}

/**
 * The changes with the least cost plus penalty of all there can be, by dynamic programming with pruning (PELT).
 *
 * @param running - of {@link runningSums}.
 * @param penalty - of a change.
 * @param least - fewest values between changes, ≥ 1.
 * @returns first places of new segments, ascending; of equal costs the fewest and earliest. O(n) with many changes, O(n²) with none.
 * @see Killick, Fearnhead & Eckley (2012), "Optimal Detection of Changepoints With a Linear Computational Cost".
 */
export function bestChanges(running: RunningSums, penalty: number, least: number): number[] {
  const n = running.sums.length - 1;
  const best = new Float64Array(n + 1).fill(Infinity);
  const previous = new Int32Array(n + 1);
  // From which end on a begin can no longer be the last one: whoever loses at t has lost for all ends a segment later.
  const lostFrom = new Float64Array(n + 1).fill(Infinity);
  const begins = new Int32Array(n + 1);
  let count = 0;
  best[0] = -penalty;
  for (let end = least; end <= n; end++) {
    const fresh = end - least;
    if (fresh === 0 || fresh >= least) begins[count++] = fresh;
    let kept = 0;
    for (let k = 0; k < count; k++) {
      const begin = begins[k];
      if (lostFrom[begin] <= end) continue;
      begins[kept++] = begin;
      const cost = best[begin] + costOf(running, begin, end) + penalty;
      if (cost < best[end]) {
        best[end] = cost;
        previous[end] = begin;
      }
    }
    count = kept;
    for (let k = 0; k < count; k++) {
      const begin = begins[k];
      if (lostFrom[begin] === Infinity && best[begin] + costOf(running, begin, end) > best[end]) {
        lostFrom[begin] = end + least;
      }
    }
  }
  const changes: number[] = [];
  for (let end = previous[n]; end > 0; end = previous[end]) changes.push(end);
  return changes.reverse();
}

/**
 * Changes by binary segmentation: the best cut of the whole, then of its halves, as long as a cut saves more than the penalty.
 *
 * @param running - of {@link runningSums}.
 * @param penalty - of a change.
 * @param least - fewest values between changes.
 * @returns first places of new segments, ascending. O(n log n) as a rule; not always the best of all.
 */
export function halvingChanges(running: RunningSums, penalty: number, least: number): number[] {
  const changes: number[] = [];
  const open: [number, number][] = [[0, running.sums.length - 1]];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const [from, to] = part;
    let [cut, saved] = [-1, penalty];
    const whole = to > from ? costOf(running, from, to) : 0;
    for (let at = from + least; at <= to - least; at++) {
      const gain = whole - costOf(running, from, at) - costOf(running, at, to);
      if (gain > saved) [cut, saved] = [at, gain];
    }
    if (cut < 0) continue;
    changes.push(cut);
    open.push([from, cut], [cut, to]);
  }
  return changes.sort((a, b) => a - b);
}
