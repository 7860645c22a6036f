import { randomOf } from "../core/random.ts";
import { normal } from "../numeric/distributions.ts";
import { quantilesInPlace } from "../numeric/select.ts";
import { shuffle } from "../numeric/shuffle.ts";
import { type Bands, normalBands } from "./bands.ts";
import type { SmoothingModel } from "./smoothing-model.ts";

/** So many paths give the ends of a 95 % interval to about 2 % of its width. */
const paths = 4000;

/**
 * Lets the components run on. Where errors and season are added the variance is known in closed form; where one is a factor paths are simulated.
 *
 * @see Hyndman, Koehler, Ord & Snyder (2008), section 6.3 for the variances and 6.1 for simulation.
 */
export function forecastSmoothing(
  model: SmoothingModel,
  steps: number,
  levels: readonly number[],
  seed: number,
): Bands {
  const { alpha, level, seasonal, season, error, sigma2 } = model;
  const period = model.period ?? 1;
  const [beta, gamma, slope] = [model.beta ?? 0, model.gamma ?? 0, model.slope ?? 0];
  const phi = model.phi ?? 1;
  const mean = new Float64Array(steps);
  const standardErrors = new Float64Array(steps);
  let damped = 0;
  let power = 1;
  let variance = 1;
  for (let h = 0; h < steps; h++) {
    standardErrors[h] = Math.sqrt(sigma2 * variance);
    power *= phi;
    damped += power;
    const carried = level + damped * slope;
    mean[h] =
      seasonal === "none"
        ? carried
        : seasonal === "additive"
          ? carried + season[h % period]
          : carried * season[h % period];
    const answer =
      alpha * (1 + beta * damped) + (seasonal !== "none" && (h + 1) % period === 0 ? gamma * (1 - alpha) : 0);
    variance += answer * answer;
  }
  if (sigma2 === 0 || (error === "additive" && seasonal !== "multiplicative"))
    return normalBands(mean, standardErrors, levels);
  return simulated(model, mean, levels, seed);
}

function simulated(model: SmoothingModel, mean: Float64Array, levels: readonly number[], seed: number): Bands {
  const { alpha, error, seasonal, sigma2 } = model;
  const [beta, gamma, phi] = [model.beta ?? 0, model.gamma ?? 0, model.phi ?? 1];
  const period = model.period ?? 1;
  const steps = mean.length;
  const isProduct = seasonal === "multiplicative";
  const deviation = Math.sqrt(sigma2);
  const level = new Float64Array(paths).fill(model.level);
  const slope = new Float64Array(paths).fill(model.slope ?? 0);
  const seasons = Float64Array.from({ length: paths * period }, (_, i) => model.season[i % period] ?? 0);
  const draws = new Float64Array(paths);
  const luck = Array.from(draws, (_, i) => normal.quantile((i + 0.5) / paths));
  const shares = levels.flatMap((percent) => [0.5 - percent / 200, 0.5 + percent / 200]);
  const lower = levels.map(() => new Float64Array(steps));
  const upper = levels.map(() => new Float64Array(steps));
  const standardErrors = new Float64Array(steps);
  for (let h = 0; h < steps; h++) {
    // Each step deals the same luck out anew: its distribution is exact, only who meets whom is drawn.
    shuffle(luck, randomOf(seed, h));
    let squares = 0;
    for (let i = 0; i < paths; i++) {
      const place = i * period + (h % period);
      const carried = level[i] + phi * slope[i];
      const part = seasonal === "none" ? 0 : seasons[place];
      const expected = isProduct ? carried * part : carried + part;
      const value = expected + deviation * luck[i] * (error === "multiplicative" ? Math.abs(expected) : 1);
      draws[i] = value;
      squares += (value - mean[h]) * (value - mean[h]);
      const before = level[i];
      level[i] = alpha * (isProduct ? divided(value, part) : value - part) + (1 - alpha) * carried;
      slope[i] = beta * (level[i] - before) + (1 - beta) * phi * slope[i];
      if (seasonal !== "none") {
        seasons[place] = gamma * (isProduct ? divided(value, level[i]) : value - level[i]) + (1 - gamma) * part;
      }
    }
    standardErrors[h] = Math.sqrt(squares / paths);
    const ends = quantilesInPlace(draws, 0, paths, shares);
    levels.forEach((_, l) => {
      lower[l][h] = ends[2 * l];
      upper[l][h] = ends[2 * l + 1];
    });
  }
  return { mean, standardErrors, lower, upper };
}

/** A path whose level or season has come to 0 stays where it is. */
function divided(value: number, by: number): number {
  return Math.abs(by) > 1e-12 ? value / by : 0;
}
