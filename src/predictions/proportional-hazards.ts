import { refuse } from "../core/errors.ts";
import { isFiniteMatrix } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { chiSquare } from "../numeric/distributions.ts";
import { midranks } from "../numeric/ranks.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import type { ChiSquareTest, CoxModel } from "./cox-model.ts";
import { checkCoxModel } from "./cox-predictions.ts";
import { exp } from "../numeric/elementary.ts";
import { type CoxRows, coxRows, type Ties } from "./cox-rows.ts";
import { checkCoxRows } from "./cox.ts";
import type { EventFlags } from "./survival-rows.ts";

/** Options of {@link testProportionalHazards}. */
export interface TestProportionalHazardsOptions {
  /**
   * On which scale of time a coefficient might drift: `"km"`, the share that had the event before, so that few late events do not
   * decide alone; `"rank"`, the place of the event; `"identity"`, time as it is. Default `"km"`.
   */
  readonly transform?: "km" | "rank" | "identity" | undefined;
}

/** Whether the factor of one feature stays the same over time. */
export interface ProportionalityOfFeature {
  /** The feature. */
  readonly feature: string;
  /** Correlation of its scaled Schoenfeld residuals with time: above 0 the factor grows; null where either is constant. */
  readonly correlation: number | null;
  /** χ² with one degree of freedom. */
  readonly statistic: number;
  /** How often chance alone makes a constant factor look so. */
  readonly pValue: number;
}

/** Result of {@link testProportionalHazards}. */
export interface ProportionalHazardsReport {
  /** One entry per feature, in the model's order. */
  readonly features: readonly ProportionalityOfFeature[];
  /** All features at once; its p-value is the one to look at first. */
  readonly global: ChiSquareTest;
  /** The scale of time. */
  readonly transform: "km" | "rank" | "identity";
  /** `"grambsch-therneau"`. */
  readonly method: "grambsch-therneau";
  /** What to know. */
  readonly notes: readonly Note[];
}

/** Option table of {@link testProportionalHazards}. */
export const testProportionalHazardsOptions: OptionTable<TestProportionalHazardsOptions> = {
  transform: oneOf(["km", "rank", "identity"], { default: "km" }),
};

/** Derivatives per row beyond it are not those of a fit to these rows. */
const settled = 1e-6;

/**
 * Tests what a Cox regression takes for granted: that a feature multiplies the hazard by the same factor at any time since
 * the start. A discount may keep customers for three months, and no longer.
 *
 * @param model - of `fitCox`, fitted without weights.
 * @param table - the rows it was fitted on; a model holds none.
 * @param durations - their durations.
 * @param events - their events.
 * @param options - see {@link TestProportionalHazardsOptions}.
 * @returns a test per feature and one for all. A small p-value says that the factor is an average over time: split the time, or
 * the customers. A note `other-rows` says that the model was not fitted on these rows (or with weights or a penalty).
 * @throws {ClienteleError} `incompatible-model`; `degenerate-data` when all events came at one time; `too-few-rows`;
 * `shape-mismatch`; `invalid-value`. Cost: a sort, and n·d.
 * @example
 * const table = fromMatrix([[0], [1], [0], [1], [1], [0]], { names: ["discount"] });
 * const [months, left] = [[2, 3, 3, 5, 8, 8], [1, 1, 1, 0, 1, 0]];
 * const model = fitCox(table, months, left);
 * testProportionalHazards(model, table, months, left).global.pValue; // 0.15
 * @see Grambsch & Therneau (1994), "Proportional hazards tests and diagnostics based on weighted residuals".
 */
export function testProportionalHazards(
  model: CoxModel,
  table: FeatureTable,
  durations: ArrayLike<number>,
  events: EventFlags,
  options?: TestProportionalHazardsOptions,
): ProportionalHazardsReport {
  const caller = "testProportionalHazards";
  const { transform } = readOptions(caller, testProportionalHazardsOptions, options);
  checkCoxModel(caller, model, table);
  const { covariance, coefficients, ties } = model;
  if (!isFiniteMatrix(covariance, coefficients.length, coefficients.length)) {
    refuse(caller, "incompatible-model", "model.covariance", "intact", "another value");
  }
  const rows = checkCoxRows(caller, table, durations, events);
  const data = coxRows(table.values, table.names.length, rows, undefined);
  const residuals = schoenfeld(
    data,
    Float64Array.from(coefficients, (slope, j) => slope * data.scale[j]),
    ties,
  );
  const { count } = residuals;
  const time = centered(timesOfEvents(data, transform));
  const spread = time.reduce((sum, x) => sum + x * x, 0);
  if (!(spread > 0)) refuse(caller, "degenerate-data", "events", "events at 2 different times at least", "fewer");
  // Per unit of a feature again, so that they go with the model's covariance.
  const drift = coefficients.map((_, j) => residuals.along(j, time) * data.scale[j]);
  const features = coefficients.map((_, j): ProportionalityOfFeature => {
    const scaled = covariance[j].reduce((sum, value, k) => sum + value * drift[k], 0);
    const statistic = (count * scaled * scaled) / (covariance[j][j] * spread);
    const own = residuals.scaledBy(covariance[j].map((value, k) => value * data.scale[k]));
    const deviation = centered(own).reduce((sum, x) => sum + x * x, 0);
    return {
      feature: model.features[j],
      correlation: deviation > 0 ? Math.max(-1, Math.min(1, scaled / Math.sqrt(deviation * spread))) : null,
      statistic,
      pValue: chiSquare(1).sf(statistic),
    };
  });
  const all = drift.reduce(
    (sum, x, j) => sum + x * covariance[j].reduce((part, value, k) => part + value * drift[k], 0),
    0,
  );
  const statistic = Math.max(0, (all * count) / spread);
  const degreesOfFreedom = coefficients.length;
  const isOther = residuals.largestMean() * count > settled * data.rows;
  const message = "The model is not the best fit to these rows: it was fitted on others, or with weights or a penalty.";
  return {
    features,
    global: { statistic, degreesOfFreedom, pValue: chiSquare(degreesOfFreedom).sf(statistic) },
    transform,
    method: "grambsch-therneau",
    notes: isOther ? [{ code: "other-rows", message }] : [],
  };
}

/** Schoenfeld residuals: a row per event, from the first to the last, per deviation of each feature. */
interface Schoenfeld {
  readonly count: number;
  /** Σ residual · time of one feature. */
  readonly along: (feature: number, time: Float64Array) => number;
  /** A combination of features for each event. */
  readonly scaledBy: (parts: readonly number[]) => Float64Array;
  /** The largest mean of a feature's residuals: 0 at the fit. */
  readonly largestMean: () => number;
}

/** What an event's customer had beyond the mean of those at risk; with Efron's ties beyond the mean of its terms. */
function schoenfeld(data: CoxRows, slopes: Float64Array, ties: Ties): Schoenfeld {
  const { columns, values, starts, came } = data;
  const count = came.reduce((sum, events) => sum + events, 0);
  const cells = new Float64Array(count * columns);
  const sums = new Float64Array(columns);
  const tied = new Float64Array(columns);
  const mean = new Float64Array(columns);
  let [atRisk, place] = [0, count];
  for (let k = came.length - 1; k >= 0; k--) {
    let tiedRisk = 0;
    tied.fill(0);
    for (let row = starts[k]; row < starts[k + 1]; row++) {
      let logRisk = 0;
      for (let j = 0; j < columns; j++) logRisk += slopes[j] * values[row * columns + j];
      const risk = exp(logRisk);
      const isEvent = row < starts[k] + came[k];
      atRisk += risk;
      if (isEvent) tiedRisk += risk;
      for (let j = 0; j < columns; j++) {
        const part = risk * values[row * columns + j];
        sums[j] += part;
        if (isEvent) tied[j] += part;
      }
    }
    if (came[k] === 0) continue;
    const terms = ties === "efron" ? came[k] : 1;
    mean.fill(0);
    for (let term = 0; term < terms; term++) {
      const gone = term / terms;
      const left = (atRisk - gone * tiedRisk) * terms;
      for (let j = 0; j < columns; j++) mean[j] += (sums[j] - gone * tied[j]) / left;
    }
    place -= came[k];
    for (let i = 0; i < came[k]; i++) {
      for (let j = 0; j < columns; j++) {
        cells[(place + i) * columns + j] = values[(starts[k] + i) * columns + j] - mean[j];
      }
    }
  }
  const along = (feature: number, time: Float64Array): number =>
    time.reduce((sum, x, event) => sum + x * cells[event * columns + feature], 0);
  const ones = new Float64Array(count).fill(1);
  return {
    count,
    along,
    scaledBy: (parts) =>
      ones.map((_, event) => parts.reduce((sum, part, j) => sum + part * cells[event * columns + j], 0)),
    largestMean: () => mean.reduce((most, _, j) => Math.max(most, Math.abs(along(j, ones)) / count), 0),
  };
}

/** The transformed time of each event, from the first to the last. */
function timesOfEvents({ times, came, starts, rows }: CoxRows, transform: "km" | "rank" | "identity"): Float64Array {
  const result: number[] = [];
  let share = 1;
  times.forEach((time, k) => {
    for (let i = 0; i < came[k]; i++) result.push(transform === "km" ? 1 - share : time);
    const atRisk = rows - starts[k];
    share *= (atRisk - came[k]) / atRisk;
  });
  const list = Float64Array.from(result);
  return transform === "rank" ? midranks(list).ranks : list;
}

function centered(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.map((x) => x - mean);
}
