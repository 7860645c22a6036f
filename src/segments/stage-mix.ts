import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { custom, isTextList, type OptionSpec } from "../core/options.ts";
import { checkGroupNumbers, type Labels, labelsOf, noGroup } from "../tables/labels.ts";

/** In which stage each customer is: what `labelLifecycle` returns, or stages by any other rule. */
export interface CustomerStages {
  /** Stage per customer; −1 = in none. */
  readonly labels: Labels;
  /** Name of stage 0, 1, …; all different. */
  readonly names: readonly string[];
  /**
   * Whose stage each label is. With ids, each row of the table gets the stage of its customer, and a customer who is not
   * listed is in none; without, label i belongs to row i.
   */
  readonly ids?: readonly string[] | undefined;
}

/** How many customers of a group are in one stage. */
export interface StageShare {
  /** Number of the stage, as in the labels. */
  readonly stage: number;
  /** Its name. */
  readonly name: string;
  /** Customers of the group in this stage. */
  readonly size: number;
  /** `size` as a share of all customers of the group, those in no stage included. */
  readonly share: number;
  /** The same share among all rows of the table. */
  readonly overallShare: number;
}

/** The option `stages`. */
export const stagesOption: OptionSpec<CustomerStages> = custom(
  "stages: { labels: Int32Array, names: a list of different strings, ids?: a list of strings }",
  (value) =>
    isRecord(value) &&
    value["labels"] instanceof Int32Array &&
    isTextList(value["names"]) &&
    new Set(value["names"]).size === value["names"].length &&
    (value["ids"] === undefined || isTextList(value["ids"])),
  [
    null,
    "active",
    labelsOf([0]),
    {},
    { labels: [0], names: ["active"] },
    { labels: labelsOf([0]) },
    { labels: labelsOf([0, 1]), names: ["active", "active"] },
    { labels: labelsOf([0]), names: ["active"], ids: [1] },
  ],
  { optional: true },
);

/**
 * Brings stages into the order of a table's rows.
 *
 * @param caller - the public function.
 * @param stages - labels by row, or with ids.
 * @param ids - the customers of the table.
 * @returns one stage per row; −1 = in none.
 * @throws {ClienteleError} `shape-mismatch` when the numbers of labels, ids and rows do not fit; `invalid-value` for a stage
 * without a name, and for a customer who is listed twice.
 */
export function stagesOfRows(caller: string, stages: CustomerStages, ids: readonly string[]): Labels {
  const path = "options.stages";
  const { labels, names, ids: listed } = stages;
  const expected = (listed ?? ids).length;
  if (labels.length !== expected) {
    refuse(caller, "shape-mismatch", `${path}.labels`, `${expected} labels`, describeValue(labels));
  }
  checkGroupNumbers(caller, `${path}.labels`, labels, names.length - 1);
  if (listed === undefined) return labels;
  const stageById = new Map<string, number>();
  listed.forEach((id, i) => {
    if (stageById.has(id)) refuse(caller, "invalid-value", `${path}.ids[${i}]`, "listed once", "a repeated id");
    stageById.set(id, labels[i]);
  });
  return Int32Array.from(ids, (id) => stageById.get(id) ?? noGroup);
}

/**
 * Counts the stages of groups.
 *
 * @param names - names of the stages.
 * @param stageOf - stage per row; absent = no stages are known.
 * @returns a function from a group's rows to the customers per stage and the most frequent stage.
 */
export function stageMix(
  names: readonly string[],
  stageOf: Labels | undefined,
): (rows: Uint32Array) => { readonly stages: StageShare[]; readonly typicalStage: StageShare | null } {
  if (stageOf === undefined) return () => ({ stages: [], typicalStage: null });
  const count = (rows: Iterable<number>): Float64Array => {
    const counts = new Float64Array(names.length);
    for (const row of rows) if (stageOf[row] !== noGroup) counts[stageOf[row]]++;
    return counts;
  };
  const everyone = count(stageOf.keys());
  return (rows) => {
    const counts = count(rows);
    const stages = names.map((name, stage) => ({
      stage,
      name,
      size: counts[stage],
      share: rows.length === 0 ? 0 : counts[stage] / rows.length,
      overallShare: everyone[stage] / stageOf.length,
    }));
    const largest = stages.reduce<StageShare | null>((best, one) => (one.size > (best?.size ?? 0) ? one : best), null);
    return { stages, typicalStage: largest === null ? null : { ...largest } };
  };
}
