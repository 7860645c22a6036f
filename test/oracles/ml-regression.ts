// The only importer of ml-regression-multivariate-linear, least squares by another route: singular values of XᵀX. Its
// intercept is the last weight, so it is moved to the front; a collinear design gets a silent minimum-norm answer and
// NaN passes through, so both are refused; its standard errors look at the first output only, so they are left out.
import MultivariateLinearRegression from "ml-regression-multivariate-linear";

/**
 * Least-squares coefficients, intercept first when there is one.
 *
 * @param x - n × d finite features without a column of ones.
 * @param y - n finite values.
 * @param intercept - whether to fit one.
 * @returns the intercept if asked for, then one coefficient per feature.
 */
export function mlRegression(x: readonly (readonly number[])[], y: readonly number[], intercept = true): number[] {
  if (![...x.flat(), ...y].every(Number.isFinite)) throw new Error("the oracle takes finite numbers only");
  const coefficients = rawMlRegression(x, y, intercept);
  if (intercept) coefficients.unshift(coefficients.pop()!);
  return coefficients;
}

/** The weights as the package orders them, unguarded, for the test that pins what is healed. */
export function rawMlRegression(x: readonly (readonly number[])[], y: readonly number[], intercept = true): number[] {
  const model = new MultivariateLinearRegression(
    x.map((row) => [...row]),
    y.map((value) => [value]),
    { intercept, statistics: false },
  );
  return model.weights.map(([weight]) => weight);
}
