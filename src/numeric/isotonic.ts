/** Means that never fall, and where they hold. */
export interface RisingMeans {
  /** First and last place of each block of equal means; a block of one place is named once. */
  readonly places: Uint32Array;
  /** The mean at each of these places. */
  readonly means: Float64Array;
}

/**
 * The rising means that are nearest to given ones, by weighted squares: neighbors that fall are pooled until none does.
 *
 * @param sums - sum at each place, in order of the places.
 * @param weights - above 0.
 * @see Barlow, Bartholomew, Bremner & Brunk (1972): pool adjacent violators. Cost: linear; counts are pooled without rounding.
 */
export function risingMeans(sums: ArrayLike<number>, weights: ArrayLike<number>): RisingMeans {
  // Blocks so far, as a stack: their sums, weights and first places.
  const sum: number[] = [];
  const weight: number[] = [];
  const first: number[] = [];
  for (let place = 0; place < sums.length; place++) {
    let [ownSum, ownWeight, from] = [sums[place], weights[place], place];
    // Equal means are pooled as well, so that blocks differ.
    while (sum.length > 0 && sum[sum.length - 1] * ownWeight >= ownSum * weight[weight.length - 1]) {
      ownSum += sum.pop() ?? 0;
      ownWeight += weight.pop() ?? 0;
      from = first.pop() ?? 0;
    }
    sum.push(ownSum);
    weight.push(ownWeight);
    first.push(from);
  }
  const places: number[] = [];
  const means: number[] = [];
  first.forEach((from, block) => {
    const to = (first[block + 1] ?? sums.length) - 1;
    const mean = sum[block] / weight[block];
    places.push(from);
    means.push(mean);
    if (to === from) return;
    places.push(to);
    means.push(mean);
  });
  return { places: Uint32Array.from(places), means: Float64Array.from(means) };
}
