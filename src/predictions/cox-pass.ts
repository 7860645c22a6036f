import { exp, log } from "../numeric/elementary.ts";
import { type RowProducts, withRowProducts } from "../numeric/row-products.ts";
import type { CoxRows, Ties } from "./cox-rows.ts";

/** What one pass over the rows tells about coefficients, per deviation of each feature and without a penalty. */
export interface CoxSums {
  /** Log partial likelihood. */
  readonly logLikelihood: number;
  /** Its first derivatives. */
  readonly gradient: Float64Array;
  /** Its second derivatives with the sign turned, row-major. */
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
 * risk · hazard, less one product of means per event: n·d² / 2 and d² / 2 per event multiplications, in a kernel.
 *
 * @returns undefined where risks are so far apart that they are no numbers.
 */
export function coxPass(data: CoxRows, slopes: Float64Array, ties: Ties): CoxSums | undefined {
  const logRisk = logRisks(data, slopes);
  if (logRisk === undefined) return undefined;
  const risk = new Float64Array(data.rows);
  let logLikelihood = 0;
  for (let row = 0; row < data.rows; row++) {
    const weight = data.weights === undefined ? 1 : data.weights[row];
    risk[row] = weight * exp(logRisk[row]);
    if (data.events[row] === 1) logLikelihood += weight * logRisk[row];
  }
  return withRowProducts(data.columns, (products) => {
    const information = new Float64Array(data.columns * data.columns);
    const { hazard, spared, logTotal } = backInTime(data, risk, ties, products);
    products.addTo(information, -1);
    const gradient = forthInTime(data, risk, hazard, spared, products);
    products.addTo(information, 1);
    return { logLikelihood: logLikelihood - logTotal, gradient, information, hazard, logRisk };
  });
}

function logRisks({ rows, columns, values }: CoxRows, slopes: Float64Array): Float64Array | undefined {
  const logRisk = new Float64Array(rows);
  for (let row = 0, cell = 0; row < rows; row++) {
    let sum = 0;
    for (let j = 0; j < columns; j++, cell++) sum += slopes[j] * values[cell];
    if (!(Math.abs(sum) < farthest)) return undefined;
    logRisk[row] = sum;
  }
  return logRisk;
}

/** What the way back through time finds, besides the products of the means of those at risk, one per event. */
interface RiskSets {
  readonly hazard: Float64Array;
  /** What is not charged to those who have the event: with Efron's ties each of m is at risk for less than all m events. */
  readonly spared: Float64Array;
  /** Σ weight · log(risk left) over all events. */
  readonly logTotal: number;
}

function backInTime(data: CoxRows, risk: Float64Array, ties: Ties, products: RowProducts): RiskSets {
  const { columns, weights, starts, came } = data;
  const { block, blockRows } = products;
  const hazard = new Float64Array(came.length);
  const spared = new Float64Array(came.length);
  const sums = new Float64Array(columns);
  const tied = new Float64Array(columns);
  let [atRisk, logTotal, filled] = [0, 0, 0];
  for (let k = came.length - 1; k >= 0; k--) {
    const [first, end, count] = [starts[k], starts[k + 1], came[k]];
    atRisk += addRisk(data, risk, first, end, sums);
    if (count === 0) continue;
    tied.fill(0);
    const tiedRisk = addRisk(data, risk, first, first + count, tied);
    let weight = count;
    if (weights !== undefined) {
      weight = 0;
      for (let row = first; row < first + count; row++) weight += weights[row];
    }
    // Breslow: all events of one time see all at risk, so that their terms are equal.
    const terms = ties === "efron" ? count : 1;
    const share = weight / terms;
    const root = Math.sqrt(share);
    for (let term = 0; term < terms; term++) {
      const gone = term / terms;
      const left = atRisk - gone * tiedRisk;
      const step = share / left;
      logTotal += share * log(left);
      hazard[k] += step;
      spared[k] += gone * step;
      const factor = root / left;
      for (let j = 0, cell = filled * columns; j < columns; j++, cell++)
        block[cell] = (sums[j] - gone * tied[j]) * factor;
      if (++filled === blockRows) {
        products.add(filled);
        filled = 0;
      }
    }
  }
  products.add(filled);
  return { hazard, spared, logTotal };
}

/** Adds risk · row of the rows [first, end) to `sums`, and returns their risk. */
function addRisk(
  { columns, values }: CoxRows,
  risk: Float64Array,
  first: number,
  end: number,
  sums: Float64Array,
): number {
  let total = 0;
  for (let row = first, cell = first * columns; row < end; row++) {
    const own = risk[row];
    total += own;
    for (let j = 0; j < columns; j++, cell++) sums[j] += own * values[cell];
  }
  return total;
}

/** The sums over rows, each with the hazard it has gone through: the gradient, and the products with weights risk · hazard. */
function forthInTime(
  { columns, values, weights, events, starts, came }: CoxRows,
  risk: Float64Array,
  hazard: Float64Array,
  spared: Float64Array,
  products: RowProducts,
): Float64Array {
  const { block, blockRows } = products;
  const gradient = new Float64Array(columns);
  let [through, filled] = [0, 0];
  for (let k = 0; k < came.length; k++) {
    through += hazard[k];
    const throughEvent = Math.max(0, through - spared[k]);
    for (let row = starts[k], from = row * columns; row < starts[k + 1]; row++) {
      const isEvent = events[row] === 1;
      const expected = risk[row] * (isEvent ? throughEvent : through);
      const rest = (isEvent ? (weights === undefined ? 1 : weights[row]) : 0) - expected;
      const root = Math.sqrt(expected);
      for (let j = 0, cell = filled * columns; j < columns; j++, cell++, from++) {
        gradient[j] += rest * values[from];
        block[cell] = root * values[from];
      }
      if (++filled === blockRows) {
        products.add(filled);
        filled = 0;
      }
    }
  }
  products.add(filled);
  return gradient;
}
