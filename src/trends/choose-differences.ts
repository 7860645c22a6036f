import { difference, integrationWeights } from "../numeric/lag-polynomial.ts";
import { kpssCritical, kpssStatistic } from "./kpss.ts";
import { decomposeStl } from "./stl.ts";

/** How often a series is differenced, and why. */
export interface Differencing {
  /** d. */
  readonly differences: number;
  /** D. */
  readonly seasonalDifferences: number;
  /** The KPSS statistic before each plain difference and after the last; above 0.463 the level wanders. */
  readonly kpss: readonly number[];
  /** Strength of the season, 0 … 1; null without one. Above 0.64 it is differenced. */
  readonly seasonalStrength: number | null;
  /** Whether nothing varies any more after that. */
  readonly isFlat: boolean;
}

/** Above this strength a seasonal difference pays: Wang, Smith & Hyndman (2006); R's nsdiffs. */
const strongSeason = 0.64;
const mostDifferences = 2;

/** Looks at a series without gaps. */
export function chooseDifferences(values: Float64Array, period: number): Differencing {
  const rounding = 32 * Number.EPSILON * largestOf(values);
  const isConstant = (list: Float64Array): boolean => rangeOf(list) <= rounding;
  const kpssOf = (list: Float64Array): number => (isConstant(list) ? 0 : kpssStatistic(list));
  const seasonalStrength =
    period > 1 && !isConstant(values) ? decomposeStl(values, { period, seasonal: 11 }).strength.seasonal : null;
  const seasonalDifferences = seasonalStrength !== null && seasonalStrength > strongSeason ? 1 : 0;
  let rest = difference(values, integrationWeights(0, seasonalDifferences, period));
  const kpss = [kpssOf(rest)];
  let differences = 0;
  while (differences < mostDifferences && kpss[differences] > kpssCritical && !isConstant(rest) && rest.length > 3) {
    rest = difference(rest, integrationWeights(1, 0, 1));
    differences++;
    kpss.push(kpssOf(rest));
  }
  return { differences, seasonalDifferences, kpss, seasonalStrength, isFlat: isConstant(rest) };
}

function largestOf(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function rangeOf(values: Float64Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return Math.max(0, high - low);
}
