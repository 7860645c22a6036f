import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, texts, textOrTexts } from "../core/options.ts";
import { checkTable, featureIndex, type FeatureTable } from "../tables/feature-table.ts";

/** Options of {@link measureAnonymity}. */
export interface MeasureAnonymityOptions {
  /** Features that others may know of a person: age band, region, date of the first order. */
  readonly quasiIdentifiers: readonly string[];
  /** Features that nobody should learn of a person; each is measured, and the least diverse counts. */
  readonly sensitive?: string | readonly string[] | undefined;
  /** The k that you want; the rows in smaller classes are counted. Not more than there are rows. */
  readonly minimum?: number | undefined;
}

/** Option table of {@link measureAnonymity}. */
export const measureAnonymityOptions: OptionTable<MeasureAnonymityOptions, "sensitive" | "minimum"> = {
  quasiIdentifiers: texts(),
  sensitive: textOrTexts({ optional: true }),
  minimum: integer({ min: 1, optional: true }),
};

/** Report of {@link measureAnonymity}. */
export interface AnonymityReport {
  /** Rows of the smallest class: every person is one of at least k who look alike. 0 for a table without rows. */
  readonly k: number;
  /** Number of classes: different combinations of the quasi-identifiers. */
  readonly classes: number;
  /** Rows of each row's class, in the order of the table. */
  readonly classSizes: Uint32Array;
  /** With `sensitive`: the fewest different values that a sensitive feature has in one class. 0 for a table without rows. */
  readonly lDiversity?: number;
  /** With `minimum`: what is below it. */
  readonly below?: {
    /** Number of smaller classes. */
    readonly classes: number;
    /** Number of rows in them. */
    readonly rows: number;
  };
  /** What a careful reader should know. */
  readonly notes: readonly Note[];
}

/**
 * Measures how well people hide among each other in a table that is to be handed out: k-anonymity and l-diversity.
 *
 * Rows that agree in all quasi-identifiers form a class. k is the size of the smallest one; l the number of different values
 * of a sensitive feature in the least diverse one: with l = 1 everybody of some class is known to have the same value. Missing is
 * a value like others, and two missing ones are equal. Bin continuous features first: otherwise every row is a class.
 *
 * @param table - n rows × d features.
 * @param options - see {@link MeasureAnonymityOptions}.
 * @returns k, l and the class sizes by row. Keep the rows that hide well enough by
 * `filterRows(table, (row) => report.classSizes[row] >= 5)`; leaving them out is a bias of its own.
 * @throws {ClienteleError} `invalid-option` for an unknown feature and for one that is both; `too-few-rows` for a `minimum`
 * above the number of rows; `shape-mismatch`; `unknown-option`.
 * @example
 * const table = fromMatrix([[30, 1, 5], [30, 1, 7], [40, 2, 5], [40, 2, 5]], { names: ["age", "region", "plan"] });
 * measureAnonymity(table, { quasiIdentifiers: ["age", "region"], sensitive: "plan" });
 * // { k: 2, classes: 2, classSizes: Uint32Array [2, 2, 2, 2], lDiversity: 1, notes: [{ code: "same-sensitive", … }] }
 * @see Sweeney (2002), "k-anonymity"; Machanavajjhala et al. (2007), "l-diversity", distinct form. Cost: a hash lookup per row and
 * feature.
 */
export function measureAnonymity(table: FeatureTable, options: MeasureAnonymityOptions): AnonymityReport {
  const caller = "measureAnonymity";
  const { quasiIdentifiers, sensitive, minimum } = readOptions(caller, measureAnonymityOptions, options);
  checkTable(caller, table);
  const rows = table.ids.length;
  if (minimum !== undefined && minimum > rows) {
    refuse(caller, "too-few-rows", "table", `at least options.minimum (${minimum}) rows`, String(rows));
  }
  const sensitives = sensitive === undefined ? [] : typeof sensitive === "string" ? [sensitive] : sensitive;
  const clash = sensitives.findIndex((name) => quasiIdentifiers.includes(name));
  if (clash >= 0) {
    const path = typeof sensitive === "string" ? "options.sensitive" : `options.sensitive[${clash}]`;
    refuse(caller, "invalid-option", path, "no quasi-identifier", "one of them");
  }
  let classes: Classes = { ofRow: new Uint32Array(rows), count: Math.min(rows, 1) };
  quasiIdentifiers.forEach((name, i) => {
    classes = refine(table, classes, featureIndex(caller, table, `options.quasiIdentifiers[${i}]`, name));
  });
  const sizes = sizesOf(classes.ofRow, classes.count);
  const k = least(sizes);
  const below = minimum === undefined ? undefined : belowOf(sizes, minimum);
  const notes: Note[] = [];
  if (rows === 0) notes.push({ code: "no-rows", message: "A table without rows hides nobody: k is 0." });
  if (k === 1) notes.push({ code: "unique-rows", message: "Some rows are alone in their class." });
  if (sensitive === undefined) {
    return {
      k,
      classes: classes.count,
      classSizes: classes.ofRow.map((c) => sizes[c]),
      ...(below && { below }),
      notes,
    };
  }
  let lDiversity = rows === 0 ? 0 : Infinity;
  sensitives.forEach((name, i) => {
    const path = typeof sensitive === "string" ? "options.sensitive" : `options.sensitive[${i}]`;
    const pairs = refine(table, classes, featureIndex(caller, table, path, name));
    // Each pair of class and value lies in one class: any row of the pair tells which.
    const classOfPair = new Uint32Array(pairs.count);
    for (let row = 0; row < rows; row++) classOfPair[pairs.ofRow[row]] = classes.ofRow[row];
    lDiversity = Math.min(lDiversity, least(sizesOf(classOfPair, classes.count)));
  });
  if (lDiversity === 1) {
    notes.push({ code: "same-sensitive", message: "In some class all rows share a sensitive value: it is no secret." });
  }
  const classSizes = classes.ofRow.map((c) => sizes[c]);
  return { k, classes: classes.count, classSizes, lDiversity, ...(below && { below }), notes };
}

/** Rows that are alike so far, numbered by first appearance. */
interface Classes {
  readonly ofRow: Uint32Array;
  readonly count: number;
}

/** Splits classes by one more feature. NaN equals NaN here, and −0 equals 0, as keys of a Map do. */
function refine({ values, names }: FeatureTable, { ofRow }: Classes, feature: number): Classes {
  const codeByValue = new Map<number, number>();
  const classByPair = new Map<number, number>();
  const refined = new Uint32Array(ofRow.length);
  for (let row = 0; row < ofRow.length; row++) {
    const value = values[row * names.length + feature];
    let code = codeByValue.get(value);
    if (code === undefined) codeByValue.set(value, (code = codeByValue.size));
    const pair = ofRow[row] * ofRow.length + code;
    let next = classByPair.get(pair);
    if (next === undefined) classByPair.set(pair, (next = classByPair.size));
    refined[row] = next;
  }
  return { ofRow: refined, count: classByPair.size };
}

function sizesOf(ofMember: Uint32Array, count: number): Uint32Array {
  const sizes = new Uint32Array(count);
  for (const group of ofMember) sizes[group]++;
  return sizes;
}

function least(sizes: Uint32Array): number {
  return sizes.length === 0 ? 0 : sizes.reduce((low, size) => Math.min(low, size));
}

function belowOf(sizes: Uint32Array, minimum: number): { classes: number; rows: number } {
  const few = sizes.filter((size) => size < minimum);
  return { classes: few.length, rows: few.reduce((sum, size) => sum + size, 0) };
}
