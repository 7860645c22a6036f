import { normal } from "./distributions.ts";
import { exp, log } from "./elementary.ts";
import { nodes, weights } from "./legendre.ts";
import { solve } from "./linalg.ts";

const rootTwoPi = 2.5066282746310002;

/** Panels of Gauss's rule are at most so many standard deviations of the kernel wide: 16 nodes then give 12 digits. */
const widestPanel = 3;

/** Nodes and weights of a rule on an interval. */
interface Rule {
  readonly at: Float64Array;
  readonly weight: Float64Array;
}

/**
 * How many points a one-sided CUSUM chart runs on average until it signals, from a start at 0.
 *
 * The sum is S ← max(0, S + z − k), a signal S > h, with z normal of standard deviation 1. The integral equation
 * L(u) = 1 + L(0)·Φ(k − u − shift) + ∫₀ʰ L(y)·φ(y + k − u − shift) dy is solved at the nodes of a composite Gauss rule.
 *
 * @param k - the reference value, in standard deviations.
 * @param h - the decision interval, in standard deviations; above 0.
 * @param shift - the mean of z: 0 = in control.
 * @see Page (1954); Brook & Evans (1972) for the Markov chain that this refines; Goel & Wu (1971) for tables. Cost O(h³).
 */
export function cusumRunLength(k: number, h: number, shift = 0): number {
  const { at, weight } = compositeRule(0, h, 1);
  const starts = [...at, 0];
  const matrix = starts.map((u, row) => {
    const line = Array.from(at, (y, j) => -weight[j] * density(y + k - u - shift));
    line.push(-normal.cdf(k - u - shift));
    line[row]++;
    return line;
  });
  const solution = solve("cusumRunLength", matrix, starts.map(() => [1])); // prettier-ignore
  return solution[at.length][0];
}

/**
 * How many points an EWMA chart with constant limits runs on average until it signals, from a start at the center.
 *
 * The average is Z ← (1 − λ)·Z + λ·z, a signal |Z| > width·√(λ / (2 − λ)), with z normal of standard deviation 1.
 *
 * @param lambda - the weight of the newest point, in (0, 1].
 * @param width - where the limits are, in standard deviations of Z.
 * @param shift - the mean of z: 0 = in control.
 * @see Crowder (1987), "A simple method for studying run-length distributions of EWMA charts"; Lucas & Saccucci (1990).
 */
export function ewmaRunLength(lambda: number, width: number, shift = 0): number {
  const limit = width * Math.sqrt(lambda / (2 - lambda));
  const { at, weight } = compositeRule(-limit, limit, lambda);
  const starts = [...at, 0];
  const matrix = starts.map((u, row) => {
    const line = Array.from(at, (y, j) => (-weight[j] / lambda) * density((y - (1 - lambda) * u) / lambda - shift));
    line.push(0);
    line[row]++;
    return line;
  });
  const solution = solve("ewmaRunLength", matrix, starts.map(() => [1])); // prettier-ignore
  return solution[at.length][0];
}

/**
 * The setting at which a run length, rising in the setting, is the wanted one.
 *
 * @param runLengthAt - rises without bound, its logarithm almost evenly.
 * @param wanted - above what it is at settings near 0.
 * @param start - any setting above 0.
 * @returns the setting to 9 digits.
 */
export function settingFor(runLengthAt: (setting: number) => number, wanted: number, start: number): number {
  const excess = (setting: number): number => log(runLengthAt(setting) / wanted);
  let [low, high] = [start, start];
  let [below, above] = [excess(low), excess(high)];
  while (below > 0 && low > 1e-9) [low, below] = [low / 2, excess(low / 2)];
  while (above < 0) [high, above] = [high * 1.5, excess(high * 1.5)];
  for (let step = 0; step < 60 && high - low > 1e-10 * high; step++) {
    // The secant, moved towards the far end now and then, so that both ends close in (Illinois rule).
    const share = step % 3 === 2 ? 0.5 : below / (below - above);
    const middle = low + (high - low) * share;
    const value = excess(middle);
    if (Math.abs(value) < 1e-10) return middle;
    if (value < 0) [low, below] = [middle, value];
    else [high, above] = [middle, value];
  }
  return high;
}

function density(z: number): number {
  return exp(-0.5 * z * z) / rootTwoPi;
}

function compositeRule(from: number, to: number, spread: number): Rule {
  const panels = Math.max(1, Math.ceil((to - from) / (widestPanel * spread)));
  const width = (to - from) / panels;
  const at = new Float64Array(panels * nodes.length);
  const weight = new Float64Array(at.length);
  for (let i = 0; i < at.length; i++) {
    const panel = Math.floor(i / nodes.length);
    const node = i % nodes.length;
    at[i] = from + width * (panel + nodes[node]);
    weight[i] = width * weights[node];
  }
  return { at, weight };
}
