import { type Scalar, withDifferences } from "../numeric/differences.ts";
import { log } from "../numeric/elementary.ts";
import { minimize, type Minimum } from "../numeric/minimize.ts";
import { type ArimaProblem, coefficientsAt, evaluateArima, expanded, widthOf } from "./arima-problem.ts";

/** Partial autocorrelations stay below tanh(7) = 1 − 1.7e-6: beyond is a unit root for any series. */
export const freeBound = 7;
/** A start beyond this may lie on a plateau. */
const startBound = 2;

/**
 * Finds the coefficients of greatest likelihood: from the conditional least squares, and from no dependence at all.
 *
 * @returns where the search ended, in free numbers of `coefficientsAt`.
 */
export function searchArima(problem: ArimaProblem): Minimum {
  const width = widthOf(problem.orders);
  const exact: Scalar = (free) => evaluateArima(problem, free)?.objective ?? Infinity;
  const nothing = new Float64Array(width);
  if (width === 0) return { point: nothing, value: exact(nothing), gradientNorm: 0, iterations: 0, converged: true };
  const rough = minimize(
    withDifferences((free) => conditionalObjective(problem, free)),
    [nothing],
    { bound: startBound, tolerance: 1e-4, maxIterations: 60 },
  );
  // A pass over a long series or over gaps costs much more: there the second start is kept for when the first one fails.
  const { values, gaps } = problem;
  const size = values.length * width * (gaps > 0 ? 100 : 1);
  const options = {
    bound: freeBound,
    tolerance: 3e-7,
    maxIterations: Math.max(40, Math.min(150, Math.ceil(2e6 / size))),
  };
  const best = minimize(withDifferences(exact), [rough.point], options);
  if (size > 2e4 && best.converged) return best;
  const other = minimize(withDifferences(exact), [nothing], options);
  const isBetter = other.converged === best.converged ? other.value < best.value : other.converged;
  return isBetter ? other : best;
}

/** The squares of one-step errors that take what was before the series for its mean. */
function conditionalObjective({ orders, differenced, leastVariance }: ArimaProblem, free: Float64Array): number {
  const { ar, ma } = expanded(orders, coefficientsAt(orders, free));
  const [arLags, maLags] = [ar, ma].map((part) => Array.from(part.keys()).filter((k) => part[k] !== 0));
  const count = differenced.length;
  const errors = new Float64Array(count);
  const first = Math.min(ar.length, count >> 1);
  let squares = 0;
  for (let t = first; t < count; t++) {
    let error = differenced[t];
    for (const k of arLags) if (t > k) error -= ar[k] * differenced[t - 1 - k];
    for (const k of maLags) if (t > k) error -= ma[k] * errors[t - 1 - k];
    errors[t] = error;
    squares += error * error;
  }
  return 0.5 * log(Math.max(squares / (count - first), leastVariance));
}
