import type { Note } from "../core/note.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import { isList } from "../core/errors.ts";
import { chiSquare } from "../numeric/distributions.ts";
import { solveLeastSquares } from "../numeric/least-squares.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { coordinatesOf, checkCoordinates } from "./linear-interval.ts";
import { checkLength, checkLinear, checkTarget, type LinearModel } from "./linear-model.ts";
import { predictLinear } from "./linear.ts";

/** Options of {@link measureResiduals}. */
export interface MeasureResidualsOptions {
  /** The weights that the model was fitted with. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** One question put to the residuals. */
export interface ResidualTest {
  /** χ² distributed if nothing is wrong. */
  readonly statistic: number;
  /** Its degrees of freedom. */
  readonly degreesOfFreedom: number;
  /** How often chance alone gives as much. */
  readonly pValue: number;
}

/** Result of {@link measureResiduals}; one entry per row where it is a typed array. */
export interface ResidualReport {
  /** Outcome less expectation. */
  readonly residuals: Float64Array;
  /** By its own standard deviation (internally studentized); NaN for a row that is fitted exactly whatever its outcome. */
  readonly standardized: Float64Array;
  /** How much a row's own outcome counts in its expectation, 0 to 1; they add up to the number of coefficients. */
  readonly leverage: Float64Array;
  /** How far all expectations move when the row is left out; above 1 one row decides. */
  readonly cooksDistance: Float64Array;
  /** Near 2 when neighboring residuals have nothing to do with one another, toward 0 when they are alike. */
  readonly durbinWatson: number | null;
  /** Koenker's form of Breusch and Pagan's test: does the variance depend on the features? Null when all residuals are 0. */
  readonly breuschPagan: ResidualTest | null;
  /** Jarque and Bera's test: are the residuals normal, by skewness and kurtosis? */
  readonly jarqueBera: ResidualTest | null;
  /** Skewness of the residuals; 0 for normal ones. */
  readonly skewness: number | null;
  /** Kurtosis of the residuals; 3 for normal ones. */
  readonly kurtosis: number | null;
  /** `unequal-variance`, `dependent-residuals`, `influential-rows`: what to do about the standard errors. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureResiduals}. */
export const measureResidualsOptions: OptionTable<MeasureResidualsOptions, "weights"> = {
  weights: custom("a list of numbers, one per row", isList, [null, 1, "weights", {}], { optional: true }),
};

/**
 * Looks at what a linear model leaves unexplained: whether its standard errors can be trusted, and which rows decide it.
 *
 * @param model - of {@link fitLinear}.
 * @param table - the rows that it was fitted on, in their order; that matters for Durbin and Watson.
 * @param target - their outcomes.
 * @param options - see {@link MeasureResidualsOptions}.
 * @returns a report; see {@link ResidualReport}.
 * @throws {ClienteleError} `incompatible-model`; `shape-mismatch`; `invalid-value`; `too-few-rows` when the model was fitted on
 * as many rows as coefficients. Cost: n·d², and one more least squares.
 * @example
 * const table = fromMatrix([[1], [2], [3], [4], [5]]);
 * const target = [1, 3, 2, 5, 4];
 * measureResiduals(fitLinear(table, target), table, target).leverage; // Float64Array [0.6, 0.3, 0.2, 0.3, 0.6]
 * @see Cook & Weisberg (1982), "Residuals and Influence in Regression"; Koenker (1981); Jarque & Bera (1987).
 */
export function measureResiduals(
  model: LinearModel,
  table: FeatureTable,
  target: ArrayLike<number>,
  options?: MeasureResidualsOptions,
): ResidualReport {
  const caller = "measureResiduals";
  const { weights } = readOptions(caller, measureResidualsOptions, options);
  checkLinear(caller, model, table);
  checkLength(caller, "target", target, table.ids.length);
  checkTarget(caller, "target", target);
  if (weights !== undefined) {
    checkLength(caller, "options.weights", weights, table.ids.length);
    checkTarget(caller, "options.weights", weights);
  }
  const { variance } = checkCoordinates(caller, model);
  const expected = predictLinear(model, table);
  const rows = expected.length;
  const width = table.names.length;
  const coefficients = width + (model.totalWeight > 0 ? 1 : 0);
  const residuals = Float64Array.from(expected, (value, i) => target[i] - value);
  const leverage = new Float64Array(rows);
  const standardized = new Float64Array(rows);
  const cooksDistance = new Float64Array(rows);
  const weighted = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    const z = coordinatesOf(model, table.values.subarray(i * width, (i + 1) * width));
    for (const coordinate of z) leverage[i] += weight * coordinate * coordinate;
    weighted[i] = residuals[i] * Math.sqrt(weight);
    const room = 1 - leverage[i];
    standardized[i] = room > 1e-10 && variance > 0 ? weighted[i] / Math.sqrt(variance * room) : room > 1e-10 ? 0 : NaN;
    cooksDistance[i] = (standardized[i] * standardized[i] * leverage[i]) / room / coefficients;
  }
  const durbinWatson = durbinWatsonOf(weighted);
  const breuschPagan = breuschPaganOf(table, weighted);
  const shape = shapeOf(weighted);
  return {
    ...{ residuals, standardized, leverage, cooksDistance, durbinWatson, breuschPagan },
    jarqueBera: shape === null ? null : normalityOf(rows, shape),
    skewness: shape?.skewness ?? null,
    kurtosis: shape?.kurtosis ?? null,
    notes: notesOf({ durbinWatson, breuschPagan, cooksDistance }),
  };
}

function durbinWatsonOf(residuals: Float64Array): number | null {
  let squares = 0;
  let steps = 0;
  residuals.forEach((value, i) => {
    squares += value * value;
    if (i > 0) steps += (value - residuals[i - 1]) ** 2;
  });
  return squares > 0 ? steps / squares : null;
}

/** Rows times the share of the squared residuals' variance that the features explain. */
function breuschPaganOf(table: FeatureTable, residuals: Float64Array): ResidualTest | null {
  const target = residuals.map((value) => value * value);
  const columns = table.names.length;
  const solution = solveLeastSquares({ values: table.values, columns, target, intercept: true }, 0);
  if ("reason" in solution || !(solution.totalSquares > 0)) return null;
  const statistic = residuals.length * Math.max(0, 1 - solution.residualSquares / solution.totalSquares);
  return { statistic, degreesOfFreedom: columns, pValue: chiSquare(columns).sf(statistic) };
}

interface Shape {
  readonly skewness: number;
  readonly kurtosis: number;
}

function shapeOf(residuals: Float64Array): Shape | null {
  const rows = residuals.length;
  const mean = residuals.reduce((sum, value) => sum + value, 0) / rows;
  const moment = (power: 2 | 3 | 4): number => {
    let sum = 0;
    for (const value of residuals) {
      const square = (value - mean) * (value - mean);
      sum += power === 2 ? square : power === 3 ? square * (value - mean) : square * square;
    }
    return sum / rows;
  };
  const variance = moment(2);
  if (!(variance > 0)) return null;
  return { skewness: moment(3) / (variance * Math.sqrt(variance)), kurtosis: moment(4) / (variance * variance) };
}

function normalityOf(rows: number, { skewness, kurtosis }: Shape): ResidualTest {
  const excess = kurtosis - 3;
  const statistic = (rows / 6) * (skewness * skewness + (excess * excess) / 4);
  return { statistic, degreesOfFreedom: 2, pValue: chiSquare(2).sf(statistic) };
}

function notesOf(facts: Pick<ResidualReport, "durbinWatson" | "breuschPagan" | "cooksDistance">): Note[] {
  const { durbinWatson, breuschPagan, cooksDistance } = facts;
  const notes: Note[] = [];
  if (breuschPagan !== null && breuschPagan.pValue < 0.05) {
    const message = 'The spread of the residuals depends on the features: fit with robust: "hc3".';
    notes.push({ code: "unequal-variance", message });
  }
  if (durbinWatson !== null && Math.abs(durbinWatson - 2) > 0.5) {
    const message =
      'Neighboring residuals go together: if rows are consecutive periods, fit with robust: "newey-west".';
    notes.push({ code: "dependent-residuals", message });
  }
  const influential = cooksDistance.filter((distance) => distance > 1).length;
  if (influential > 0) {
    const message = `${influential} row(s) decide much of the model: their Cook's distance is above 1.`;
    notes.push({ code: "influential-rows", message });
  }
  return notes;
}
