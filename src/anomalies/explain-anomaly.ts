import { savingShares } from "../numeric/path-savings.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkRows, type IsolationForestModel, treesOf } from "./isolation-forest.ts";

/**
 * Tells which features make a customer odd: the share of each in the customer's short paths.
 *
 * A cut saves as many further cuts as it sets the customer apart sooner than an average one: of s customers, a cut that
 * leaves t beside this one saves c(s) − 1 − c(t). What a path saves in all, c(ψ) less its length, is divided among the
 * features whose cuts on it save something in sum. Paths that are not shorter than average do not count.
 *
 * Read it for the customers that {@link labelAnomalies} marks: every row has shares, also an ordinary one with a few short
 * paths. A share says that the feature helped to isolate the customer, not whether the value is too high or too low
 * ({@link scoreRobustZ} does), and where two features tell the same story they share it.
 *
 * @param model - of {@link fitIsolationForest}.
 * @param table - the model's features, in its order; any number of finite rows.
 * @returns one share per customer and feature, under the features' names: in [0, 1], summing to 1 per customer; all 0 when no
 * path is short (equal customers, a model of one row).
 * @throws {ClienteleError} as {@link scoreIsolationForest}. Cost: trees × ⌈log₂ ψ⌉ steps a row, a few times those of scoring.
 * @example
 * const usual = Array.from({ length: 50 }, (_, i) => [i % 5, i % 7]);
 * const table = fromMatrix([...usual, [2, 400]], { names: ["visits", "returns"] });
 * const why = explainAnomaly(fitIsolationForest(table), table);
 * column(why, "returns")[50] > 0.9; // true
 * @see The split of a path's length is that of Saabas for trees, on the paths of Liu, Ting & Zhou (2008).
 */
export function explainAnomaly(model: IsolationForestModel, table: FeatureTable): FeatureTable {
  const caller = "explainAnomaly";
  checkTable(caller, table);
  const trees = treesOf(caller, model, table);
  checkRows(caller, table);
  const { ids, names, values } = table;
  const shares = savingShares(trees, model.sampleSize, values, ids.length, names.length);
  return { ids: [...ids], names: [...names], values: shares };
}
