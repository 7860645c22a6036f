import { describeValue, isList, refuse } from "../core/errors.ts";
import type { Series } from "../tables/series.ts";

/** What the functions of this room take as numbers over time: a series, or a plain list of one number per step; NaN = gap. */
export type SeriesInput = Series | ArrayLike<number>;

/**
 * Reads numbers over time; a gap stays NaN.
 *
 * @param caller - the public function, for messages.
 * @param series - what the user passed.
 * @param path - what the argument is called.
 * @returns one number per step, a copy.
 * @throws {ClienteleError} `shape-mismatch` for what is no series; `invalid-value` at the first infinite or other cell.
 */
export function readSeries(caller: string, series: SeriesInput, path = "series"): Float64Array {
  const given: unknown = series;
  const values: unknown = isList(given) ? given : (given as Partial<Series> | null | undefined)?.values;
  const place = isList(given) ? path : `${path}.values`;
  if (!isList(values)) refuse(caller, "shape-mismatch", path, "a series or a list of numbers", describeValue(given));
  const copy = new Float64Array(values.length);
  for (let i = 0; i < copy.length; i++) {
    const value: unknown = values[i];
    if (typeof value !== "number" || value === Infinity || value === -Infinity) {
      refuse(caller, "invalid-value", `${place}[${i}]`, "a finite number or NaN", describeValue(value));
    }
    copy[i] = value;
  }
  return copy;
}
