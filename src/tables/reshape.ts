import { describeValue, refuse } from "../core/errors.ts";
import { entriesOf, put } from "../core/dictionary.ts";
import { isTextList, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { checkedTable, checkTable, featureIndex, type FeatureTable } from "./feature-table.ts";

/** Options of {@link joinFeatures}. */
export interface JoinFeaturesOptions {
  /** `"inner"` keeps customers that are in every table, `"outer"` those that are in any; default `"outer"`. */
  readonly how?: "inner" | "outer" | undefined;
}

/** Option table of {@link joinFeatures}. */
export const joinFeaturesOptions: OptionTable<JoinFeaturesOptions> = {
  how: oneOf(["inner", "outer"], { default: "outer" }),
};

/**
 * Joins feature tables on the customer id.
 *
 * @param tables - at least one; no two may have a feature of the same name.
 * @param options - which customers to keep.
 * @returns all features side by side; customers in the order of first appearance; NaN where a table does not know one.
 * @throws {ClienteleError} `too-few-rows` without tables; `invalid-value` when a feature name or an id of a table repeats.
 * @example
 * const age = fromMatrix([[31], [45]], { ids: ["a", "b"], names: ["age"] });
 * const orders = fromMatrix([[2]], { ids: ["b"], names: ["orders"] });
 * joinFeatures([age, orders], { how: "inner" }).values; // Float64Array [45, 2]
 */
export function joinFeatures(tables: readonly FeatureTable[], options?: JoinFeaturesOptions): FeatureTable {
  const { how } = readOptions("joinFeatures", joinFeaturesOptions, options);
  // A type guard on a readonly array would turn its items into any, so the test stands apart from the value.
  const isList: boolean = Array.isArray(tables);
  if (!isList) refuse("joinFeatures", "shape-mismatch", "tables", "a list of tables", describeValue(tables));
  if (tables.length === 0) refuse("joinFeatures", "too-few-rows", "tables", "at least 1 table", "0");
  for (let t = 0; t < tables.length; t++) checkedTable("joinFeatures", tables[t], `tables[${t}]`);
  const known = new Map<string, number>();
  for (const table of tables) for (const id of table.ids) known.set(id, (known.get(id) ?? 0) + 1);
  const ids = [...known.keys()].filter((id) => how === "outer" || known.get(id) === tables.length);
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const names = tables.flatMap((table) => table.names);
  const values = new Float64Array(ids.length * names.length).fill(NaN);
  let offset = 0;
  for (const table of tables) {
    const width = table.names.length;
    table.ids.forEach((id, i) => {
      const row = rowOf.get(id);
      if (row === undefined) return;
      values.set(table.values.subarray(i * width, (i + 1) * width), row * names.length + offset);
    });
    offset += width;
  }
  return checkedTable("joinFeatures", { ids, names, values, ...unitsOf(tables, names) });
}

/**
 * Keeps some features, in the order given.
 *
 * @param table - any table.
 * @param names - which features; each at most once.
 * @returns a new table with the same rows.
 * @throws {ClienteleError} `invalid-option` when a feature is unknown; `invalid-value` when one repeats or `names` is no list.
 * @example
 * selectFeatures(fromMatrix([[1, 2]], { names: ["age", "income"] }), ["income"]).values; // Float64Array [2]
 */
export function selectFeatures(table: FeatureTable, names: readonly string[]): FeatureTable {
  checkTable("selectFeatures", table);
  if (!isTextList(names)) {
    refuse("selectFeatures", "invalid-value", "names", "a list of feature names", describeValue(names));
  }
  const indexes = names.map((name, n) => featureIndex("selectFeatures", table, `names[${n}]`, name));
  const width = table.names.length;
  const values = new Float64Array(table.ids.length * names.length);
  for (let i = 0; i < table.ids.length; i++) {
    for (let j = 0; j < indexes.length; j++) values[i * indexes.length + j] = table.values[i * width + indexes[j]];
  }
  return checkedTable("selectFeatures", { ids: [...table.ids], names: [...names], values, ...unitsOf([table], names) });
}

/**
 * Keeps some customers, in their order.
 *
 * @param table - any table.
 * @param keep - one byte per row (0 = drop), or a function of the row number.
 * @returns a new table with the rows that are kept.
 * @throws {ClienteleError} `shape-mismatch` when `keep` has another length than the table.
 * @example
 * filterRows(fromMatrix([[1], [2], [3]]), (i) => i !== 1).ids; // ["0", "2"]
 */
export function filterRows(table: FeatureTable, keep: Uint8Array | ((row: number) => boolean)): FeatureTable {
  checkTable("filterRows", table);
  const { ids, names, values } = table;
  if (typeof keep !== "function" && (!(keep instanceof Uint8Array) || keep.length !== ids.length)) {
    refuse("filterRows", "shape-mismatch", "keep", `${ids.length} bytes, or be a function`, describeValue(keep));
  }
  const kept: number[] = [];
  for (let i = 0; i < ids.length; i++) if (typeof keep === "function" ? keep(i) : keep[i] !== 0) kept.push(i);
  const width = names.length;
  const block = new Float64Array(kept.length * width);
  kept.forEach((i, row) => block.set(values.subarray(i * width, (i + 1) * width), row * width));
  return { ids: kept.map((i) => ids[i]), names: [...names], values: block, ...unitsOf([table], names) };
}

/**
 * Turns a table into row objects, for printing, CSV writers and JSON.
 *
 * @param table - any table.
 * @returns one object per customer: `id`, then each feature; missing cells are NaN.
 * @throws {ClienteleError} `invalid-value` when a feature is called `id`.
 * @example
 * toRows(fromMatrix([[31]], { ids: ["a"], names: ["age"] })); // [{ id: "a", age: 31 }]
 */
export function toRows(table: FeatureTable): Record<string, number | string>[] {
  checkTable("toRows", table);
  const taken = table.names.indexOf("id");
  if (taken >= 0) refuse("toRows", "invalid-value", `table.names[${taken}]`, "another name than id", "id");
  const width = table.names.length;
  return table.ids.map((id, i) => {
    const row: Record<string, number | string> = { id };
    table.names.forEach((name, j) => put(row, name, table.values[i * width + j]));
    return row;
  });
}

function unitsOf(tables: readonly FeatureTable[], names: readonly string[]): { units?: Record<string, string> } {
  const units: Record<string, string> = {};
  for (const table of tables) {
    for (const [name, unit] of entriesOf(table.units ?? {})) if (names.includes(name)) put(units, name, unit);
  }
  return Object.keys(units).length > 0 ? { units } : {};
}
