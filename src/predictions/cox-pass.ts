import { exp, log } from "../numeric/elementary.ts";
import type { CoxRows, Ties } from "./cox-rows.ts";

/** What one pass over the rows tells about coefficients, per deviation of each feature and without a penalty. */
export interface CoxSums {
  /** Log partial likelihood. */
  readonly logLikelihood: number;
  /** Its first derivatives. */
  readonly gradient: Float64Array;
  /** Its second derivatives with the sign turned, row-major; empty when not asked for. */
  readonly information: Float64Array;
  /** Steps of the baseline's cumulative hazard, for an average customer, at each distinct duration. */
  readonly hazard: Float64Array;
  /** Log hazard of each row beside an average customer. */
  readonly logRisk: Float64Array;
}

/** Beyond it a risk times another overflows, or what is left of it is nothing. */
const farthest = 300;

/**
 * Goes over all rows for one set of coefficients.
 *
 * One way back through time sums up those at risk; one way forth gives every row the hazard it has gone through. With it the
 * derivatives are sums over rows, Σ x · (event − risk · hazard), and the second ones a cross product of the rows with weights
 * risk · hazard, less one product of means per event: n·d² / 2 and d² / 2 per event multiplications.
 *
 * @returns undefined where risks are so far apart that they are no numbers.
 */
export function coxPass(
  data: CoxRows,
  slopes: Float64Array,
  ties: Ties,
  wantsInformation: boolean,
): CoxSums | undefined {
  const { rows, columns, values, weights, events, starts, came } = data;
  const logRisk = new Float64Array(rows);
  const risk = new Float64Array(rows);
  let logLikelihood = 0;
  for (let row = 0, cell = 0; row < rows; row++) {
    let sum = 0;
    for (let j = 0; j < columns; j++, cell++) sum += slopes[j] * values[cell];
    if (!(Math.abs(sum) < farthest)) return undefined;
    logRisk[row] = sum;
    const weight = weights === undefined ? 1 : weights[row];
    risk[row] = weight * exp(sum);
    if (events[row] === 1) logLikelihood += weight * sum;
  }
  const hazard = new Float64Array(came.length);
  // What is not charged to those who have the event: with Efron's ties each of m is at risk for less than all m events.
  const spared = new Float64Array(came.length);
  const information = new Float64Array(wantsInformation ? columns * columns : 0);
  const sums = new Float64Array(columns);
  const tied = new Float64Array(columns);
  const mean = new Float64Array(columns);
  let atRisk = 0;
  for (let k = came.length - 1; k >= 0; k--) {
    for (let row = starts[k]; row < starts[k + 1]; row++) {
      atRisk += risk[row];
      if (wantsInformation) for (let j = 0, c = row * columns; j < columns; j++, c++) sums[j] += risk[row] * values[c];
    }
    const count = came[k];
    if (count === 0) continue;
    let [tiedRisk, weight] = [0, 0];
    tied.fill(0);
    for (let row = starts[k]; row < starts[k] + count; row++) {
      tiedRisk += risk[row];
      weight += weights === undefined ? 1 : weights[row];
      if (wantsInformation) for (let j = 0, c = row * columns; j < columns; j++, c++) tied[j] += risk[row] * values[c];
    }
    // Breslow: all events of one time see all at risk, so that their terms are equal.
    const terms = ties === "efron" ? count : 1;
    const share = weight / terms;
    for (let term = 0; term < terms; term++) {
      const gone = term / terms;
      const left = atRisk - gone * tiedRisk;
      const step = share / left;
      logLikelihood -= share * log(left);
      hazard[k] += step;
      spared[k] += gone * step;
      if (!wantsInformation) continue;
      for (let j = 0; j < columns; j++) mean[j] = (sums[j] - gone * tied[j]) / left;
      for (let i = 0; i < columns; i++) {
        const part = share * mean[i];
        for (let j = 0; j <= i; j++) information[i * columns + j] -= part * mean[j];
      }
    }
  }
  const gradient = new Float64Array(columns);
  addRows(data, risk, hazard, spared, gradient, information);
  return { logLikelihood, gradient, information, hazard, logRisk };
}

/** The sums over rows, each with the hazard it has gone through. */
function addRows(
  { columns, values, weights, events, starts, came }: CoxRows,
  risk: Float64Array,
  hazard: Float64Array,
  spared: Float64Array,
  gradient: Float64Array,
  information: Float64Array,
): void {
  let through = 0;
  for (let k = 0; k < came.length; k++) {
    through += hazard[k];
    for (let row = starts[k]; row < starts[k + 1]; row++) {
      const isEvent = events[row] === 1;
      const expected = risk[row] * (isEvent ? through - spared[k] : through);
      const rest = (isEvent ? (weights === undefined ? 1 : weights[row]) : 0) - expected;
      const first = row * columns;
      for (let j = 0; j < columns; j++) gradient[j] += rest * values[first + j];
      if (information.length > 0) addProduct(information, values, first, columns, expected);
    }
  }
}

/** Adds a row's products with itself to the lower triangle. */
function addProduct(
  information: Float64Array,
  values: Float64Array,
  first: number,
  columns: number,
  weight: number,
): void {
  for (let i = 0; i < columns; i++) {
    const part = weight * values[first + i];
    const line = i * columns;
    for (let j = 0; j <= i; j++) information[line + j] += part * values[first + j];
  }
}
