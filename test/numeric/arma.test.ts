import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterArima } from "../../src/numeric/arima-filter.ts";
import { innovationSums } from "../../src/numeric/arma-innovations.ts";
import { armaAutocovariances, innovationWeights } from "../../src/numeric/arma-moments.ts";
import { armaStateOf, stationaryCovariance } from "../../src/numeric/arma-state.ts";
import {
  atanh,
  difference,
  integrationWeights,
  partialAutocorrelations,
  seasonalProduct,
  stationaryCoefficients,
} from "../../src/numeric/lag-polynomial.ts";
import { cholesky, solve } from "../../src/numeric/linalg.ts";
import { expectClose } from "../support/close-to.ts";

const free = fc.double({ min: -1.5, max: 1.5, noNaN: true });
const orders = fc.tuple(fc.array(free, { maxLength: 4 }), fc.array(free, { maxLength: 4 }));
const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 14 });
const near = { relative: 1e-8, absolute: 1e-8, because: "rounding of recursions near a unit root" };

const processOf = ([a, m]: readonly [number[], number[]]): { ar: Float64Array; ma: Float64Array } => ({
  ar: stationaryCoefficients(a),
  ma: stationaryCoefficients(m).map((x) => -x),
});

/** What the normal density says, from the covariances of all values at once: the definition. */
function densityOf(values: number[], covariances: number[][]): { squares: number; logVariances: number } {
  const weights = solve("test", covariances, values.map((x) => [x])); // prettier-ignore
  const lower = cholesky("test", covariances);
  return {
    squares: values.reduce((sum, x, i) => sum + x * weights[i][0], 0),
    logVariances: lower.reduce((sum, row, i) => sum + 2 * Math.log(row[i]), 0),
  };
}

describe("lag polynomials", () => {
  it("multiply out a season, with the signs of both kinds", () => {
    expect(seasonalProduct([0.5], [0.2], 4, -1)).toEqual(Float64Array.of(0.5, 0, 0, 0.2, -0.1));
    expect(seasonalProduct([0.5], [0.2], 4, 1)).toEqual(Float64Array.of(0.5, 0, 0, 0.2, 0.1));
    expect(seasonalProduct([0.5], [0.25], 1, -1)).toEqual(Float64Array.of(0.75, -0.125));
    expect(seasonalProduct([], [], 12, 1)).toEqual(new Float64Array(0));
  });

  it("difference a series and say how to get it back", () => {
    expect(integrationWeights(1, 1, 4)).toEqual(Float64Array.of(1, 0, 0, 1, -1));
    expect(integrationWeights(2, 0, 1)).toEqual(Float64Array.of(2, -1));
    const values = Float64Array.of(1, 4, 9, 16, 25);
    expect(difference(values, integrationWeights(2, 0, 1))).toEqual(Float64Array.of(2, 2, 2));
    expect(difference(values, integrationWeights(1, 1, 4))).toHaveLength(0);
    expect(difference(values, integrationWeights(0, 0, 1))).toEqual(values);
  });

  it("turn any numbers into a stationary autoregression and back", () =>
    fc.assert(
      fc.property(fc.array(free, { minLength: 1, maxLength: 10 }), (list) => {
        const partials = partialAutocorrelations(stationaryCoefficients(list));
        expectClose(Array.from(partials!, atanh), list, {
          absolute: 1e-6,
          because: "near a unit root digits are lost",
        });
      }),
    ));

  it("tell an autoregression that is not stationary", () => {
    expect(partialAutocorrelations([1])).toBeNull();
    expect(partialAutocorrelations([0.5, 0.6])).toBeNull();
    expect(partialAutocorrelations([1.2, -0.3])).not.toBeNull();
    expect(armaAutocovariances([1.1], [], 2)).toBeNull();
    expect(armaStateOf([0.5, 0.6], [0.3])).toBeNull();
  });
});

describe("moments of ARMA processes", () => {
  it("are those of the textbook for short ones", () => {
    // AR(1): γₖ = φᵏ/(1 − φ²); MA(1): 1 + θ², θ, 0; ARMA(1,1): (1 + 2φθ + θ²)/(1 − φ²). Brockwell & Davis (1991), section 3.3.
    expectClose(armaAutocovariances([0.5], [], 3)!, [4 / 3, 2 / 3, 1 / 3], near);
    expectClose(armaAutocovariances([], [0.4], 3)!, [1.16, 0.4, 0], near);
    expectClose(armaAutocovariances([0.5], [0.4], 2)!, [1.56 / 0.75, (0.9 * 1.2) / 0.75], near);
    expect(innovationWeights([0.5], [0.4], 4)).toEqual(Float64Array.of(1, 0.9, 0.45, 0.225));
  });

  it("are the sums over all past innovations", () =>
    fc.assert(
      fc.property(fc.tuple(fc.array(fc.double({ min: -0.7, max: 0.7, noNaN: true }), { maxLength: 3 }), fc.array(free, { maxLength: 5 })), (pair) => {
        const { ar, ma } = processOf(pair);
        const psi = innovationWeights(ar, ma, 3000);
        const wanted = [0, 1, 2, 7].map((lag) => psi.slice(lag).reduce((sum, weight, i) => sum + weight * psi[i], 0));
        const got = armaAutocovariances(ar, ma, 8)!;
        expectClose([0, 1, 2, 7].map((lag) => got[lag]), wanted, { relative: 1e-9, absolute: 1e-9 * got[0], because: "the sum is cut" }); // prettier-ignore
      }),
    )); // prettier-ignore

  it("give states whose covariances a step leaves as they are", () =>
    fc.assert(
      fc.property(orders, (pair) => {
        const { ar, ma } = processOf(pair);
        const state = armaStateOf(ar, ma)!;
        const size = state.column.length;
        const all = stationaryCovariance(state);
        const at = (i: number, j: number): number => (i < size && j < size ? all[i * size + j] : 0);
        const scale = Math.max(1, all[0]);
        for (let i = 0; i < size; i++) {
          expectClose(at(i, 0), state.column[i], {
            absolute: 1e-7 * scale,
            because: "two ways to the same covariance",
          });
          for (let j = 0; j < size; j++) {
            const step = state.ar[i] * state.ar[j] * at(0, 0) + state.ar[i] * at(0, j + 1) + state.ar[j] * at(i + 1, 0) + at(i + 1, j + 1) + state.impact[i] * state.impact[j]; // prettier-ignore
            expectClose(step, at(i, j), { absolute: 1e-7 * scale, because: "rounding" });
          }
        }
      }),
    ));
});

describe("innovationSums", () => {
  it("gives the density of all values at once, and the mean that makes it greatest", () =>
    fc.assert(
      fc.property(orders, numbers, (pair, values) => {
        const { ar, ma } = processOf(pair);
        const gamma = armaAutocovariances(ar, ma, values.length)!;
        fc.pre(gamma[0] < 1e4);
        const covariances = values.map((_, i) => values.map((__, j) => gamma[Math.abs(i - j)]));
        const wanted = densityOf(values, covariances);
        const got = innovationSums(Float64Array.from(values), armaStateOf(ar, ma)!, false);
        const room = {
          relative: 1e-6,
          absolute: 1e-6,
          because: "the dense matrix is badly conditioned near a unit root",
        };
        expectClose([got.squares, got.logVariances], [wanted.squares, wanted.logVariances], room);
        const withMean = innovationSums(Float64Array.from(values), armaStateOf(ar, ma)!, true);
        const moved = densityOf(values.map((x) => x - withMean.mean), covariances); // prettier-ignore
        expectClose(withMean.squares, moved.squares, room);
        for (const off of [-0.1, 0.1]) {
          const worse = densityOf(values.map((x) => x - withMean.mean - off), covariances); // prettier-ignore
          expect(worse.squares).toBeGreaterThan(moved.squares);
          expectClose(worse.squares - moved.squares, off * off * withMean.meanPrecision, room);
        }
      }),
    ));

  it("agrees with the filter over a long series, where its variances have settled, and gives the errors", () => {
    const ar = seasonalProduct([0.5], [0.3], 7, -1);
    const ma = seasonalProduct([0.4], [-0.6], 7, 1);
    const values = Float64Array.from({ length: 3000 }, (_, t) => Math.sin(t) + Math.cos(t * t));
    const state = armaStateOf(ar, ma)!;
    const errors = new Float64Array(values.length);
    const got = innovationSums(values, state, true, errors);
    const wanted = filterArima(values, { arma: state, weights: new Float64Array(0) }, values.map(() => 1)); // prettier-ignore
    const fine = { relative: 1e-10, because: "sums of 3000 terms" };
    expectClose([got.squares, got.logVariances, got.mean, got.meanPrecision], [wanted.squares, wanted.logVariances, wanted.slope, wanted.slopePrecision], fine); // prettier-ignore
    expectClose(errors.reduce((sum, error) => sum + error * error, 0) - got.mean * got.mean * got.meanPrecision, got.squares, fine); // prettier-ignore
  });
});

describe("filterArima", () => {
  it("gives the density of the values that are there", () =>
    fc.assert(
      fc.property(orders, numbers, fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }), (pair, values, gaps) => {
        const { ar, ma } = processOf(pair);
        const gamma = armaAutocovariances(ar, ma, values.length)!;
        fc.pre(gamma[0] < 1e4 && values.some((_, i) => !gaps[i]));
        const there = values.flatMap((_, i) => (gaps[i] ? [] : [i]));
        const wanted = densityOf(there.map((i) => values[i]), there.map((i) => there.map((j) => gamma[Math.abs(i - j)]))); // prettier-ignore
        const got = filterArima(Float64Array.from(values, (x, i) => (gaps[i] ? NaN : x)), { arma: armaStateOf(ar, ma)!, weights: new Float64Array(0) }); // prettier-ignore
        expect(got.count).toBe(there.length);
        expectClose([got.squares, got.logVariances], [wanted.squares, wanted.logVariances], { relative: 1e-6, absolute: 1e-6, because: "the dense matrix is badly conditioned near a unit root" }); // prettier-ignore
      }),
    ));

  it("is the filter of the differences where nothing is missing, and does not depend on the level", () => {
    const weights = integrationWeights(1, 1, 4);
    const values = Float64Array.from({ length: 40 }, (_, t) => t * t + 5 * Math.sin(t * t));
    const arma = armaStateOf([0.4], [0.3, -0.2])!;
    const whole = filterArima(values, { arma, weights });
    const parts = filterArima(difference(values, weights), { arma, weights: new Float64Array(0) });
    const fine = { relative: 1e-10, because: "rounding" };
    expectClose([whole.count, whole.squares, whole.logVariances], [parts.count, parts.squares, parts.logVariances], fine); // prettier-ignore
    const high = filterArima(values.map((x) => x + 1000), { arma, weights }); // prettier-ignore
    expectClose(high.squares, whole.squares, fine);
    expectClose(whole.level.slice(-5), values.slice(-5).reverse(), fine);
  });
});
