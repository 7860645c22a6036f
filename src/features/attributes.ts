import { isRecord, put } from "../core/dictionary.ts";
import { describeCell, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, isTextList, type OptionSpec } from "../core/options.ts";
import { type Codes, codesOf } from "../tables/codes.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { daysBefore } from "./elapsed-days.ts";

/** What a customer (or somebody about them) said once: an answer, a preference, an income band, with source and date. */
export interface DeclaredAttribute {
  /** Who. */
  readonly customer: string;
  /** What it is about: `"age"`, `"incomeBand"`. */
  readonly name: string;
  /** A finite number, or a text that is one of several levels. */
  readonly value: number | string;
  /** Where it comes from: `"survey 2024"`, `"crm"`. */
  readonly source: string;
  /** When it was declared: epoch milliseconds, UTC. */
  readonly time: number;
}

/** The options about attributes, shared by the batch and the incremental view. */
export interface AttributeOptions {
  /**
   * Declarations in any order. The latest one at or before `asOf` counts; of several at one time the one whose source, then
   * value, comes last in code-unit order. Attributes of customers who are not in the view are left out.
   */
  readonly attributes?: readonly DeclaredAttribute[] | undefined;
  /**
   * For attributes of text, the levels that have a column, whether somebody has them or not: so that tomorrow's view has
   * the columns of today's. Without it the levels are those that occur, at most the 50 most frequent ones.
   */
  readonly attributeLevels?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Rows of the option tables. */
export const attributeSpecs: {
  readonly attributes: OptionSpec<readonly DeclaredAttribute[]>;
  readonly attributeLevels: OptionSpec<Readonly<Record<string, readonly string[]>>>;
} = {
  attributes: custom("a list of declarations", Array.isArray, [null, 1, "age", {}], { optional: true }),
  attributeLevels: custom(
    "a record of distinct levels by attribute",
    isLevels,
    [null, 1, [], "a", { a: "b" }, { a: [] }, { a: [1] }, { a: ["b", "b"] }],
    { optional: true },
  ),
};

function isLevels(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return Object.values(value).every(
    (levels) => isTextList(levels) && levels.length > 0 && new Set(levels).size === levels.length,
  );
}

/** How many levels of an attribute get a column where `attributeLevels` does not name them. */
const mostLevels = 50;

/** Refuses what is no declaration. */
function checkDeclaration(caller: string, path: string, declared: DeclaredAttribute): void {
  if (!isRecord(declared)) refuse(caller, "invalid-value", path, "a declaration", describeCell(declared));
  const { customer, value, time } = declared;
  for (const key of ["customer", "name", "source"] as const) {
    if (typeof declared[key] !== "string") {
      refuse(caller, "invalid-value", `${path}.${key}`, "a string", describeCell(declared[key]));
    }
  }
  if (customer === "") refuse(caller, "invalid-value", `${path}.customer`, "a customer", "an empty string");
  if (typeof value !== "string" && !Number.isFinite(value)) {
    refuse(caller, "invalid-value", `${path}.value`, "a finite number or a string", describeCell(value));
  }
  if (!Number.isFinite(time)) refuse(caller, "invalid-value", `${path}.time`, "epoch milliseconds", describeCell(time));
}

/** Tells whether a declaration takes the place of another one about the same; the same pair in any order, whatever came first. */
function isLater(a: DeclaredAttribute, b: DeclaredAttribute): boolean {
  if (a.time !== b.time) return a.time > b.time;
  if (a.source !== b.source) return a.source > b.source;
  if (typeof a.value !== typeof b.value) return typeof a.value === "string";
  return a.value > b.value;
}

/** Attributes as columns. */
export interface AttributeTable {
  /** One row per customer of the view. */
  readonly table: FeatureTable;
  /** By attribute: where the value of each row comes from. */
  readonly sources: Record<string, Codes>;
  /** Attributes of so many levels that some have no column. */
  readonly notes: readonly Note[];
}

/**
 * Puts what is known of each customer at an instant side by side: the numbers of an attribute in a column of its name, each
 * level of its texts in a column `name=level` of 0 and 1, and in `${name}AgeDays` the days since it was declared. NaN where
 * a customer has not declared it.
 *
 * @param caller - the public function.
 * @param ids - the customers, in order.
 * @param options - the attributes, the levels, the instant.
 * @returns attributes in code-unit order of their names.
 */
export function attributeTable(
  caller: string,
  ids: readonly string[],
  options: AttributeOptions & { readonly asOf: number; readonly timeZone?: string | undefined },
): AttributeTable {
  const { attributes = [], attributeLevels = {}, asOf, timeZone } = options;
  const rowOf = new Map(attributes.length === 0 ? [] : ids.map((id, row) => [id, row]));
  const known = new Map<string, Map<number, DeclaredAttribute>>();
  for (const name of Object.keys(attributeLevels)) known.set(name, new Map());
  attributes.forEach((declared, i) => {
    checkDeclaration(caller, `options.attributes[${i}]`, declared);
    const row = rowOf.get(declared.customer);
    if (declared.time > asOf || row === undefined) return;
    let latest = known.get(declared.name);
    if (latest === undefined) known.set(declared.name, (latest = new Map<number, DeclaredAttribute>()));
    const before = latest.get(row);
    if (before === undefined || isLater(declared, before)) latest.set(row, declared);
  });
  const notes: Note[] = [];
  const columns: { readonly name: string; readonly cell: (declared: DeclaredAttribute) => number; readonly of: string }[] = []; // prettier-ignore
  const units: Record<string, string> = {};
  const sources: Record<string, Codes> = {};
  const daysSince = daysBefore(asOf, timeZone);
  for (const of of [...known.keys()].sort()) {
    const latest = known.get(of) ?? new Map<number, DeclaredAttribute>();
    const levels = Object.hasOwn(attributeLevels, of) ? attributeLevels[of] : levelsOf(of, latest, notes);
    if ([...latest.values()].some(({ value }) => typeof value === "number")) {
      columns.push({ name: of, of, cell: ({ value }) => (typeof value === "number" ? value + 0 : NaN) });
    }
    for (const level of levels) {
      columns.push({ name: `${of}=${level}`, of, cell: ({ value }) => (value === level ? 1 : 0) });
    }
    columns.push({ name: `${of}AgeDays`, of, cell: ({ time }) => daysSince(time) });
    put(units, `${of}AgeDays`, "day");
    put(sources, of, codesOf(ids.map((_, row) => latest.get(row)?.source ?? null)));
  }
  checkCells(caller, ids.length, columns.length);
  const values = new Float64Array(ids.length * columns.length).fill(NaN);
  columns.forEach(({ of, cell }, j) => {
    for (const [row, declared] of known.get(of) ?? []) values[row * columns.length + j] = cell(declared);
  });
  return { table: { ids, names: columns.map(({ name }) => name), values, units }, sources, notes };
}

/** The levels that occur, in code-unit order; the most frequent ones where they are many. */
function levelsOf(name: string, latest: ReadonlyMap<number, DeclaredAttribute>, notes: Note[]): string[] {
  const counts = new Map<string, number>();
  for (const { value } of latest.values()) {
    if (typeof value === "string") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  if (counts.size <= mostLevels) return [...counts.keys()].sort();
  const message = `${name} has ${counts.size} levels; the ${mostLevels} most frequent ones have a column.`;
  notes.push({ code: "many-levels", message });
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return byCount.slice(0, mostLevels).map(([level]) => level).sort(); // prettier-ignore
}

function checkCells(caller: string, rows: number, columns: number): void {
  if (rows * columns <= 2 ** 28) return;
  refuse(caller, "too-large", "options.attributes", "fewer columns than 2^28 / customers", `${columns} of them`);
}
