import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { readSeries, type SeriesInput } from "./series-input.ts";

/** What a chart judges, one entry per point; NaN = gap. */
export interface ControlPoints {
  /** Values, or shares and rates of the counts. */
  readonly values: Float64Array;
  /** Of charts of counts: the counts. */
  readonly counts: Float64Array | null;
  /** Of charts of counts: how many were looked at. */
  readonly sizes: Float64Array | null;
  /** How many points are no gap. */
  readonly present: number;
}

/**
 * Reads measurements.
 *
 * @throws {ClienteleError} `too-large` where squared differences overflow.
 */
export function readMeasurements(caller: string, series: SeriesInput): ControlPoints {
  const values = readSeries(caller, series, "values");
  let [low, high, present] = [Infinity, -Infinity, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    present++;
  }
  const range = present === 0 ? 0 : high - low;
  if (!(range * range * present < Infinity)) {
    refuse(caller, "too-large", "values", "values whose squared range is below 1.8e308", "an overflow");
  }
  return { values, counts: null, sizes: null, present };
}

/**
 * Reads counts and what they are counted in. A missing count, and a size that is missing or 0, is a gap.
 *
 * @param kind - `"p"`: whole counts of at most the size; `"u"`: whole counts, sizes of any kind.
 */
export function readCounts(
  caller: string,
  kind: "p" | "u",
  series: SeriesInput,
  given: ArrayLike<number>,
): ControlPoints {
  const counts = readSeries(caller, series, "values");
  if (!isList(given) || given.length !== counts.length) {
    refuse(caller, "shape-mismatch", "options.sizes", `${counts.length} entries, one per value`, describeValue(given));
  }
  const sizes = new Float64Array(counts.length);
  const values = new Float64Array(counts.length).fill(NaN);
  let present = 0;
  for (let i = 0; i < counts.length; i++) {
    const size: unknown = given[i];
    if (
      typeof size !== "number" ||
      size < 0 ||
      size === Infinity ||
      (kind === "p" && size % 1 !== 0 && !Number.isNaN(size))
    ) {
      const expected = kind === "p" ? "a whole number of at least 0, or NaN" : "a finite number of at least 0, or NaN";
      refuse(caller, "invalid-value", `options.sizes[${i}]`, expected, describeCell(size));
    }
    sizes[i] = size;
    if (Number.isNaN(counts[i])) continue;
    if (counts[i] < 0 || counts[i] % 1 !== 0) {
      refuse(caller, "invalid-value", `values[${i}]`, "a whole count of at least 0, not a share", "another number");
    }
    if (Number.isNaN(size) || size === 0) {
      if (size === 0 && counts[i] > 0) refuse(caller, "invalid-value", `values[${i}]`, "0 where the size is 0", "another number"); // prettier-ignore
      continue;
    }
    if (kind === "p" && counts[i] > size) refuse(caller, "invalid-value", `values[${i}]`, "at most its size", "a larger count"); // prettier-ignore
    values[i] = counts[i] / size;
    present++;
  }
  return { values, counts, sizes, present };
}
