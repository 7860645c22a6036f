import { isRecord } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { isFiniteVector, type ModelHeader, type ModelShape } from "../core/model.ts";
import { custom, isTextList, type OptionTable, real } from "../core/options.ts";
import type { LikelihoodReport } from "./maximize-likelihood.ts";
import { arePositive, isPositive } from "./positive-parameters.ts";
import { historyFeatures } from "./purchase-rows.ts";

/** Options of {@link fitBgNbd} and {@link fitMbgNbd}. */
export interface FitBgNbdOptions {
  /**
   * Penalty on large parameters, for small samples without a stable answer: `l2` / 2 · (r² + (α / mean age)² + a² + b²) is
   * taken from the log-likelihood; coefficients of covariates, per standard deviation, join the sum. Default 0.
   */
  readonly l2?: number | undefined;
  /** Features of the summary that do not change over a customer's life, such as the channel of acquisition. Default: none. */
  readonly covariates?: PurchaseCovariates | undefined;
  /** Where the search starts, instead of several places of its own. */
  readonly start?: BetaGeometricParameters | undefined;
}

/** Features on which a model of buying depends. */
export interface PurchaseCovariates {
  /** Change how often a customer buys: α · exp(−γ · z). */
  readonly purchase?: readonly string[] | undefined;
  /** Change when a customer leaves: a · exp(γ · z) and b · exp(γ · z), each with coefficients of its own. */
  readonly dropout?: readonly string[] | undefined;
}

/** The four parameters of BG/NBD and MBG/NBD. */
export interface BetaGeometricParameters {
  /** Shape of the gamma distribution of purchase rates. */
  readonly r: number;
  /** Its scale, in the model's unit of time: the mean rate is r / α. */
  readonly alpha: number;
  /** First parameter of the beta distribution of the probability to leave after a purchase. */
  readonly a: number;
  /** Second parameter; the mean probability is a / (a + b). */
  readonly b: number;
}

/** One entry per covariate and place where it acts. */
export interface CovariateCoefficients<Cell> {
  /** On the purchase rate: positive = buys more often. */
  readonly purchase: readonly Cell[];
  /** On a: positive = leaves sooner. */
  readonly a: readonly Cell[];
  /** On b: positive = leaves later. */
  readonly b: readonly Cell[];
}

/** What BG/NBD and MBG/NBD models hold. With covariates, the four parameters are those of a customer whose covariates are 0. */
export interface BetaGeometricModel extends ModelHeader, BetaGeometricParameters, LikelihoodReport {
  /** Version of the layout. */
  readonly version: 1;
  /** Standard errors from the curvature of the log-likelihood; null where a parameter ran off or the maximum is flat. */
  readonly standardErrors: Readonly<Record<keyof BetaGeometricParameters, number | null>>;
  /** Names of the covariates; empty lists without. */
  readonly covariates: {
    /** Of those on the purchase rate. */
    readonly purchase: readonly string[];
    /** Of those on a and b. */
    readonly dropout: readonly string[];
  };
  /** Their coefficients. */
  readonly coefficients: CovariateCoefficients<number>;
  /** Standard errors of the coefficients. */
  readonly coefficientErrors: CovariateCoefficients<number | null>;
  /** The unit of time of α and of every horizon: that of the summary, `"period"` where it names none. */
  readonly unit: string;
}

export const parameterNames = ["r", "alpha", "a", "b"] as const;

const badCovariates = [null, [], "a", { purchase: "a" }, { dropout: [1] }, { channel: [] }] as const;
const badStarts = [null, [], 1, { r: 1 }, { r: 0, alpha: 1, a: 1, b: 1 }, { r: 1, alpha: NaN, a: 1, b: 1 }] as const;

/** Option table of {@link fitBgNbd} and {@link fitMbgNbd}. */
export const fitBgNbdOptions: OptionTable<FitBgNbdOptions, "covariates" | "start"> = {
  l2: real({ min: 0, max: 1e9, default: 0 }),
  covariates: custom("lists of features for purchase and dropout", isCovariates, badCovariates, { optional: true }),
  start: custom("positive numbers r, alpha, a and b", (value) => arePositive(value, parameterNames), badStarts, {
    optional: true,
  }),
};

function isCovariates(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(
    ([key, names]) => (key === "purchase" || key === "dropout") && (names === undefined || isTextList(names)),
  );
}

/** The distinct names of covariates in the order of their first mention. */
export function covariateNames(caller: string, covariates: PurchaseCovariates | undefined): string[] {
  const { purchase = [], dropout = [] } = covariates ?? {};
  for (const [key, names] of Object.entries({ purchase, dropout })) {
    names.forEach((name, i) => {
      const path = `options.covariates.${key}[${i}]`;
      if (names.indexOf(name) < i) refuse(caller, "invalid-option", path, "a new name", "a repeated one");
      if ((historyFeatures as readonly string[]).includes(name)) {
        refuse(caller, "invalid-option", path, "a feature that buying does not change", "a part of the history");
      }
    });
  }
  return [...new Set([...purchase, ...dropout])];
}

/** What apply functions check of a model that came from a file. */
export const betaGeometricShape: ModelShape<BetaGeometricModel> = {
  r: isPositive,
  alpha: isPositive,
  a: isPositive,
  b: isPositive,
  unit: (value) => typeof value === "string",
  covariates: (value) => isRecord(value) && isTextList(value["purchase"]) && isTextList(value["dropout"]),
  coefficients: (value, { covariates }) =>
    isRecord(value) &&
    isFiniteVector(value["purchase"], covariates.purchase.length) &&
    isFiniteVector(value["a"], covariates.dropout.length) &&
    isFiniteVector(value["b"], covariates.dropout.length),
};
