import { isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import type { Bands } from "./bands.ts";

/** The part of a backtest from which intervals are made: past errors of the same method, by step ahead. */
export interface ConformalErrors {
  /** Kind of the models. */
  readonly kind: string;
  /** Steps ahead. */
  readonly horizon: number;
  /** Actual − forecast, an entry per origin and step ahead, row by row; NaN = missing. */
  readonly errors: ArrayLike<number>;
}

/** Tells whether a value can be read as the errors of a backtest. */
export function isConformalErrors(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  const { kind, horizon, errors } = value as Partial<ConformalErrors>;
  if (typeof kind !== "string" || !Number.isSafeInteger(horizon) || !isList(errors)) return false;
  if (!(horizon !== undefined && horizon >= 1 && errors.length > 0 && errors.length % horizon === 0)) return false;
  return Array.prototype.every.call(
    errors,
    (error: unknown) => typeof error === "number" && Math.abs(error) !== Infinity,
  );
}

/**
 * Intervals that past errors give, whatever their distribution: as wide on both sides as the k-th smallest of n absolute errors at that
 * step, k = ⌈level·(n + 1)⌉. They cover at least the level if errors to come are like those of the past.
 *
 * @returns the bands, and a note where there are too few errors for a level: then they are as wide as the largest one.
 * @see Vovk, Gammerman & Shafer (2005); Lei et al. (2018), "Distribution-free predictive inference for regression", theorem 2.2.
 */
export function conformalBands(
  caller: string,
  bands: Bands,
  past: ConformalErrors,
  kind: string,
  levels: readonly number[],
): { readonly bands: Bands; readonly notes: readonly Note[] } {
  const steps = bands.mean.length;
  const { horizon, errors } = past;
  if (past.kind !== kind)
    refuse(caller, "invalid-option", "options.conformal", `a backtest of ${kind}`, "one of another method");
  if (steps > horizon) {
    refuse(caller, "invalid-option", "options.steps", `at most ${horizon}, the horizon of the backtest`, String(steps));
  }
  const lower = levels.map(() => new Float64Array(steps));
  const upper = levels.map(() => new Float64Array(steps));
  let fewest = Infinity;
  for (let h = 0; h < steps; h++) {
    const sizes: number[] = [];
    for (let cell = h; cell < errors.length; cell += horizon) {
      if (!Number.isNaN(errors[cell])) sizes.push(Math.abs(errors[cell]));
    }
    sizes.sort((a, b) => a - b);
    if (sizes.length === 0)
      refuse(caller, "too-few-rows", "options.conformal.errors", "an error at every step", "none");
    fewest = Math.min(fewest, sizes.length);
    levels.forEach((level, l) => {
      const rank = rankOf(level, sizes.length);
      const width = sizes[Math.min(rank, sizes.length) - 1];
      lower[l][h] = bands.mean[h] - width;
      upper[l][h] = bands.mean[h] + width;
    });
  }
  const short = levels.filter((level) => rankOf(level, fewest) > fewest);
  const message = `${fewest} past errors are too few for ${short.join(" and ")} %: those intervals are as wide as the largest one and cover less.`;
  return { bands: { ...bands, lower, upper }, notes: short.length > 0 ? [{ code: "few-errors", message }] : [] };
}

/** ⌈level·(n + 1)⌉; a product that rounding has put just above a whole number is that number. */
function rankOf(level: number, count: number): number {
  const product = (level / 100) * (count + 1);
  return Math.max(1, Math.ceil(product - 1e-9));
}
