import { run } from "../core/accumulate.ts";
import { type Random, randomOf } from "../core/random.ts";
import { covariance } from "../numeric/covariance.ts";
import { log } from "../numeric/elementary.ts";
import { symmetricEigen } from "../numeric/linalg.ts";
import { bestRun, settingsFor, withRows } from "./kmeans-runs.ts";
import { type Rows, takeRows } from "./rows.ts";
import { silhouettesOf } from "./silhouette.ts";
import { stratifiedByContent } from "./stratified-sample.ts";

/** A figure of the data, beside what data without any groups gives. */
export interface Compared {
  readonly observed: number;
  /** Mean over the reference draws. */
  readonly expected: number;
  /** Standard deviation over the reference draws, divisor their number. */
  readonly deviation: number;
}

/** How the data compare with structureless data at one k. */
export interface ReferencePoint {
  /** Logarithm of the within-cluster sum of squares; −∞ when every group is one point. */
  readonly logSquares: Compared;
  /** Mean silhouette; null where it was not asked for. */
  readonly silhouette: Compared | null;
  /**
   * Logarithm of what the mean silhouette lacks to 1; −∞ when it lacks nothing. On this scale few rows, whose silhouettes
   * spread up to 1, can be judged like many.
   */
  readonly logShortfall: Compared | null;
}

/** Reference draws, where the caller has no say; the standard error of their mean widens a deviation by √(1 + 1 / draws). */
export const referenceDraws = 20;

/** A thousand rows tell a structure that matters to a business; references are compared with the same number of rows. */
export const sampledRows = 1000;
const restarts = 3;
const sampleStream = -2;
const drawStream = -3;

/**
 * Fits the same k to a sample of the data and to clouds drawn uniformly from a box around it along its principal axes.
 *
 * @param data - rows in an order that depends on their content only.
 * @param ks - numbers of clusters.
 * @param silhouetteAt - those of `ks`, above 1, of which the silhouette is wanted.
 * @param draws - number of clouds.
 * @returns one point per k.
 * @see Tibshirani, Walther & Hastie (2001), "Estimating the number of clusters in a data set via the gap statistic",
 * section 4, reference (b).
 */
export function compareWithUniform(
  caller: string,
  data: Rows,
  ks: readonly number[],
  silhouetteAt: ReadonlySet<number>,
  seed: number,
  draws: number = referenceDraws,
): ReferencePoint[] {
  const sample = sampleOf(data, seed);
  const observed = measure(sample, ks, silhouetteAt, seed);
  const box = principalBox(caller, sample);
  const clouds = Array.from({ length: draws }, (_, draw) => {
    const cloud = drawUniform(box, sample.rows, randomOf(seed, drawStream, draw));
    return measure(cloud, ks, silhouetteAt, seed);
  });
  return ks.map((k, i) => {
    const compare = (figure: (point: Measured) => number): Compared =>
      compared(
        figure(observed[i]),
        clouds.map((cloud) => figure(cloud[i])),
      );
    const asked = silhouetteAt.has(k);
    return {
      logSquares: compare(({ withinSquares }) => logOf(withinSquares)),
      silhouette: asked ? compare(({ silhouette }) => silhouette) : null,
      logShortfall: asked ? compare(({ silhouette }) => logOf(1 - silhouette)) : null,
    };
  });
}

function logOf(x: number): number {
  return x > 0 ? log(x) : -Infinity;
}

function compared(observed: number, draws: readonly number[]): Compared {
  const expected = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  // Logarithms of squares that underflow: their distances from −∞ are not numbers.
  if (expected === -Infinity) return { observed, expected, deviation: 0 };
  const squares = draws.reduce((sum, x) => sum + (x - expected) * (x - expected), 0);
  return { observed, expected, deviation: Math.sqrt(squares / draws.length) };
}

function sampleOf(data: Rows, seed: number): Rows {
  if (data.rows <= sampledRows) return data;
  const one = new Int32Array(data.rows);
  return takeRows(data, stratifiedByContent(data, one, [data.rows], sampledRows, randomOf(seed, sampleStream)));
}

interface Measured {
  readonly withinSquares: number;
  /** 0 where it was not asked for. */
  readonly silhouette: number;
}

function measure(data: Rows, ks: readonly number[], silhouetteAt: ReadonlySet<number>, seed: number): Measured[] {
  const settings = { ...settingsFor(data, { restarts, seed }), swaps: 0 };
  return withRows(data, (ready) =>
    ks.map((k) => {
      const { withinSquares, labels } = bestRun(ready, k, settings);
      const values = silhouetteAt.has(k) ? silhouettesOf(data, labels, k) : new Float64Array(1);
      return { withinSquares, silhouette: values.reduce((sum, x) => sum + x, 0) / values.length };
    }),
  );
}

interface PrincipalBox {
  readonly mean: readonly number[];
  readonly axes: readonly (readonly number[])[];
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** The box around the data whose sides lie along the principal axes. */
function principalBox(caller: string, data: Rows): PrincipalBox {
  const { mean, covariance: spread } = run(covariance, eachRow(data));
  const { vectors: axes } = symmetricEigen(caller, spread ?? []);
  const low = new Float64Array(axes.length).fill(Infinity);
  const high = new Float64Array(axes.length).fill(-Infinity);
  for (const row of eachRow(data)) {
    axes.forEach((axis, a) => {
      let score = 0;
      for (let j = 0; j < axis.length; j++) score += (row[j] - mean[j]) * axis[j];
      low[a] = Math.min(low[a], score);
      high[a] = Math.max(high[a], score);
    });
  }
  return { mean, axes, low, high };
}

function* eachRow({ values, rows, columns }: Rows): Iterable<Float64Array> {
  for (let row = 0; row < rows; row++) yield values.subarray(row * columns, (row + 1) * columns);
}

function drawUniform({ mean, axes, low, high }: PrincipalBox, rows: number, random: Random): Rows {
  const columns = mean.length;
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const at = row * columns;
    for (let j = 0; j < columns; j++) values[at + j] = mean[j];
    axes.forEach((axis, a) => {
      const score = low[a] + (high[a] - low[a]) * random.next();
      for (let j = 0; j < columns; j++) values[at + j] += score * axis[j];
    });
  }
  return { values, rows, columns, weights: undefined };
}
