import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import {
  centered,
  centeredProduct,
  type MeanStats,
  type ProportionStats,
  type RatioStats,
  readNumbers,
} from "./stats.ts";

/** What an arm is described by. */
export type ArmStats = ProportionStats | MeanStats | RatioStats;

/** Two arms of one kind, side by side. */
export interface TwoArms<Stats> {
  /** Those who got nothing new. */
  readonly control: Stats;
  /** Those who did. */
  readonly treatment: Stats;
}

/** What a metric is: a share of customers, a mean over customers, or a ratio of two sums over customers. */
export type MetricKind = "proportion" | "mean" | "ratio";

/** One arm, ready to be compared. */
export interface Arm {
  readonly kind: MetricKind;
  readonly n: number;
  /** Rate, mean or ratio; null without customers, or without a denominator. */
  readonly value: number | null;
  /** Variance of `value`; null where it cannot be told, as from one amount. */
  readonly variance: number | null;
  /** Of a proportion. */
  readonly successes: number;
}

/**
 * Reads both arms of a test.
 *
 * @param kind - what they must be; undefined = any, told by the keys of the control.
 */
export function readTwoArms(caller: string, data: unknown, kind?: MetricKind): TwoArms<Arm> {
  if (!isRecord(data)) {
    refuse(caller, "invalid-value", "data", "an object with control and treatment", describeValue(data));
  }
  const wanted = kind ?? kindOf(caller, "data.control", data["control"]);
  return {
    control: readArm(caller, "data.control", data["control"], wanted),
    treatment: readArm(caller, "data.treatment", data["treatment"], wanted),
  };
}

/** Tells by its keys what an arm is. */
export function kindOf(caller: string, path: string, value: unknown): MetricKind {
  if (isRecord(value)) {
    if ("successes" in value) return "proportion";
    if ("m2" in value) return "mean";
    if ("denominatorSum" in value) return "ratio";
  }
  return refuse(
    caller,
    "invalid-value",
    path,
    "{ n, successes }, or what meanStats or ratioStats return",
    describeValue(value),
  );
}

/** Reads one arm of a known kind. */
export function readArm(caller: string, path: string, value: unknown, kind: MetricKind): Arm {
  switch (kind) {
    case "proportion":
      return ofProportion(caller, path, value);
    case "mean":
      return ofMean(caller, path, value);
    case "ratio":
      return ofRatio(caller, path, value);
  }
}

function ofProportion(caller: string, path: string, value: unknown): Arm {
  const { n, successes } = readNumbers(caller, path, value, ["n", "successes"]);
  if (!Number.isSafeInteger(successes) || successes < 0 || successes > n) {
    refuse(caller, "invalid-value", `${path}.successes`, "a whole number from 0 to n", "another number");
  }
  if (n === 0) return { kind: "proportion", n, value: null, variance: null, successes };
  const rate = successes / n;
  return { kind: "proportion", n, value: rate, variance: (rate * ((n - successes) / n)) / n, successes };
}

function ofMean(caller: string, path: string, value: unknown): Arm {
  const { n, mean, m2 } = readNumbers(caller, path, value, ["n", "mean", "m2"]);
  if (m2 < 0) refuse(caller, "invalid-value", `${path}.m2`, "at least 0", "a smaller number");
  return { kind: "mean", n, value: n > 0 ? mean : null, variance: n > 1 ? m2 / (n - 1) / n : null, successes: 0 };
}

const ratioKeys = ["n", "sum", "sumSquares", "denominatorSum", "denominatorSumSquares", "sumProducts"] as const;

/** The delta method: the ratio of sums varies as the mean of (y − ratio · x) / x̄. */
function ofRatio(caller: string, path: string, value: unknown): Arm {
  const read = readNumbers(caller, path, value, ratioKeys);
  const { n, sum, denominatorSum } = read;
  if (n === 0) return { kind: "ratio", n, value: null, variance: null, successes: 0 };
  const squares = centered(caller, `${path}.sumSquares`, n, sum, read.sumSquares);
  const denominatorSquares = centered(
    caller,
    `${path}.denominatorSumSquares`,
    n,
    denominatorSum,
    read.denominatorSumSquares,
  );
  const ratio = sum / denominatorSum;
  if (!Number.isFinite(ratio)) return { kind: "ratio", n, value: null, variance: null, successes: 0 };
  const products = centeredProduct(n, sum, denominatorSum, read.sumProducts);
  const residuals = squares - 2 * ratio * products + ratio * ratio * denominatorSquares;
  // What rounding leaves of a ratio that is the same for all.
  const noise = 1e-14 * (read.sumSquares + ratio * ratio * read.denominatorSumSquares);
  if (residuals < -noise * 1e4) refuse(caller, "invalid-value", `${path}.sumProducts`, "a size that the squares allow", "a larger number"); // prettier-ignore
  const m2 = residuals > noise ? residuals : 0;
  const meanDenominator = denominatorSum / n;
  const variance = n > 1 ? m2 / (n - 1) / n / meanDenominator / meanDenominator : null;
  return { kind: "ratio", n, value: ratio, variance, successes: 0 };
}
