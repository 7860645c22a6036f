import { describeValue, refuse } from "../core/errors.ts";
import { isTextList } from "../core/options.ts";
import { checkGroupNumbers, type Labels, noGroup } from "./labels.ts";

/** Labels together with the customers they belong to. */
export interface LabeledIds {
  /** Customer ids, without repetition. */
  readonly ids: readonly string[];
  /** One label per id; −1 = in no group. */
  readonly labels: Labels;
}

/** Several groupings on the same rows. Result of {@link joinLabels}. */
export interface JoinedLabels {
  /** Every customer of any grouping, in order of first appearance. */
  readonly ids: readonly string[];
  /** One column of labels per grouping, in the order given; −1 where a customer is not in it. */
  readonly labels: readonly Labels[];
}

/**
 * Brings groupings of different days onto the same rows, so that they can be compared customer by customer although some
 * came and some went.
 *
 * @param groupings - ids with their labels, for example a table's `ids` and what an assign function made of it.
 * @returns all ids of any grouping, and for each grouping one label per id; −1 = not in it, or in none of its groups.
 * @throws {ClienteleError} `shape-mismatch` for a grouping whose labels do not fit its ids; `invalid-value` for an id that
 * repeats within one.
 * @example
 * const { ids, labels } = joinLabels([
 *   { ids: ["ann", "bob"], labels: labelsOf([0, 1]) },
 *   { ids: ["bob", "cid"], labels: labelsOf([1, 0]) },
 * ]);
 * ids; // ["ann", "bob", "cid"]
 * labels; // [Int32Array [0, 1, -1], Int32Array [-1, 1, 0]]
 */
export function joinLabels(groupings: readonly LabeledIds[]): JoinedLabels {
  const caller = "joinLabels";
  const given: unknown = groupings;
  if (!Array.isArray(given)) {
    refuse(caller, "shape-mismatch", "groupings", "a list of ids with labels", describeValue(given));
  }
  const rowOf = new Map<string, number>();
  groupings.forEach((grouping, g) => {
    checkGrouping(caller, `groupings[${g}]`, grouping);
    for (const id of grouping.ids) if (!rowOf.has(id)) rowOf.set(id, rowOf.size);
  });
  const labels = groupings.map((grouping) => {
    const column = new Int32Array(rowOf.size).fill(noGroup);
    grouping.ids.forEach((id, row) => (column[rowOf.get(id) as number] = grouping.labels[row]));
    return column;
  });
  return { ids: [...rowOf.keys()], labels };
}

/** Refuses ids and labels that do not belong together, group numbers that are none, and an id that repeats. */
export function checkGrouping(caller: string, path: string, grouping: LabeledIds): void {
  if (!isTextList(grouping?.ids)) {
    refuse(caller, "shape-mismatch", `${path}.ids`, "a list of strings", describeValue(grouping?.ids));
  }
  if (!(grouping.labels instanceof Int32Array) || grouping.labels.length !== grouping.ids.length) {
    const expected = `${grouping.ids.length} labels in an Int32Array`;
    refuse(caller, "shape-mismatch", `${path}.labels`, expected, describeValue(grouping.labels));
  }
  checkGroupNumbers(caller, `${path}.labels`, grouping.labels, 0x7fffffff);
  const seen = new Set<string>();
  grouping.ids.forEach((id, row) => {
    if (seen.has(id)) refuse(caller, "invalid-value", `${path}.ids[${row}]`, "different from those before", "a repeated one"); // prettier-ignore
    seen.add(id);
  });
}
