import { randomOf } from "../core/random.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { blockSums, type CurveAreas, type PerfectAreas, sumBlocks, walkCurve } from "./qini-curve.ts";
import type { RankedArms } from "./ranked-arms.ts";

/** Qini and AUUC of one ranking, as they were asked for. */
export interface QiniFigures {
  /** Qini coefficient: area between the Qini curve and the straight line, normalized as asked. */
  readonly qini: number;
  /** Area under the uplift curve less that under the straight line, normalized as asked. */
  readonly auuc: number;
}

/** What drawing the customers again says about figures of a ranking. */
export interface QiniBootstrap {
  /** Draws in which both arms had customers. */
  readonly replicates: number;
  /** Standard deviation of the Qini coefficients drawn. */
  readonly standardError: number;
  /** Percentiles of the Qini coefficients drawn. */
  readonly interval: readonly [number, number];
  /** Standard deviation of the AUUCs drawn. */
  readonly auucStandardError: number;
  /** Percentiles of the AUUCs drawn. */
  readonly auucInterval: readonly [number, number];
  /** Percentiles of the Qini curves drawn, pointwise. */
  readonly band: {
    /** Share of customers treated, from 0 to 1. */
    readonly share: readonly number[];
    /** Lower end at each share. */
    readonly lower: readonly number[];
    /** Upper end at each share. */
    readonly upper: readonly number[];
  };
}

/** How to draw. */
export interface QiniDraws {
  readonly ranked: RankedArms;
  readonly perfect: PerfectAreas | undefined;
  readonly figuresOf: (areas: CurveAreas, perfect: CurveAreas | undefined) => QiniFigures;
  readonly alpha: number;
  readonly replicates: number;
  readonly seed: number;
}

/** Chances of a Poisson number with mean 1 being at most 0, 1, …. Beyond 11 is rarer than 2⁻²⁶, the grain of a draw. */
const poissonTotals: Float64Array = Float64Array.of(
  0.36787944117144233,
  0.7357588823428847,
  0.9196986029286058,
  0.9810118431238463,
  0.9963401531726563,
  0.9994058151824183,
  0.999916758850712,
  0.9999897508033253,
  0.999998874797402,
  0.9999998885745216,
  0.9999999899522336,
  0.9999999991683892,
);
const half = 2 ** 26;
const bandSteps = 50;
/** Fewer draws tell no interval. */
const leastReplicates = 20;

/**
 * Draws the customers again and again: each counts a Poisson number of times with mean 1, which for many customers is drawing with
 * replacement, and needs no new sort. Weighted outcomes are scaled back to as many customers as there are.
 *
 * @returns percentile intervals and a band of the Qini curve; null where hardly any draw had both arms.
 * @see Efron & Tibshirani (1993), chapter 13; Chamandy and others (2012), "Estimating uncertainty for massive data streams", on Poisson
 * weights. Cost: a pass per draw.
 */
export function bootstrapQini({
  ranked,
  perfect,
  figuresOf,
  alpha,
  replicates,
  seed,
}: QiniDraws): QiniBootstrap | null {
  const count = ranked.treated.length;
  const weights = new Uint8Array(count);
  const blocks = blockSums(ranked.ends.length);
  const shares = Array.from({ length: bandSteps + 1 }, (_, i) => i / bandSteps);
  const heights = new Float64Array(shares.length);
  const curves = shares.map((): number[] => []);
  const [qinis, auucs]: [number[], number[]] = [[], []];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const [nt, nc] = drawWeights(seed, replicate, weights, ranked.treated);
    if (nt === 0 || nc === 0) continue;
    const total = nt + nc;
    sumBlocks(ranked, weights, blocks);
    const areas = walkCurve(blocks, total, { grid: { shares, heights } });
    const scale = count / total;
    const figures = figuresOf(scaled(areas, scale), perfect && scaled(perfect(weights, total), scale));
    qinis.push(figures.qini);
    auucs.push(figures.auuc);
    curves.forEach((curve, i) => curve.push(heights[i] * scale));
  }
  if (qinis.length < leastReplicates) return null;
  const ends = curves.map((curve) => intervalOf(curve, alpha));
  return {
    replicates: qinis.length,
    standardError: deviationOf(qinis),
    interval: intervalOf(qinis, alpha),
    auucStandardError: deviationOf(auucs),
    auucInterval: intervalOf(auucs, alpha),
    band: { share: shares, lower: ends.map(([lower]) => lower), upper: ends.map(([, upper]) => upper) },
  };
}

/** Two weights from one draw: 26 binary digits each. */
function drawWeights(
  seed: number,
  replicate: number,
  weights: Uint8Array,
  treated: Uint8Array,
): readonly [number, number] {
  const random = randomOf(seed, replicate);
  let [all, own] = [0, 0];
  for (let place = 0; place < weights.length; place += 2) {
    const draw = random.next();
    const first = poissonOf(draw);
    weights[place] = first;
    all += first;
    own += first * treated[place];
    if (place + 1 === weights.length) break;
    const rest = draw * half;
    const second = poissonOf(rest - Math.floor(rest));
    weights[place + 1] = second;
    all += second;
    own += second * treated[place + 1];
  }
  return [own, all - own];
}

function poissonOf(uniform: number): number {
  let k = 0;
  while (k < poissonTotals.length && uniform >= poissonTotals[k]) k++;
  return k;
}

function scaled({ qini, uplift }: CurveAreas, scale: number): CurveAreas {
  return {
    qini: { area: qini.area * scale, end: qini.end * scale },
    uplift: { area: uplift.area * scale, end: uplift.end * scale },
  };
}

function intervalOf(values: readonly number[], alpha: number): readonly [number, number] {
  const sorted = Float64Array.from(values).sort();
  return [quantileOfSorted(sorted, alpha / 2), quantileOfSorted(sorted, 1 - alpha / 2)];
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
