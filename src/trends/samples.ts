import { run } from "../core/accumulate.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { moments } from "../numeric/moments.ts";
import { sortedPresent } from "../tables/columns.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";

/** Two samples to be compared. */
export interface SamplePair {
  /** The values that are there, from low to high. */
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly notes: Note[];
}

/**
 * Reads two samples; what is missing is left out and counted in a note.
 *
 * @throws {ClienteleError} `too-few-rows` where one is empty; `too-large` where squared differences overflow.
 */
export function readSamples(
  caller: string,
  names: readonly [string, string],
  a: SeriesInput,
  b: SeriesInput,
): SamplePair {
  const columns = [readSeries(caller, a, names[0]), readSeries(caller, b, names[1])];
  const [first, second] = columns.map((column, s) => {
    const present = sortedPresent(column);
    if (present.length === 0) refuse(caller, "too-few-rows", names[s], "at least 1 value", "0");
    return present;
  });
  const range = Math.max(first[first.length - 1], second[second.length - 1]) - Math.min(first[0], second[0]);
  if (!(range * range * (first.length + second.length) < Infinity)) {
    refuse(caller, "too-large", names[0], "values whose squared range is below 1.8e308", "an overflow");
  }
  const missing = columns[0].length - first.length + columns[1].length - second.length;
  const notes = missing === 0 ? [] : [{ code: "missing", message: `${missing} values are missing and left out.` }];
  return { a: first, b: second, notes };
}

/** The sample standard deviation of finite numbers; 0 of fewer than two, and of equal ones. */
export function spreadOf(sorted: Float64Array): number {
  if (sorted.length < 2 || sorted[0] === sorted[sorted.length - 1]) return 0;
  return run(moments, sorted).standardDeviation as number;
}
