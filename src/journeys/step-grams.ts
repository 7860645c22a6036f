import type { MostFrequent } from "./frequent.ts";
import type { Variants } from "./variants.ts";

/** A step where no frequent sequence begins. */
const none = -1;

/**
 * Counts runs of steps that follow each other at once (n-grams). Longer ones are made of two that overlap: a run can only be
 * frequent if both its beginning and its end are, so each length looks only where the one before was frequent.
 *
 * @param variants - different paths with their weights.
 * @param states - number of states.
 * @param lengths - the shortest and the longest that are told.
 * @param minPaths - fewer paths are not enough.
 * @param best - takes them.
 * Cost: steps × longest; memory is linear in the steps.
 */
export function countStepGrams(
  { codes, starts, weights }: Variants,
  states: number,
  lengths: { readonly min: number; readonly max: number },
  minPaths: number,
  best: MostFrequent,
): void {
  // The number of the run of the present length that begins at each step.
  const gramAt = Int32Array.from(codes);
  let grams = states;
  for (let length = 1; length <= lengths.max && grams > 0; length++) {
    if (length > 1) grams = joinGrams(gramAt, starts, length, grams);
    const paths = new Float64Array(grams);
    const occurrences = new Float64Array(grams);
    const lastVariant = new Int32Array(grams).fill(none);
    const firstAt = new Int32Array(grams);
    for (let variant = 0; variant < weights.length; variant++) {
      for (let at = starts[variant]; at + length <= starts[variant + 1]; at++) {
        const gram = gramAt[at];
        if (gram === none) continue;
        occurrences[gram] += weights[variant];
        if (lastVariant[gram] === variant) continue;
        if (lastVariant[gram] === none) firstAt[gram] = at;
        lastVariant[gram] = variant;
        paths[gram] += weights[variant];
      }
    }
    for (let at = 0; at < gramAt.length; at++) {
      if (gramAt[at] !== none && paths[gramAt[at]] < minPaths) gramAt[at] = none;
    }
    if (length < lengths.min) continue;
    for (let gram = 0; gram < grams; gram++) {
      if (!best.wants(paths[gram])) continue;
      const steps = codes.slice(firstAt[gram], firstAt[gram] + length);
      best.offer({ steps, paths: paths[gram], occurrences: occurrences[gram] });
    }
  }
}

/** Numbers the runs that are one step longer; returns how many there are. */
function joinGrams(gramAt: Int32Array, starts: Uint32Array, length: number, grams: number): number {
  const numbers = new Map<number, number>();
  for (let variant = 0; variant + 1 < starts.length; variant++) {
    const end = starts[variant + 1];
    for (let at = starts[variant]; at < end; at++) {
      const isWhole = at + length <= end && gramAt[at] !== none && gramAt[at + 1] !== none;
      if (!isWhole) {
        gramAt[at] = none;
        continue;
      }
      const key = gramAt[at] * grams + gramAt[at + 1];
      let number = numbers.get(key);
      if (number === undefined) numbers.set(key, (number = numbers.size));
      gramAt[at] = number;
    }
  }
  return numbers.size;
}
