import { compareRows, rowOrder } from "../numeric/row-order.ts";
import type { Labels } from "../tables/labels.ts";
import type { Rows } from "./rows.ts";

/**
 * Numbers groups by size, the largest 0; groups of equal size by the first coordinate in which their means differ, then by
 * their first row in order of content. So the numbers depend on the customers and not on the order they came in.
 *
 * @param groups - any group number per row in [0, rows); −1 = in no group.
 * @returns labels 0, 1, … without a gap; −1 stays.
 */
export function canonicalLabels(data: Rows, groups: Int32Array): Labels {
  const { rows, columns } = data;
  const sizes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) if (groups[row] >= 0) sizes[groups[row]]++;
  const used: number[] = [];
  for (let group = 0; group < rows; group++) if (sizes[group] > 0) used.push(group);
  // Means are only needed, and rows only sorted, where sizes tie.
  const tied = new Set<number>();
  const seen = new Map<number, number>();
  for (const group of used) {
    const other = seen.get(sizes[group]);
    if (other === undefined) seen.set(sizes[group], group);
    else tied.add(other).add(group);
  }
  const { means, firstRows } = describeGroups(data, groups, sizes, tied);
  used.sort((a, b) => {
    if (sizes[a] !== sizes[b]) return sizes[b] - sizes[a];
    const [meanA, meanB] = [means.get(a) ?? [], means.get(b) ?? []];
    for (let j = 0; j < columns; j++) if (meanA[j] !== meanB[j]) return meanA[j] - meanB[j];
    return compareRows(data.values, columns, firstRows.get(a) ?? 0, firstRows.get(b) ?? 0);
  });
  const numberOf = new Int32Array(rows);
  used.forEach((group, number) => (numberOf[group] = number));
  return groups.map((group) => (group < 0 ? group : numberOf[group]));
}

/** The mean and the first row of some groups, summed in the order of the rows' content. */
function describeGroups(
  { values, rows, columns }: Rows,
  groups: Int32Array,
  sizes: Int32Array,
  wanted: ReadonlySet<number>,
): { means: ReadonlyMap<number, Float64Array>; firstRows: ReadonlyMap<number, number> } {
  const means = new Map<number, Float64Array>();
  const firstRows = new Map<number, number>();
  if (wanted.size === 0) return { means, firstRows };
  for (const row of rowOrder(values, rows, columns)) {
    const group = groups[row];
    if (!wanted.has(group)) continue;
    let mean = means.get(group);
    if (mean === undefined) {
      means.set(group, (mean = new Float64Array(columns)));
      firstRows.set(group, row);
    }
    for (let j = 0; j < columns; j++) mean[j] += values[row * columns + j] / sizes[group];
  }
  return { means, firstRows };
}
