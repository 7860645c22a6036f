import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import { checkTable, featureIndex, type FeatureTable } from "../tables/feature-table.ts";
import { selectFeatures } from "../tables/reshape.ts";
import { type PcaModel, pcaScores } from "./pca.ts";
import { checkCells, project } from "./project.ts";
import { checkScale, fitZScore, type ScaleModel } from "./scale.ts";

/** Options of {@link scoreComposite}: `weights`, perhaps with `scale`, or `model`. */
export interface ScoreCompositeOptions {
  /** How much each feature counts, by name; negative where less is better. Only the ratios matter. */
  readonly weights?: Readonly<Record<string, number>> | undefined;
  /**
   * With `weights`: a scale of {@link fitZScore}, {@link fitMinMax} or {@link fitRobust} on at least the
   * weighted features, learned on the customers to compare with. Without it the z-scores of the table itself are used.
   */
  readonly scale?: ScaleModel | undefined;
  /** Instead of weights: the first component of {@link fitPca}, whose notes say when it explains less than 40 %. */
  readonly model?: PcaModel | undefined;
}

/** Option table of {@link scoreComposite}. */
export const scoreCompositeOptions: OptionTable<ScoreCompositeOptions, "weights" | "scale" | "model"> = {
  weights: custom(
    "a record of numbers by feature, at least one other than 0",
    isWeights,
    [null, 1, [], {}, { a: 0 }, { a: NaN }, { a: "1" }, { a: Infinity }, { a: 1e308, b: -1e308 }],
    { optional: true },
  ),
  scale: custom("a scale model", isRecord, [null, 1, "robust", []], { optional: true }),
  model: custom("a model of fitPca", isRecord, [null, 1, "pca", []], { optional: true }),
};

function isWeights(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const total = Object.values(value).reduce((sum: number, weight) => {
    return sum + (typeof weight === "number" ? Math.abs(weight) : NaN);
  }, 0);
  return total > 0 && total < Infinity;
}

/**
 * Condenses several features into one index per customer, by weights of the business or by the data's first component.
 *
 * With `weights`: Σ weight · z / Σ |weight|, where z is the feature in standard deviations from its mean, because
 * features have different units. A feature that is the same for all customers counts 0. z-scores compare with the customers
 * of the table: pass `scale` to compare next month's customers with this month's. With `model`: the score on the first
 * component, whose sign makes its largest loading positive. That is a fair summary only if the component explains much of
 * the variance: below 40 % the model carries the note `first-component-weak`.
 *
 * @param table - one row per customer; the weighted features, or all of the model's, are finite.
 * @param options - see {@link ScoreCompositeOptions}; either `weights` or `model`.
 * @returns one number per row, higher = more; without a unit.
 * @throws {ClienteleError} `invalid-option` for a weight without a feature, or for both or none of `weights` and `model`;
 * `invalid-value` at the first missing or infinite cell; `incompatible-model`.
 * Cost: one sort per weighted feature; none with a model or a scale.
 * @example
 * const table = fromMatrix([[1, 200], [3, 100], [5, 300]], { names: ["visits", "revenue"] });
 * scoreComposite(table, { weights: { visits: 2, revenue: 1 } }); // Float64Array [-0.816, -0.408, 1.225]
 * scoreComposite(table, { model: fitPca(table, { scale: true }) }); // Float64Array [-0.707, -0.707, 1.414]
 */
export function scoreComposite(table: FeatureTable, options: ScoreCompositeOptions): Float64Array {
  const caller = "scoreComposite";
  const { weights, scale, model } = readOptions(caller, scoreCompositeOptions, options);
  if (model !== undefined) {
    if (weights !== undefined) refuse(caller, "invalid-option", "options.weights", "absent beside a model", "given");
    if (scale !== undefined) refuse(caller, "invalid-option", "options.scale", "absent beside a model", "given");
    return pcaScores(caller, model, table, 1);
  }
  if (weights === undefined) {
    refuse(caller, "invalid-option", "options", "an object with weights or a model", describeValue(options));
  }
  checkTable(caller, table);
  const names = Object.keys(weights);
  const indexes = names.map((name) => featureIndex(caller, table, `options.weights.${name}`, name));
  const total = Object.values(weights).reduce((sum, weight) => sum + Math.abs(weight), 0);
  const shares = Object.values(weights).map((weight) => weight / total);
  checkCells(caller, table, indexes, 0, table.ids.length);
  if (table.ids.length === 0) return new Float64Array(0);
  const units = scale === undefined ? fitZScore(selectFeatures(table, names)) : partOf(caller, scale, names);
  return project(caller, table, indexes, { center: units.center, scale: units.scale, loadings: [shares] });
}

/** The part of a scale that concerns the weighted features, in their order. */
function partOf(caller: string, scale: ScaleModel, names: readonly string[]): Pick<ScaleModel, "center" | "scale"> {
  checkScale(caller, scale);
  const places = names.map((name) => {
    const place = scale.features.indexOf(name);
    if (place < 0) refuse(caller, "incompatible-model", "options.scale.features", `a list with ${name}`, "another");
    return place;
  });
  return { center: places.map((place) => scale.center[place]), scale: places.map((place) => scale.scale[place]) };
}
