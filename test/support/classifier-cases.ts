import { readFileSync } from "node:fs";

/** One set of outcomes and probabilities with all that was computed of it; see test/oracles/classifier.py. */
export interface ClassifierCase {
  readonly outcome: number[];
  readonly probability: number[];
  readonly other: number[];
  readonly auc: number;
  readonly aucError: number;
  readonly averagePrecision: number;
  readonly averagePrecisionInterval: number[];
  readonly logLoss: number;
  readonly logLossError: number;
  readonly brier: number;
  readonly brierError: number;
  readonly eceWidth: number;
  readonly eceQuantile: number;
  readonly roc: { readonly fpr: number[]; readonly tpr: number[]; readonly thresholds: number[] };
  readonly precision: number[];
  readonly recall: number[];
  readonly cuts: number[];
  readonly "confusionAt0.4": number[];
  readonly calibrationCurve: { readonly uniform: [number[], number[]]; readonly quantile: [number[], number[]] };
  readonly recalibration: Readonly<
    Record<
      | "intercept"
      | "slope"
      | "slopeError"
      | "interceptError"
      | "inTheLarge"
      | "inTheLargeError"
      | "spiegelhalter"
      | "spiegelhalterP",
      number
    >
  >;
  readonly platt: { readonly intercept: number; readonly slope: number };
  readonly isotonic: {
    readonly x: number[];
    readonly y: number[];
    readonly at: number[];
    readonly predicted: number[];
  };
  readonly lift: { readonly customers: number; readonly positives: number; readonly gain: number }[];
  readonly pair: { readonly difference: number; readonly error: number; readonly p: number };
  readonly pairedLogLoss: [number, number];
  readonly pairedBrier: [number, number];
}

const golden = JSON.parse(readFileSync(new URL("../oracles/classifier.golden.json", import.meta.url), "utf8")) as {
  readonly cases: Record<string, ClassifierCase>;
  readonly mtcars: { readonly outcome: number[]; readonly probability: number[]; readonly coefficients: number[] };
};

/** Cases with ties, without, with few outcomes, and with probabilities that say too much. */
export const classifierCases: Readonly<Record<string, ClassifierCase>> = golden.cases;

/** R's `glm(am ~ wt, mtcars, binomial)`. */
export const mtcars: typeof golden.mtcars = golden.mtcars;
