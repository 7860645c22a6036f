import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { checkSpread, isUsableScale, sortedPresent, zScoreOf } from "../tables/columns.ts";
import type { FeatureTable } from "../tables/feature-table.ts";

/** One number that a regression sees, made of one feature: its value, or whether it is missing; filled, centered, scaled. */
export interface PreparedColumn {
  /** What the regression calls it: the feature's name, or `${feature}Missing`. */
  readonly name: string;
  /** The feature it is made of. */
  readonly feature: string;
  /** Whether it is the feature's value, or 1 where the feature is missing and 0 where not. */
  readonly of: "value" | "missing";
  /** What a missing value becomes. */
  readonly fill: number;
  /** What becomes 0. */
  readonly center: number;
  /** What becomes a step of 1; above 0. */
  readonly scale: number;
}

/** What is learned from the rows to learn from, and from no others. */
export interface Preparation {
  readonly columns: readonly PreparedColumn[];
  /** Features that are the same for all, or missing for all. */
  readonly notes: readonly Note[];
}

/** Numbers of customers by feature, row-major; NaN = missing. */
export interface Cells {
  readonly names: readonly string[];
  readonly values: Float64Array;
}

/**
 * Learns what missing cells become, which features tell rows apart, and how to bring them to mean 0 and deviation 1.
 *
 * A feature without a difference among these rows has no column, such as a level that only other customers have. Where a feature
 * is missing for some, a second column says for whom; features that are missing for the same rows share the first one's.
 *
 * @param caller - the public function.
 * @param cells - all rows.
 * @param rows - the rows to learn from.
 * @param fill - what a missing cell becomes: the feature's median or mean.
 */
export function learnColumns(
  caller: string,
  { names, values }: Cells,
  rows: Uint32Array,
  fill: "median" | "mean",
): Preparation {
  const width = names.length;
  const taken = new Set(names);
  const columns: PreparedColumn[] = [];
  const gaps = new Set<string>();
  const unused: string[] = [];
  names.forEach((feature, j) => {
    const column = Float64Array.from(rows, (row) => values[row * width + j]);
    const sorted = sortedPresent(column);
    checkSpread(caller, j, sorted);
    const missing = column.length - sorted.length;
    const before = columns.length;
    if (sorted.length > 0) {
      const filling = fill === "median" ? quantileOfSorted(sorted, 0.5) + 0 : zScoreOf(sorted).center;
      const filled = missing === 0 ? sorted : column.map((value) => (Number.isNaN(value) ? filling : value)).sort();
      const { center, scale } = zScoreOf(filled);
      if (isUsableScale(filled, scale)) {
        columns.push({ name: feature, feature, of: "value", fill: filling, center, scale });
      }
      const gap = missing > 0 ? gapKey(column) : undefined;
      if (gap !== undefined && !gaps.has(gap)) {
        gaps.add(gap);
        const share = missing / column.length;
        let name = `${feature}Missing`;
        while (taken.has(name)) name = `(${name})`;
        taken.add(name);
        columns.push({ name, feature, of: "missing", fill: 0, center: share, scale: Math.sqrt(share * (1 - share)) });
      }
    }
    if (columns.length === before) unused.push(feature);
  });
  return { columns, notes: unused.length === 0 ? [] : [unusedNote(unused)] };
}

/** Which rows of a column are missing, as a text: a bit per row, 16 in a character. */
function gapKey(column: Float64Array): string {
  const parts: string[] = [];
  for (let from = 0; from < column.length; from += 16) {
    let bits = 0;
    for (let row = from; row < Math.min(from + 16, column.length); row++) {
      bits = (bits << 1) | (Number.isNaN(column[row]) ? 1 : 0);
    }
    parts.push(String.fromCharCode(bits));
  }
  return parts.join("");
}

/** Features named at most in a note. */
const mostNamed = 5;

function unusedNote(unused: readonly string[]): Note {
  const more = unused.length > mostNamed ? ` and ${unused.length - mostNamed} more` : "";
  const message = `${unused.slice(0, mostNamed).join(", ")}${more}: the same, or missing, for all rows to learn from, and not used.`;
  return { code: "unused-features", message };
}

/**
 * The columns that a regression sees.
 *
 * @param caller - the public function.
 * @param cells - numbers by feature; infinite ones are refused.
 * @param columns - as learned.
 * @param rows - which rows, in this order; all when absent.
 * @returns a table whose rows are numbered, without missing cells.
 * @throws {ClienteleError} `invalid-value` at a cell that is infinite, or so far from the center that it becomes so.
 */
export function preparedTable(
  caller: string,
  { names, values }: Cells,
  columns: readonly PreparedColumn[],
  rows: ArrayLike<number>,
): FeatureTable {
  const width = names.length;
  const indexOf = new Map(names.map((name, j) => [name, j]));
  const places = columns.map(({ feature }) => indexOf.get(feature) as number);
  const prepared = new Float64Array(rows.length * columns.length);
  let cell = 0;
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i] * width;
    for (let c = 0; c < columns.length; c++, cell++) {
      const { of, fill, center, scale } = columns[c];
      const value = values[start + places[c]];
      const known = of === "missing" ? Number(Number.isNaN(value)) : Number.isNaN(value) ? fill : value;
      prepared[cell] = (known - center) / scale;
      if (!Number.isFinite(prepared[cell])) refuseCell(caller, `table.values[${rows[i]}, ${places[c]}]`, value);
    }
  }
  const ids = Array.from({ length: rows.length }, (_, i) => String(i));
  return { ids, names: columns.map(({ name }) => name), values: prepared };
}

function refuseCell(caller: string, path: string, value: number): never {
  if (!Number.isFinite(value)) refuse(caller, "invalid-value", path, "finite or missing", describeValue(value));
  refuse(caller, "invalid-value", path, "near enough to the values learned from", "a number too far");
}

/**
 * Refuses infinite cells.
 *
 * @param caller - the public function.
 * @param table - of the right shape.
 * @param path - how to call it.
 */
export function checkNotInfinite(caller: string, { names, values }: FeatureTable, path = "table"): void {
  for (let cell = 0; cell < values.length; cell++) {
    if (Math.abs(values[cell]) !== Infinity) continue;
    const at = `${path}.values[${Math.floor(cell / names.length)}, ${cell % names.length}]`;
    refuse(caller, "invalid-value", at, "finite or missing", describeValue(values[cell]));
  }
}

/** Whether a field read from JSON is a list of prepared columns of these features. */
export function areColumns(value: unknown, features: readonly string[]): value is readonly PreparedColumn[] {
  const known = new Set(features);
  const isColumn = (one: unknown): boolean =>
    isRecord(one) &&
    typeof one["name"] === "string" &&
    known.has(one["feature"] as string) &&
    (one["of"] === "value" || one["of"] === "missing") &&
    [one["fill"], one["center"], one["scale"]].every(Number.isFinite) &&
    (one["scale"] as number) > 0;
  return Array.isArray(value) && value.length > 0 && value.every(isColumn);
}
