import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { custom, integer, isTextList, type OptionTable, readOptions, texts } from "../core/options.ts";
import { isReader, type Reader, readerOf } from "./reader.ts";

/**
 * What is known about each customer: one row per id, one column per feature, in one block of numbers.
 * Row `i` is the same customer in every table, label vector and score that is derived from it.
 */
export interface FeatureTable {
  /** One distinct id per row. */
  readonly ids: readonly string[];
  /** One distinct name per column. */
  readonly names: readonly string[];
  /** Row-major, `ids.length × names.length`; NaN = missing. */
  readonly values: Float64Array;
  /** Units by feature name, for example `{ recency: "week" }`. */
  readonly units?: Readonly<Record<string, string>>;
}

/** How {@link featureTable} reads rows. */
export interface FeatureColumns<Row> {
  /** The customer id: a string, a finite number or a bigint. */
  readonly id: Reader<Row>;
  /** Property names that are features, or a reader per feature. */
  readonly features: readonly string[] | Readonly<Record<string, Reader<Row>>>;
}

const columnsTable: OptionTable<FeatureColumns<unknown>> = {
  id: custom("a property name or a function", isReader, [1, null, {}]),
  features: custom("a list of property names or a record of readers", isFeatures, [null, 1, "age", [1], { a: 1 }]),
};

function isFeatures(value: unknown): boolean {
  return isTextList(value) || (isRecord(value) && Object.values(value).every(isReader));
}

/**
 * Builds a feature table from row objects, for anyone who already has numbers per customer.
 *
 * @param rows - any iterable of objects, read once.
 * @param columns - which property is the id and which are features.
 * @returns one row per object, in order. Numbers are taken as they are, true/false become 1/0, and null, undefined and
 * NaN are missing.
 * @throws {ClienteleError} `invalid-value` with the row and column of the first cell that is not a number, of a missing
 * or a repeated id; `shape-mismatch` when `rows` cannot be iterated.
 * @example
 * const table = featureTable([{ id: "a", age: 31 }, { id: "b", age: null }], { id: "id", features: ["age"] });
 * table.values; // Float64Array [31, NaN]
 */
export function featureTable<Row extends object>(rows: Iterable<Row>, columns: FeatureColumns<Row>): FeatureTable {
  const { id, features } = readOptions("featureTable", columnsTable, columns as FeatureColumns<unknown>, "columns");
  const entries: [string, Reader][] = Array.isArray(features)
    ? features.map((name: string) => [name, name])
    : Object.entries(features as Record<string, Reader>);
  const caller = "featureTable";
  const readId = readerOf(id as Reader<Row>);
  const names = entries.map(([name]) => name);
  const readers = entries.map(([, reader]) => readerOf(reader as Reader<Row>));
  const ids: string[] = [];
  const values: number[] = [];
  for (const row of objectsOf(caller, rows)) {
    const path = `rows[${ids.length}]`;
    ids.push(idOf(caller, `${path}.id`, readId(row)));
    for (let j = 0; j < readers.length; j++) values.push(cellOf(caller, `${path}.${names[j]}`, readers[j](row)));
  }
  return checkedTable(caller, { ids, names, values: Float64Array.from(values) });
}

/** The rows one by one; refuses what cannot be iterated, and a row that is no object. */
export function* objectsOf<Row extends object>(caller: string, rows: Iterable<Row>): Generator<Row> {
  if (typeof rows === "string" || typeof (rows as Partial<Iterable<Row>> | null)?.[Symbol.iterator] !== "function") {
    refuse(caller, "shape-mismatch", "rows", "an iterator of objects", describeValue(rows));
  }
  let i = 0;
  for (const row of rows) {
    if (row === null || typeof row !== "object") {
      refuse(caller, "invalid-value", `rows[${i}]`, "an object", describeCell(row));
    }
    yield row;
    i++;
  }
}

/** The id in a raw cell, or a refusal. */
export function idOf(caller: string, path: string, raw: unknown): string {
  if (typeof raw === "string" && raw !== "") return raw;
  if (typeof raw === "bigint" || Number.isFinite(raw)) return String(raw);
  return refuse(caller, "invalid-value", path, "an id", raw === "" ? "an empty string" : describeValue(raw));
}

/** The number in a raw cell, NaN for a missing one, or a refusal. */
export function cellOf(caller: string, path: string, raw: unknown): number {
  if (typeof raw === "number") {
    if (raw === Infinity || raw === -Infinity) {
      refuse(caller, "invalid-value", path, "finite or missing", String(raw));
    }
    return raw;
  }
  if (raw === null || raw === undefined) return NaN;
  if (typeof raw === "boolean") return raw ? 1 : 0;
  return refuse(caller, "invalid-value", path, "a number or missing", describeValue(raw));
}

/** A matrix as ml-matrix has it: rows and columns, read cell by cell. */
export interface MatrixLike {
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
  /** One cell. */
  get(row: number, column: number): number;
}

/** Options of {@link fromMatrix}. */
export interface FromMatrixOptions {
  /** One id per row; `"0"`, `"1"`, … when absent. */
  readonly ids?: readonly string[] | undefined;
  /** One name per column; `"x0"`, `"x1"`, … when absent. */
  readonly names?: readonly string[] | undefined;
  /** Number of columns; required for a flat array when `names` is absent. */
  readonly columns?: number | undefined;
}

/** Option table of {@link fromMatrix}. */
export const fromMatrixOptions: OptionTable<FromMatrixOptions, "ids" | "names" | "columns"> = {
  ids: custom("a list of strings", isTextList, [null, "a", [1], 1], { optional: true }),
  names: texts({ optional: true }),
  columns: integer({ min: 1, optional: true }),
};

/**
 * Builds a feature table from numbers alone: an array of rows, a flat row-major typed array, or an ml-matrix matrix.
 *
 * @param values - n rows × d columns; NaN = missing. A typed array may be of any kind but bigints.
 * @param options - ids and names, and the number of columns of a flat array.
 * @returns a table with its own copy of the numbers.
 * @throws {ClienteleError} `shape-mismatch` for ragged rows or a length that does not divide; `invalid-value` for a cell
 * that is not a number or is infinite.
 * @example
 * fromMatrix([[1, 2], [3, 4]], { names: ["age", "income"] }).values; // Float64Array [1, 2, 3, 4]
 */
export function fromMatrix(
  values: readonly ArrayLike<number>[] | (ArrayBufferView & ArrayLike<number>) | MatrixLike,
  options?: FromMatrixOptions,
): FeatureTable {
  const caller = "fromMatrix";
  const { ids, names, columns } = readOptions(caller, fromMatrixOptions, options);
  const { flat, width } = flatten(caller, values, columns ?? names?.length);
  const rows = width === 0 ? (Array.isArray(values) ? values.length : 0) : flat.length / width;
  for (let cell = 0; cell < flat.length; cell++) {
    const value: unknown = flat[cell];
    if (value === Infinity || value === -Infinity) {
      const path = `values[${Math.floor(cell / width)}, ${cell % width}]`;
      refuse(caller, "invalid-value", path, "finite or NaN", String(value));
    }
  }
  return checkedTable(caller, {
    ids: ids === undefined ? Array.from({ length: rows }, (_, i) => String(i)) : [...ids],
    names: names === undefined ? Array.from({ length: width }, (_, j) => `x${j}`) : [...names],
    values: flat,
  });
}

function flatten(
  caller: string,
  values: readonly ArrayLike<number>[] | (ArrayBufferView & ArrayLike<number>) | MatrixLike,
  columns: number | undefined,
): { flat: Float64Array; width: number } {
  if (isNumbers(values)) {
    const width = columns ?? refuse(caller, "invalid-option", "options.columns", "given for a flat array", "undefined");
    if (values.length % width !== 0) {
      refuse(caller, "shape-mismatch", "values", `a multiple of ${width} numbers`, String(values.length));
    }
    return { flat: new Float64Array(values), width };
  }
  if (Array.isArray(values)) return flattenRows(caller, values, columns);
  const matrix = values as MatrixLike;
  if (matrix === null || typeof matrix !== "object" || typeof matrix.get !== "function") {
    refuse(caller, "shape-mismatch", "values", "rows of numbers", describeValue(values));
  }
  const rows = Array.from({ length: matrix.rows }, (_, i) =>
    Array.from({ length: matrix.columns }, (_cell, j) => matrix.get(i, j)),
  );
  return flattenRows(caller, rows, columns);
}

function isNumbers(value: unknown): value is ArrayBufferView & ArrayLike<number> {
  if (!ArrayBuffer.isView(value)) return false;
  return !(value instanceof DataView || value instanceof BigInt64Array || value instanceof BigUint64Array);
}

function flattenRows(
  caller: string,
  rows: readonly ArrayLike<number>[],
  columns: number | undefined,
): { flat: Float64Array; width: number } {
  const width = columns ?? rows[0]?.length ?? 0;
  const flat = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row: unknown = rows[i];
    if (!(Array.isArray(row) || isNumbers(row)) || row.length !== width) {
      const received = Array.isArray(row) ? String(row.length) : describeValue(row);
      refuse(caller, "shape-mismatch", `values[${i}]`, `${width} numbers`, received);
    }
    for (let j = 0; j < width; j++) {
      const cell: unknown = row[j];
      if (typeof cell !== "number") {
        refuse(caller, "invalid-value", `values[${i}, ${j}]`, "a number", describeValue(cell));
      }
      flat[i * width + j] = cell;
    }
  }
  return { flat, width };
}

/** Refuses a table whose parts do not fit together: lengths, names that repeat, ids that repeat. Returns it otherwise. */
export function checkedTable(caller: string, table: FeatureTable, at = "table"): FeatureTable {
  checkTable(caller, table, at);
  const { ids, names } = table;
  for (const [path, list] of [
    ["ids", ids],
    ["names", names],
  ] as const) {
    const seen = new Set<string>();
    for (let i = 0; i < list.length; i++) {
      if (seen.size === seen.add(list[i]).size) {
        refuse(caller, "invalid-value", `${at}.${path}[${i}]`, "different from those before", "a repeated one");
      }
    }
  }
  return table;
}

/**
 * Refuses something that is not a feature table or whose block has another size than ids × names.
 *
 * @param caller - the public function.
 * @param table - what the user passed.
 * @param path - how to call it in the message.
 */
export function checkTable(caller: string, table: FeatureTable, path = "table"): void {
  if (table === null || typeof table !== "object" || !Array.isArray(table.ids) || !Array.isArray(table.names)) {
    refuse(caller, "shape-mismatch", path, "ids, names and values", describeValue(table));
  }
  const cells = table.ids.length * table.names.length;
  if (!(table.values instanceof Float64Array) || table.values.length !== cells) {
    refuse(caller, "shape-mismatch", `${path}.values`, `${cells} numbers`, describeValue(table.values));
  }
}

/**
 * Refuses a table with a missing or infinite cell, for algorithms that cannot use one.
 *
 * @param caller - the public function.
 * @param table - a table of the right shape.
 * @param path - how to call it in the message.
 */
export function checkFinite(caller: string, table: FeatureTable, path = "table"): void {
  const { values, names } = table;
  for (let cell = 0; cell < values.length; cell++) {
    if (!Number.isFinite(values[cell])) {
      const at = `${path}.values[${Math.floor(cell / names.length)}, ${cell % names.length}]`;
      refuse(caller, "invalid-value", at, "finite", describeValue(values[cell]));
    }
  }
}

/** Position of a feature, or a refusal that names the features there are. */
export function featureIndex(caller: string, table: FeatureTable, path: string, name: string): number {
  const index = table.names.indexOf(name);
  if (index < 0)
    refuse(caller, "invalid-option", path, `a feature of the table (${table.names.join(", ")})`, "another name");
  return index;
}

/** Position of a feature that a function needs, or a refusal that names it. */
export function neededFeature(caller: string, table: FeatureTable, path: string, name: string): number {
  const index = table.names.indexOf(name);
  if (index < 0) refuse(caller, "invalid-option", `${path}.names`, `a list with ${name}`, "one without it");
  return index;
}

/**
 * Takes one feature out of a table.
 *
 * @param table - any table.
 * @param name - which feature.
 * @returns one number per row, a copy.
 * @throws {ClienteleError} `invalid-option` when there is no such feature.
 * @example
 * column(fromMatrix([[1, 2], [3, 4]], { names: ["age", "income"] }), "income"); // Float64Array [2, 4]
 */
export function column(table: FeatureTable, name: string): Float64Array {
  checkTable("column", table);
  const width = table.names.length;
  const j = featureIndex("column", table, "name", name);
  return Float64Array.from({ length: table.ids.length }, (_, i) => table.values[i * width + j]);
}
