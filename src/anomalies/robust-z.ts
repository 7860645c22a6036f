import { describeValue, refuse } from "../core/errors.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";

/** 1 / Φ⁻¹(3/4): times this, the median absolute deviation of normal data estimates their standard deviation. */
const perMedianDeviation = 1.482602218505602;
/** √(π/2): the same for the mean absolute deviation. */
const perMeanDeviation = 1.2533141373155003;

/**
 * Tells how far each customer is from the middle of each feature, in robust standard deviations: signed, and not moved by the
 * anomalies themselves as a plain z-score is.
 *
 * (x − median) / (1.4826 · MAD), where MAD is the median distance from the median. Where at least half the customers share one
 * value MAD is 0; then 1.2533 times the mean distance stands in for it, so the others keep a finite score. A constant feature has 0
 * for everybody. Sizes above 3.5 are the usual mark of an outlier. Each feature is judged alone: a customer odd only in a
 * combination is for {@link fitIsolationForest}.
 *
 * @param table - n customers × d features; NaN = missing.
 * @returns the scores under the same names, without units; missing cells stay missing and move nobody else's score.
 * @throws {ClienteleError} `invalid-value` at the first infinite cell, or at one too far from the others for its score to be a
 * number. Cost: two sorts per feature.
 * @example
 * const table = fromMatrix([[1], [2], [3], [4], [100]]);
 * scoreRobustZ(table).values; // Float64Array [-1.349, -0.674, 0, 0.674, 65.426]
 * @see Iglewicz & Hoaglin (1993), "How to detect and handle outliers": the modified z-score.
 */
export function scoreRobustZ(table: FeatureTable): FeatureTable {
  const caller = "scoreRobustZ";
  checkTable(caller, table);
  const { ids, names, values } = table;
  const width = names.length;
  const scores = new Float64Array(values.length);
  for (let j = 0; j < width; j++) {
    const { center, distance, perDeviation } = middleOf(presentOf(caller, table, j));
    for (let row = 0, cell = j; row < ids.length; row++, cell += width) {
      // One by one: the product of a huge distance and a constant could overflow.
      scores[cell] = (values[cell] - center) / distance / perDeviation;
      // An overflow on both sides of the division would look like a missing cell.
      if (!Number.isFinite(scores[cell]) && !Number.isNaN(values[cell])) {
        const path = `table.values[${row}, ${j}]`;
        refuse(caller, "invalid-value", path, "near enough to the other values", "a number too far");
      }
    }
  }
  return { ids: [...ids], names: [...names], values: scores };
}

/** The cells of a feature that are not missing; refuses an infinite one. */
function presentOf(caller: string, { names, values }: FeatureTable, j: number): Float64Array {
  const width = names.length;
  const present = new Float64Array(values.length / width);
  let count = 0;
  for (let cell = j, row = 0; cell < values.length; cell += width, row++) {
    const value = values[cell];
    if (Math.abs(value) === Infinity) {
      refuse(caller, "invalid-value", `table.values[${row}, ${j}]`, "finite or missing", describeValue(value));
    }
    if (!Number.isNaN(value)) present[count++] = value;
  }
  return present.subarray(0, count);
}

/** The median, and a typical distance from it with what a standard deviation of normal data is in such distances. */
interface Middle {
  readonly center: number;
  readonly distance: number;
  readonly perDeviation: number;
}

function middleOf(present: Float64Array): Middle {
  if (present.length === 0) return { center: 0, distance: 1, perDeviation: 1 };
  const center = quantileOfSorted(present.sort(), 0.5);
  const distances = present.map((value) => Math.abs(value - center)).sort();
  const median = quantileOfSorted(distances, 0.5);
  if (median > 0) return { center, distance: median, perDeviation: perMedianDeviation };
  // Divided before they are added: the sum of huge distances could overflow.
  const mean = distances.reduce((sum, distance) => sum + distance / distances.length, 0);
  return { center, distance: mean > 0 ? mean : 1, perDeviation: perMeanDeviation };
}
