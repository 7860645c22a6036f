import { isRecord, lookUp } from "../core/dictionary.ts";
import { describeCell, refuse } from "../core/errors.ts";
import { checkModel, type ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { custom, flag, isTextList, oneOf, type OptionTable, readOptions, text, texts } from "../core/options.ts";
import { cellOf, checkedTable, type FeatureTable, idOf, objectsOf } from "./feature-table.ts";
import { readerOf } from "./reader.ts";

/** Options of {@link fitFactors}: which properties of a row are what. */
export interface FitFactorsOptions {
  /** Properties that hold one of several levels: `"contract"`, `"channel"`. */
  readonly factors: readonly string[];
  /** Properties that hold numbers and are features as they are; none when absent. */
  readonly numbers?: readonly string[] | undefined;
  /** The property that holds the id of a row; rows are numbered `"0"`, `"1"`, … when absent. */
  readonly id?: string | undefined;
  /** The levels of a factor in an order of yours, the first being the reference; those that occur when absent. */
  readonly levels?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The level of a factor that the others are compared with; its first one when absent. */
  readonly reference?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether the reference has a column too. Default false: with an intercept, the columns of all levels add up to a constant, which
   * no regression can tell from it. Set it for distances and clusters.
   */
  readonly keepReference?: boolean | undefined;
  /** A missing cell is missing (NaN) in every column of its factor: `"keep"`, the default; or is the level `(missing)`. */
  readonly missing?: "keep" | "level" | undefined;
  /** A level that was not there in fitting is refused (the default), missing, or counted as none of the known ones. */
  readonly unknown?: "refuse" | "missing" | "none" | undefined;
}

/** One factor as it was learned. */
export interface FactorLevels {
  /** The property of a row. */
  readonly name: string;
  /** Every level, the reference among them, in order. */
  readonly levels: readonly string[];
  /** The level that the others are compared with; null when the factor has no level. */
  readonly reference: string | null;
}

/** How named columns of levels become columns of 0 and 1, the same for every set of rows. */
export interface FactorModel extends ModelHeader {
  /** Always `"factors"`. */
  readonly kind: "factors";
  /** Version of the layout. */
  readonly version: 1;
  /** The property that holds the id; null when rows are numbered. */
  readonly id: string | null;
  /** The properties that are features as they are. */
  readonly numbers: readonly string[];
  /** The factors with their levels. */
  readonly factors: readonly FactorLevels[];
  /** Whether the reference has a column. */
  readonly keepReference: boolean;
  /** What a missing cell is. */
  readonly missing: "keep" | "level";
  /** What a new level is. */
  readonly unknown: "refuse" | "missing" | "none";
}

const missingLevel = "(missing)";

function isLevels(value: unknown): boolean {
  return (
    isRecord(value) &&
    Object.values(value).every((levels) => isTextList(levels) && levels.length > 0 && isDistinct(levels))
  );
}

const isDistinct = (list: readonly string[]): boolean => new Set(list).size === list.length;

/** Option table of {@link fitFactors}. */
export const fitFactorsOptions: OptionTable<FitFactorsOptions, "id" | "levels" | "reference"> = {
  factors: texts(),
  numbers: custom("a list of property names", isTextList, [null, "age", 1, [1], {}], { default: [] }),
  id: text({ optional: true }),
  levels: custom(
    "a record of distinct levels by factor",
    isLevels,
    [null, 1, [], "a", { a: [] }, { a: ["b", "b"] }, { a: [1] }, { a: "b" }],
    { optional: true },
  ),
  reference: custom(
    "a record of one level by factor",
    (value) => isRecord(value) && Object.values(value).every((level) => typeof level === "string"),
    [null, 1, [], "a", { a: 1 }, { a: null }],
    { optional: true },
  ),
  keepReference: flag({ default: false }),
  missing: oneOf(["keep", "level"], { default: "keep" }),
  unknown: oneOf(["refuse", "missing", "none"], { default: "refuse" }),
};

/** Columns times rows that a table may have. */
const mostCells = 2 ** 28;

/**
 * Learns the levels of named columns, so that a contract, a channel or a region can enter a regression: one column of 0 and 1
 * for each level but the reference, named `contract=two years`. Its coefficient is then the difference from the reference.
 *
 * Numbers and true or false are levels too. Levels stand in code-unit order, or by size when all are numbers ("2" before "10").
 * null, undefined, NaN and `""` are missing. For the extra columns of a log pass `toEvents(log)`; `customerView` makes
 * the columns of declared attributes by itself.
 *
 * @param rows - any iterable of objects: one per customer, session or event; read once. Only rows to learn from: a level that is
 * in the held-out rows alone must not have a column.
 * @param options - see {@link FitFactorsOptions}; inherited properties of rows are not data.
 * @returns a model for {@link transformFactors}; `features` are the columns. A factor of one level has no column but a note.
 * @throws {ClienteleError} `invalid-value` with row and property of a cell that is no level; `invalid-option` for a name
 * that is listed twice, or a reference that is no level. Cost: one lookup per row and factor.
 * @example
 * const plans = [{ id: "a", plan: "basic", seats: 3 }, { id: "b", plan: "pro", seats: 9 }];
 * const model = fitFactors(plans, { id: "id", numbers: ["seats"], factors: ["plan"] });
 * model.features; // ["seats", "plan=pro"]
 * transformFactors(model, plans).values; // Float64Array [3, 0, 9, 1]
 */
export function fitFactors(rows: Iterable<object>, options: FitFactorsOptions): FactorModel {
  const caller = "fitFactors";
  const read = readOptions(caller, fitFactorsOptions, options);
  const { factors, numbers, id, keepReference, missing, unknown } = read;
  checkNames(caller, factors, numbers);
  for (const key of ["levels", "reference"] as const) {
    const stray = Object.keys(read[key] ?? {}).findIndex((name) => !factors.includes(name));
    if (stray >= 0)
      refuse(caller, "invalid-option", `options.${key}`, "a record by names of options.factors", "another name");
  }
  const found = factors.map(() => new Set<string>());
  const isMissing = factors.map(() => false);
  const readers = factors.map((name) => readerOf<object>(name));
  let row = 0;
  for (const object of objectsOf(caller, rows)) {
    for (let f = 0; f < factors.length; f++) {
      const level = levelOf(caller, `rows[${row}].${factors[f]}`, readers[f](object));
      if (level === null) isMissing[f] = true;
      else found[f].add(level);
    }
    row++;
  }
  const notes: Note[] = [];
  const learned = factors.map((name, f): FactorLevels => {
    const own = lookUp(read.levels ?? {}, name);
    const levels = own === undefined ? inOrder([...found[f]]) : [...own];
    if (missing === "level" && isMissing[f] && !levels.includes(missingLevel)) levels.push(missingLevel);
    const reference = lookUp(read.reference ?? {}, name) ?? levels.at(0) ?? null;
    if (reference !== null && !levels.includes(reference)) {
      refuse(
        caller,
        "invalid-option",
        "options.reference",
        `a level of the factor at options.factors[${f}]`,
        "another",
      );
    }
    if (levels.length < 2) {
      notes.push({
        code: "constant-factor",
        message: `${name} has ${levels.length === 1 ? "one level" : "no level"} only.`,
      });
    }
    return { name, levels, reference };
  });
  return {
    ...{ kind: "factors", version: 1, features: featuresOf(numbers, learned, keepReference) },
    ...{ notes, id: id ?? null, numbers: [...numbers], factors: learned, keepReference, missing, unknown },
  };
}

/**
 * Turns rows into features by the levels that were learned, so that new customers get the columns of the old ones.
 *
 * @param model - of {@link fitFactors}.
 * @param rows - objects with the properties of the model.
 * @returns one row per object: the numbers as they are, then 1 in the column of its level and 0 in those of the others.
 * @throws {ClienteleError} `incompatible-model`; `invalid-value` with row and property of a cell that is no number or level, of
 * a level that the model does not know (unless `unknown` says otherwise), of a missing or repeated id; `too-large` beyond 2²⁸
 * cells.
 * @example
 * const model = fitFactors([{ plan: "basic" }, { plan: "pro" }], { factors: ["plan"], unknown: "none" });
 * transformFactors(model, [{ plan: "pro" }, { plan: "trial" }]).values; // Float64Array [1, 0]
 */
export function transformFactors(model: FactorModel, rows: Iterable<object>): FeatureTable {
  const caller = "transformFactors";
  checkModel(caller, model, {
    kind: "factors",
    version: 1,
    shape: {
      id: (value) => value === null || typeof value === "string",
      numbers: isTextList,
      factors: (value) => Array.isArray(value) && value.every(isFactor),
      keepReference: (value, { numbers, factors, features }) =>
        typeof value === "boolean" && isSameList(featuresOf(numbers, factors, value), features),
      missing: (value) => value === "keep" || value === "level",
      unknown: (value) => value === "refuse" || value === "missing" || value === "none",
    },
  });
  const { id, numbers, keepReference } = model;
  const names = [...model.features];
  const readId = id === null ? undefined : readerOf<object>(id);
  const readNumbers = numbers.map((name) => readerOf<object>(name));
  const factors = model.factors.map((factor) => columnsOf(factor, keepReference));
  const ids: string[] = [];
  const values: number[] = [];
  for (const row of objectsOf(caller, rows)) {
    const path = `rows[${ids.length}]`;
    ids.push(readId === undefined ? String(ids.length) : idOf(caller, `${path}.${String(id)}`, readId(row)));
    if (ids.length * names.length > mostCells) {
      refuse(caller, "too-large", "rows", `at most 2^28 / ${names.length} rows`, "more");
    }
    readNumbers.forEach((read, j) => values.push(cellOf(caller, `${path}.${numbers[j]}`, read(row))));
    for (const { read, name, place, width } of factors) {
      const at = `${path}.${name}`;
      const own = placeOf(caller, at, levelOf(caller, at, read(row)), place, model);
      for (let column = 0; column < width; column++) values.push(own === null ? NaN : column === own ? 1 : 0);
    }
  }
  return checkedTable(caller, { ids, names, values: Float64Array.from(values) });
}

/** The column of each level; −1 for a reference without one. */
function columnsOf({ name, levels, reference }: FactorLevels, keepReference: boolean) {
  const withColumn = levels.filter((level) => keepReference || level !== reference);
  const place = new Map(withColumn.map((level, column) => [level, column]));
  if (!keepReference && reference !== null) place.set(reference, -1);
  return { name, read: readerOf<object>(name), place, width: withColumn.length };
}

/** The column of a cell; −1 for none; null when all columns of the factor are missing. */
function placeOf(
  caller: string,
  path: string,
  level: string | null,
  place: ReadonlyMap<string, number>,
  { missing, unknown }: FactorModel,
): number | null {
  if (level === null && missing === "keep") return null;
  const own = place.get(level ?? missingLevel);
  if (own !== undefined) return own;
  if (unknown === "missing") return null;
  if (unknown === "none") return -1;
  return refuse(caller, "invalid-value", path, "a level that was there in fitting", "another one");
}

function featuresOf(numbers: readonly string[], factors: readonly FactorLevels[], keepReference: boolean): string[] {
  const dummies = factors.flatMap(({ name, levels, reference }) =>
    levels.filter((level) => keepReference || level !== reference).map((level) => `${name}=${level}`),
  );
  return [...numbers, ...dummies];
}

/** The level in a raw cell, null for a missing one, or a refusal. */
function levelOf(caller: string, path: string, raw: unknown): string | null {
  if (typeof raw === "string") return raw === "" ? null : raw;
  if (raw === null || raw === undefined || Number.isNaN(raw)) return null;
  // Adding 0 makes −0 the level 0.
  if (typeof raw === "number" && Number.isFinite(raw)) return String(raw + 0);
  if (typeof raw === "boolean" || typeof raw === "bigint") return String(raw);
  return refuse(caller, "invalid-value", path, "a text, a number, true or false, or missing", describeCell(raw));
}

/** By size when all are numbers, in code-unit order otherwise. */
function inOrder(levels: string[]): string[] {
  if (levels.every((level) => String(Number(level)) === level)) return levels.sort((a, b) => Number(a) - Number(b));
  return levels.sort();
}

function checkNames(caller: string, factors: readonly string[], numbers: readonly string[]): void {
  const seen = new Set<string>();
  for (const [key, names] of [
    ["numbers", numbers],
    ["factors", factors],
  ] as const) {
    names.forEach((name, i) => {
      if (seen.has(name)) refuse(caller, "invalid-option", `options.${key}[${i}]`, "a new name", "a repeated one");
      seen.add(name);
    });
  }
}

function isFactor(value: unknown): boolean {
  if (!isRecord(value) || typeof value["name"] !== "string" || !isTextList(value["levels"])) return false;
  const { levels, reference } = value;
  return isDistinct(levels) && (levels.length === 0 ? reference === null : levels.includes(reference as string));
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
