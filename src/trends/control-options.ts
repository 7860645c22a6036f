import { isRecord } from "../core/dictionary.ts";
import { isList, refuse } from "../core/errors.ts";
import { custom, flag, oneOf, type OptionTable, type ReadOptions, readOptions, real } from "../core/options.ts";
import type { ControlSpread } from "./control-baseline.ts";
import { type ControlRule, controlRules } from "./control-rules.ts";

/** What a chart watches: see {@link ControlChartOptions.kind}. */
export type ControlKind = "individuals" | "p" | "u" | "ewma" | "cusum";

/** Options of {@link controlChart}. */
export interface ControlChartOptions {
  /**
   * `"individuals"`: single measurements, for large changes. `"p"`: a count out of a size (12 of 400 bought). `"u"`: a count per
   * size, any number each (30 complaints in 4 days). `"ewma"` and `"cusum"`: measurements averaged and summed, for small changes that
   * last.
   */
  readonly kind: ControlKind;
  /**
   * What is ordinary: center and standard deviation of a point, if known, or the points from `from` (counted from 0) up to and
   * without `to`. Default: all points, also those that are judged. The `sigma` of counts is derived if it is not given.
   */
  readonly baseline?:
    | {
        /** The ordinary mean. */
        readonly center: number;
        /** Ordinary standard deviation of one point. */
        readonly sigma?: number;
      }
    | {
        /** First point, counted from 0. */
        readonly from: number;
        /** The point after the last. */
        readonly to: number;
      }
    | undefined;
  /** For `"p"` and `"u"`, and needed there: what each count is out of, or counted in. Values are counts, not shares. */
  readonly sizes?: ArrayLike<number> | undefined;
  /** Which rules signal. Default: `["limits"]` only; each further one raises false alarms. `"ewma"`, `"cusum"`: no other. */
  readonly rules?: readonly ControlRule[] | undefined;
  /** Standard deviations from the center to the limits; default 3. Not for `"cusum"`. */
  readonly width?: number | undefined;
  /**
   * How many points a chart of stable values runs on average until its first false alarm: places the limits instead of `width`
   * (or `h`). Default: none, 370 for `"cusum"`.
   */
  readonly inControlRunLength?: number | undefined;
  /** For `"ewma"`: the weight of the newest point; default 0.2. */
  readonly lambda?: number | undefined;
  /** For `"cusum"`: the reference value in standard deviations, half the change that should be found fast; default 0.5. */
  readonly k?: number | undefined;
  /** For `"cusum"`: the decision interval in standard deviations. Default: that of `inControlRunLength`. */
  readonly h?: number | undefined;
  /** For `"cusum"`: whether both sums begin again at 0 after a signal, so that each signal is a new alarm; default true. */
  readonly reset?: boolean | undefined;
  /** For measurements: how the standard deviation is estimated; default `"moving-range"`. */
  readonly spread?: ControlSpread | undefined;
  /** For `"p"` and `"u"`: limits for each size, or one pair for the mean size of the baseline; default `"per-point"`. */
  readonly limits?: "per-point" | "constant" | undefined;
  /**
   * For `"p"` and `"u"`: whether the limits also hold what the points differ by beyond chance (Laney's p′ and u′). Default false.
   * Turn it on for large sizes, whose plain limits are so narrow that every weekday is a signal.
   */
  readonly overdispersion?: boolean | undefined;
}

type Absent = "baseline" | "sizes" | "width" | "inControlRunLength" | "lambda" | "k" | "h" | "reset" | "spread" | "limits" | "overdispersion"; // prettier-ignore

/** Option table of {@link controlChart}; what belongs to one kind of chart has its default where that chart is made. */
export const controlChartOptions: OptionTable<ControlChartOptions, Absent> = {
  kind: oneOf(["individuals", "p", "u", "ewma", "cusum"]),
  baseline: custom(
    "{ center, sigma } or { from, to } with whole from < to",
    isBaseline,
    [null, 1, {}, { center: NaN, sigma: 1 }, { center: 1, sigma: -1 }, { from: 3, to: 3 }, { from: 0.5, to: 3 }, { from: 0 }, { center: 0, sigma: 1, to: 2 }], // prettier-ignore
    { optional: true },
  ),
  sizes: custom("a list of numbers", isList, [null, 1, "a", {}], { optional: true }),
  rules: custom(
    "a non-empty list of rules by name, each once",
    (value) => Array.isArray(value) && value.length > 0 && new Set(value).size === value.length && value.every((rule) => controlRules.includes(rule as never)), // prettier-ignore
    [[], "limits", ["no such rule"], ["limits", "limits"], null, {}, [1]],
    { default: ["limits"] },
  ),
  width: real({ above: 0, max: 100, optional: true }),
  inControlRunLength: real({ min: 30, max: 1e6, optional: true }),
  lambda: real({ min: 0.01, max: 1, optional: true }),
  k: real({ min: 0.05, max: 2, optional: true }),
  h: real({ above: 0, max: 50, optional: true }),
  reset: flag({ optional: true }),
  spread: oneOf(["moving-range", "median-moving-range", "standard-deviation"], { optional: true }),
  limits: oneOf(["per-point", "constant"], { optional: true }),
  overdispersion: flag({ optional: true }),
};

/** Which charts an option is for, where not for all. */
const kindsOf: Readonly<Partial<Record<keyof ControlChartOptions, readonly ControlKind[]>>> = {
  sizes: ["p", "u"],
  width: ["individuals", "p", "u", "ewma"],
  lambda: ["ewma"],
  k: ["cusum"],
  h: ["cusum"],
  reset: ["cusum"],
  spread: ["individuals", "ewma", "cusum"],
  limits: ["p", "u"],
  overdispersion: ["p", "u"],
};

/** Reads the options, and refuses those that say nothing about this kind of chart, or two that say the same. */
export function readControlOptions(
  caller: string,
  options: ControlChartOptions,
): ReadOptions<ControlChartOptions, Absent> {
  const read = readOptions(caller, controlChartOptions, options);
  for (const [name, kinds] of Object.entries(kindsOf)) {
    if (read[name as keyof ControlChartOptions] === undefined || kinds.includes(read.kind)) continue;
    refuse(caller, "invalid-option", `options.${name}`, `absent unless kind is ${kinds.join(" or ")}`, "a value");
  }
  const isSummed = read.kind === "ewma" || read.kind === "cusum";
  if (isSummed && read.rules.some((rule) => rule !== "limits")) {
    refuse(
      caller,
      "invalid-option",
      "options.rules",
      `["limits"]: neighbors of sums go together anyway`,
      "other rules",
    );
  }
  const other = read.kind === "cusum" ? "h" : "width";
  if (read.inControlRunLength !== undefined && read[other] !== undefined) {
    refuse(
      caller,
      "invalid-option",
      "options.inControlRunLength",
      `absent where ${other} places the limits`,
      "a value",
    );
  }
  const isCounted = read.kind === "p" || read.kind === "u";
  if (isCounted && read.sizes === undefined) {
    refuse(caller, "invalid-option", "options.sizes", "a list of numbers", "undefined");
  }
  const { baseline } = read;
  if (!isCounted && baseline !== undefined && "center" in baseline && baseline.sigma === undefined) {
    refuse(caller, "invalid-option", "options.baseline.sigma", "a number of at least 0", "undefined");
  }
  if (baseline !== undefined && "center" in baseline && isCounted) {
    if (baseline.center < 0 || (read.kind === "p" && baseline.center > 1)) {
      const expected = read.kind === "p" ? "a share in [0, 1]" : "a rate of at least 0";
      refuse(caller, "invalid-option", "options.baseline.center", expected, "another number");
    }
  }
  return read;
}

function isBaseline(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const { center, sigma, from, to } = value;
  if (keys.every((key) => key === "center" || key === "sigma")) {
    return Number.isFinite(center) && (sigma === undefined || (Number.isFinite(sigma) && (sigma as number) >= 0));
  }
  if (!keys.every((key) => key === "from" || key === "to")) return false;
  return Number.isSafeInteger(from) && Number.isSafeInteger(to) && (from as number) >= 0 && (from as number) < (to as number); // prettier-ignore
}
