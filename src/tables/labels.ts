import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";

/** One group number per row of a table; {@link noGroup} (−1) = in no group. */
export type Labels = Int32Array;

/** The label of a row that is in no group: noise, an exception, a customer no rule matches. */
export const noGroup = -1;

/**
 * Builds labels from plain numbers, for groups that were made elsewhere.
 *
 * @param values - one group number per row; −1 = no group.
 * @returns a copy as labels.
 * @throws {ClienteleError} `invalid-value` at the first value that is not an integer in [−1, 2³¹ − 1]; `shape-mismatch`
 * when `values` is no list.
 * @example
 * labelsOf([0, 1, -1]); // Int32Array [0, 1, -1]
 */
export function labelsOf(values: ArrayLike<number>): Labels {
  if (!isList(values)) refuse("labelsOf", "shape-mismatch", "values", "a list of numbers", describeValue(values));
  const labels = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value: unknown = values[row];
    if (typeof value !== "number" || (value | 0) !== value || value < noGroup) {
      refuse("labelsOf", "invalid-value", `values[${row}]`, "a group number or -1", describeCell(value));
    }
    labels[row] = value;
  }
  return labels;
}

/**
 * Counts the customers of each group; labels are 0, 1, … and −1 is not counted.
 *
 * @param labels - one label per row.
 * @returns one count per group, up to the highest label that occurs.
 * @throws {ClienteleError} `shape-mismatch` when `labels` is no Int32Array.
 * @example
 * groupSizes(labelsOf([0, 2, 2, -1])); // Int32Array [1, 0, 2]
 */
export function groupSizes(labels: Labels): Int32Array {
  if (!(labels instanceof Int32Array)) {
    refuse("groupSizes", "shape-mismatch", "labels", "labels in an Int32Array", describeValue(labels));
  }
  let highest = noGroup;
  for (const label of labels) if (label > highest) highest = label;
  const sizes = new Int32Array(highest + 1);
  for (const label of labels) if (label > noGroup) sizes[label]++;
  return sizes;
}

/** Group numbers below this are taken whatever the number of rows: what has an entry per group is still short. */
const usualGroups = 1000;

/**
 * Refuses labels that do not fit the rows they are meant for, or that number groups far beyond the rows.
 *
 * @param caller - the public function.
 * @param path - where the labels are, for the message.
 * @param labels - what the user passed.
 * @param rows - how many there must be.
 * @param named - how many groups have a name: few customers may be in any of many known groups, such as lifecycle stages.
 */
export function checkLabels(caller: string, path: string, labels: Labels, rows: number, named = 0): void {
  if (!(labels instanceof Int32Array) || labels.length !== rows) {
    refuse(caller, "shape-mismatch", path, `${rows} labels in an Int32Array`, describeValue(labels));
  }
  // A few customers of a large base still have the numbers of its groups.
  const groups = Math.max(rows, named, usualGroups);
  for (let row = 0; row < rows; row++) {
    if (labels[row] >= noGroup && labels[row] < groups) continue;
    refuse(caller, "invalid-value", `${path}[${row}]`, `a group number below ${groups}, or -1`, describeCell(labels[row])); // prettier-ignore
  }
}

/** Refuses two things that are not labels of the same rows: a run before, and the next one. */
export function checkLabelPair(caller: string, previous: Labels, next: Labels): void {
  if (!(previous instanceof Int32Array)) {
    refuse(caller, "shape-mismatch", "previous", "labels in an Int32Array", describeValue(previous));
  }
  if (!(next instanceof Int32Array) || next.length !== previous.length) {
    refuse(caller, "shape-mismatch", "next", `${previous.length} labels in an Int32Array`, describeValue(next));
  }
}

/** Refuses labels that are no group numbers, or above the highest that a function has room for. */
export function checkGroupNumbers(caller: string, path: string, labels: Labels, highest: number): void {
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] >= noGroup && labels[row] <= highest) continue;
    refuse(caller, "invalid-value", `${path}[${row}]`, `a group number up to ${highest}, or -1`, "another number");
  }
}

/** Row numbers of each of the groups 0 to `groups` − 1, ascending. */
export function membersOf(labels: Labels, groups: number): Uint32Array[] {
  const sizes = new Int32Array(groups);
  for (const label of labels) if (label >= 0) sizes[label]++;
  const members = Array.from(sizes, (size) => new Uint32Array(size));
  const filled = new Int32Array(groups);
  labels.forEach((label, row) => {
    if (label >= 0) members[label][filled[label]++] = row;
  });
  return members;
}
