import { pow } from "../numeric/elementary.ts";
import type { LeastSquares } from "../numeric/least-squares.ts";
import type { Design } from "../numeric/triangle.ts";

/** Standard errors that do not trust in equal variances; with `"newey-west"` neither in independent rows. */
export type Robust = "hc3" | "newey-west";

/** A design whose columns have names. */
export interface NamedDesign extends Design {
  /** One name per column. */
  readonly names: readonly string[];
}

/** Rows and their least squares. */
interface Solved {
  readonly design: Design;
  readonly solution: LeastSquares;
  readonly l2: number;
}

/** A row counts as fitted exactly, whatever its outcome, when its leverage leaves less than this. */
const noRoom = 1e-10;

/**
 * The covariance of the coefficients in coordinates in which the columns are orthonormal: the level at the means first, if there is
 * an intercept, then one per column. Times `root` from both sides it is that of the coefficients themselves.
 *
 * @param solved - design, solution, penalty.
 * @param variance - of an observation of weight 1; null when nothing is known about it.
 * @param robust - which covariance.
 * @param lags - of Newey and West.
 * @returns width × width, row-major, or null; and how many rows HC3 could not take in.
 */
export function coordinateCovariance(
  solved: Solved,
  variance: number | null,
  robust: Robust | undefined,
  lags: number | null,
): { readonly spread: Float64Array | null; readonly skipped: number } {
  if (variance === null) return { spread: null, skipped: 0 };
  if (robust === undefined) return { spread: classical(solved, variance), skipped: 0 };
  return robust === "hc3" ? heteroscedastic(solved) : { spread: autocorrelated(solved, lags ?? 0), skipped: 0 };
}

/** σ² times the unit matrix; a penalty λ takes λ · rootᵀ · root off it. */
function classical({ design: { columns, intercept }, solution: { root }, l2 }: Solved, variance: number): Float64Array {
  const lead = intercept ? 1 : 0;
  const width = lead + columns;
  const spread = new Float64Array(width * width);
  for (let i = 0; i < width; i++) spread[i * width + i] = variance;
  if (l2 === 0) return spread;
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b < columns; b++) {
      let sum = 0;
      for (let j = 0; j <= Math.min(a, b); j++) sum += root[j * columns + a] * root[j * columns + b];
      spread[(lead + a) * width + lead + b] -= variance * l2 * sum;
    }
  }
  return spread;
}

/** Long & Ervin's HC3: each residual as if its row had not been there when the model was fitted. */
function heteroscedastic(solved: Solved): { readonly spread: Float64Array; readonly skipped: number } {
  const width = widthOf(solved);
  const spread = new Float64Array(width * width);
  let skipped = 0;
  eachRow(solved, (z, residual, leverage) => {
    if (1 - leverage < noRoom) {
      skipped++;
      return;
    }
    const size = residual / (1 - leverage);
    addOuter(spread, z, z, size * size);
  });
  return { spread: mirrored(spread, width), skipped };
}

/** Newey & West's: products of residuals up to `lags` rows apart, with weights that fall to 0 in a straight line. */
function autocorrelated(solved: Solved, lags: number): Float64Array {
  const width = widthOf(solved);
  const spread = new Float64Array(width * width);
  const past = Array.from({ length: lags + 1 }, () => new Float64Array(width));
  let row = 0;
  eachRow(solved, (z, residual) => {
    const own = past[row % past.length];
    for (let k = 0; k < width; k++) own[k] = z[k] * residual;
    addOuter(spread, own, own, 1);
    for (let lag = 1; lag <= Math.min(lags, row); lag++) {
      const other = past[(row - lag) % past.length];
      addOuter(spread, own, other, 1 - lag / (lags + 1));
      addOuter(spread, other, own, 1 - lag / (lags + 1));
    }
    row++;
  });
  return mirrored(spread, width);
}

function widthOf({ design: { columns, intercept } }: Solved): number {
  return columns + (intercept ? 1 : 0);
}

/** Adds to the lower triangle. */
function addOuter(matrix: Float64Array, left: Float64Array, right: Float64Array, weight: number): void {
  const width = left.length;
  for (let i = 0; i < width; i++) {
    const scaled = weight * left[i];
    for (let k = 0; k <= i; k++) matrix[i * width + k] += scaled * right[k];
  }
}

function mirrored(matrix: Float64Array, width: number): Float64Array {
  for (let i = 0; i < width; i++) for (let k = 0; k < i; k++) matrix[k * width + i] = matrix[i * width + k];
  return matrix;
}

/**
 * Gives every row of weight above 0 in orthonormal coordinates, with its residual and its leverage; both weighted.
 *
 * @param solved - design, solution, penalty.
 * @param visit - must not keep the coordinates: they are written over.
 */
function eachRow(
  { design, solution }: Omit<Solved, "l2">,
  visit: (coordinates: Float64Array, residual: number, leverage: number, row: number) => void,
): void {
  const { values, columns, target, weights, intercept } = design;
  const { coefficients, means, targetMean, root, totalWeight } = solution;
  const lead = intercept ? 1 : 0;
  const z = new Float64Array(lead + columns);
  for (let row = 0; row < target.length; row++) {
    const weight = weights === undefined ? 1 : weights[row];
    if (weight === 0) continue;
    z.fill(0);
    let residual = target[row] - targetMean;
    for (let j = 0; j < columns; j++) {
      const deviation = values[row * columns + j] - means[j];
      residual -= coefficients[j] * deviation;
      for (let k = j; k < columns; k++) z[lead + k] += root[j * columns + k] * deviation;
    }
    if (intercept) z[0] = 1 / Math.sqrt(totalWeight);
    const share = Math.sqrt(weight);
    let leverage = 0;
    for (let k = 0; k < z.length; k++) {
      z[k] *= share;
      leverage += z[k] * z[k];
    }
    visit(z, share * residual, leverage, row);
  }
}

/** The covariance of the coefficients: root · spread · rootᵀ, as rows. */
export function covarianceIn(root: Float64Array, spread: Float64Array, columns: number, lead: number): number[][] {
  const width = lead + columns;
  // root · spread first, then the product's rows with those of the root.
  const half = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    for (let k = 0; k < columns; k++) {
      let sum = 0;
      for (let m = i; m < columns; m++) sum += root[i * columns + m] * spread[(lead + m) * width + lead + k];
      half[i * columns + k] = sum;
    }
  }
  const cell = (i: number, j: number): number => {
    let sum = 0;
    for (let k = j; k < columns; k++) sum += half[i * columns + k] * root[j * columns + k];
    return sum + 0;
  };
  return Array.from({ length: columns }, (_, i) =>
    Array.from({ length: columns }, (__, j) => cell(Math.max(i, j), Math.min(i, j))),
  );
}

/**
 * Wald's statistic of all coefficients by their number: to be held against F.
 *
 * @returns null where the covariance is singular to working precision.
 */
export function waldStatistic(
  coefficients: Float64Array,
  root: Float64Array,
  spread: Float64Array,
  lead: number,
): number | null {
  const columns = coefficients.length;
  const width = lead + columns;
  // The coefficients in the coordinates: root · q = coefficients.
  const q = coefficients.slice();
  for (let i = columns - 1; i >= 0; i--) {
    for (let k = i + 1; k < columns; k++) q[i] -= root[i * columns + k] * q[k];
    q[i] /= root[i * columns + i];
  }
  // Cholesky's factor of the spread, and forward substitution along with it.
  const lower = new Float64Array(columns * columns);
  let sum = 0;
  for (let i = 0; i < columns; i++) {
    for (let k = 0; k <= i; k++) {
      let cell = spread[(lead + i) * width + lead + k];
      for (let m = 0; m < k; m++) cell -= lower[i * columns + m] * lower[k * columns + m];
      if (k < i) {
        lower[i * columns + k] = cell / lower[k * columns + k];
        q[i] -= lower[i * columns + k] * q[k];
      } else {
        if (!(cell > columns * Number.EPSILON * spread[(lead + i) * width + lead + i])) return null;
        lower[i * columns + i] = Math.sqrt(cell);
        q[i] /= lower[i * columns + i];
      }
    }
    sum += q[i] * q[i];
  }
  return sum / columns;
}

/** What Newey and West (1994) recommend for Bartlett's weights without further ado. */
export function usualLags(rows: number): number {
  return Math.min(rows - 1, Math.floor(4 * pow(rows / 100, 2 / 9)));
}
