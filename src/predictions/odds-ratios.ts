import { isRecord, lookUp } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { checkModel, isFiniteVector } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { custom, oneOf, type OptionSpec, type OptionTable, readOptions, real } from "../core/options.ts";
import { adjusted } from "../numeric/adjust.ts";
import { normal } from "../numeric/distributions.ts";
import { exp } from "../numeric/elementary.ts";
import type { LogisticModel } from "./logistic.ts";

/** Options of {@link measureOddsRatios}. */
export interface MeasureOddsRatiosOptions {
  /** Confidence of the intervals; default 0.95. */
  readonly level?: number | undefined;
  /** How p-values allow for the number of features; default `"bh"`, Benjamini and Hochberg. */
  readonly adjust?: "bh" | "holm" | "bonferroni" | undefined;
  /** What a step of a feature is, by its name: `{ revenue: 100 }` gives the odds ratio of 100 more. Default: 1 of everything. */
  readonly steps?: Readonly<Record<string, number>> | undefined;
}

/** What one step more of a feature does to the odds, the other features being equal. */
export interface OddsRatio {
  /** The feature. */
  readonly feature: string;
  /** The step. */
  readonly step: number;
  /** Factor of the odds: above 1 the outcome is likelier with more of the feature. */
  readonly oddsRatio: number;
  /** Confidence interval of the factor, by Wald's method; its ends are capped at 1.8e308. */
  readonly interval: readonly [number, number];
  /** Two-sided p-value of the factor being 1. */
  readonly pValue: number;
  /** The p-value, allowing for the number of features. */
  readonly adjustedPValue: number;
}

/** Result of {@link measureOddsRatios}. */
export interface OddsRatioReport {
  /** One entry per feature, in the model's order. */
  readonly features: readonly OddsRatio[];
  /** Confidence of the intervals. */
  readonly level: number;
  /** Notes of the model, and `penalized` where it is shrunk. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measureOddsRatios}. */
export const measureOddsRatiosOptions: OptionTable<MeasureOddsRatiosOptions> = {
  level: real({ above: 0, below: 1, default: 0.95 }),
  adjust: oneOf(["bh", "holm", "bonferroni"], { default: "bh" }),
  steps: stepsOption(),
};

/** An option that takes a step per feature name. */
export function stepsOption(): OptionSpec<Readonly<Record<string, number>>> {
  const refused = [null, 1, "1", [], { a: 0 }, { a: NaN }, { a: "1" }] as const;
  return custom("a record of numbers other than 0", isSteps, refused, { default: {} });
}

function isSteps(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((step) => Number.isFinite(step) && step !== 0);
}

/**
 * Tells which features go with an outcome, and how strongly: by what factor one step more of each changes its odds, how
 * sure that is, and whether it would be seen by chance among so many features.
 *
 * A factor compares customers that are equal in all other features of the model. It describes who converts, not what would
 * happen if a customer were moved: that takes an experiment.
 *
 * @param model - of {@link fitLogistic}.
 * @param options - see {@link MeasureOddsRatiosOptions}.
 * @returns the factors with intervals and p-values, raw and adjusted.
 * @throws {ClienteleError} `incompatible-model`; `invalid-option` for a step of a feature that the model does not have.
 * @example
 * const table = fromMatrix([[1], [2], [3], [4], [5], [6]], { names: ["visits"] });
 * const model = fitLogistic(table, Uint8Array.of(0, 0, 1, 0, 1, 1));
 * measureOddsRatios(model).features[0].oddsRatio; // 3.367 — each visit more than triples the odds
 * @see Hosmer, Lemeshow & Sturdivant (2013), "Applied Logistic Regression", chapter 3; Benjamini & Hochberg (1995).
 */
export function measureOddsRatios(model: LogisticModel, options?: MeasureOddsRatiosOptions): OddsRatioReport {
  const caller = "measureOddsRatios";
  const { level, adjust, steps } = readOptions(caller, measureOddsRatiosOptions, options);
  const perFeature = (value: unknown, { features }: LogisticModel): boolean => isFiniteVector(value, features.length);
  checkModel(caller, model, {
    kind: "logistic",
    version: 1,
    shape: {
      coefficients: perFeature,
      standardErrors: perFeature,
      pValues: perFeature,
      l2: Number.isFinite,
    },
  });
  const sizes = readSteps(caller, steps, model.features);
  const z = normal.upperQuantile((1 - level) / 2);
  const adjustedPValues = adjusted(model.pValues, adjust);
  const features = model.features.map((feature, j): OddsRatio => {
    const step = sizes[j];
    const middle = model.coefficients[j] * step;
    const reach = z * model.standardErrors[j] * Math.abs(step);
    return {
      feature,
      step,
      oddsRatio: cappedExp(middle),
      interval: [cappedExp(middle - reach), cappedExp(middle + reach)],
      pValue: model.pValues[j],
      adjustedPValue: adjustedPValues[j] ?? 1,
    };
  });
  return { features, level, notes: notesOf(model) };
}

/** The step of each feature, 1 where none is given; refuses those of other features. */
export function readSteps(
  caller: string,
  steps: Readonly<Record<string, number>>,
  features: readonly string[],
): readonly number[] {
  if (Object.keys(steps).some((name) => !features.includes(name))) {
    refuse(caller, "invalid-option", "options.steps", `steps of ${features.join(", ")}`, "one of another feature");
  }
  return features.map((feature) => lookUp(steps, feature) ?? 1);
}

/** e^x, or the largest double: JSON has no infinity. */
export function cappedExp(x: number): number {
  return Math.min(exp(x), Number.MAX_VALUE);
}

function notesOf(model: LogisticModel): Note[] {
  const notes = model.notes.map(({ code, message }) => ({ code, message }));
  if (model.l2 > 0) {
    const message = "A penalty shrinks the coefficients: intervals and p-values do not allow for that. Fit without l2.";
    notes.push({ code: "penalized", message });
  }
  return notes;
}
