import { describeCell, refuse } from "../core/errors.ts";
import { distinctRows } from "../numeric/distinct-rows.ts";
import type { LeveledColumn } from "../numeric/levels.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";

/** What models of repeat buying read of a purchase summary. */
export const historyFeatures = ["frequency", "recency", "age"] as const;

/** The unit of a table that does not say in what it counts. */
const unknownUnit = "period";

/** Histories of customers, each distinct one once. */
export interface PurchaseRows {
  /** How many customers there are. */
  readonly customers: number;
  /** How many distinct histories there are: the length of each column. */
  readonly length: number;
  /** Repeat purchases. */
  readonly frequency: Float64Array;
  /** From the first purchase to the last. */
  readonly recency: Float64Array;
  /** From the first purchase to the end of the observation. */
  readonly age: Float64Array;
  /** Recency and age by the times that repeat. */
  readonly recencyLevels: LeveledColumn;
  readonly ageLevels: LeveledColumn;
  /** Further features, one row of `width` numbers per history. */
  readonly covariates: Float64Array;
  /** Number of further features. */
  readonly width: number;
  /** How many customers share a history. */
  readonly weight: Float64Array;
  /** For each customer the number of the history. */
  readonly rowOf: Uint32Array;
  /** What recency and age are counted in: the table's unit, `"period"` where it names none. */
  readonly unit: string;
}

/**
 * Reads frequency, recency and age, by name, from a purchase summary and checks that each history is possible.
 *
 * Equal histories are one row with a weight, and the rows are sorted by covariates, frequency, recency and age: sums over
 * them have the same bits in whatever order the customers came.
 *
 * @param caller - the public function, for messages.
 * @param table - what the user passed; other features may stand beside those that are read.
 * @param covariates - names of further features to read.
 * @param lacking - the code of the refusal when a feature is not there: `"incompatible-model"` in apply functions.
 * @returns see {@link PurchaseRows}. Cost: one sort.
 * @throws {ClienteleError} `invalid-value` at the first cell that is not finite or contradicts another; `shape-mismatch`.
 */
export function readPurchaseRows(
  caller: string,
  table: FeatureTable,
  covariates: readonly string[] = [],
  lacking: "invalid-option" | "incompatible-model" = "invalid-option",
): PurchaseRows {
  checkTable(caller, table);
  const at = [...covariates, ...historyFeatures].map((name) => placeOf(caller, table, name, lacking));
  const customers = table.ids.length;
  const { values } = table;
  const features = table.names.length;
  const [frequencyAt, recencyAt, ageAt] = at.slice(covariates.length);
  for (let i = 0, row = 0; i < customers; i++, row += features) {
    for (let j = 0; j < at.length; j++) {
      const value = values[row + at[j]];
      if (!Number.isFinite(value)) refuseCell(caller, i, at[j], "finite", value);
    }
    if (!isPossible(values[row + frequencyAt], values[row + recencyAt], values[row + ageAt])) {
      refuseHistory(caller, table, i);
    }
  }
  const { rows, weight, of, columns } = distinctRows(values, customers, features, at);
  const width = covariates.length;
  const numbersOf = ({ levels, at: places }: LeveledColumn): Float64Array => {
    const column = new Float64Array(places.length);
    for (let i = 0; i < column.length; i++) column[i] = levels[places[i]];
    return column;
  };
  const further = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    // Adding 0 makes one of 0 and −0.
    for (let j = 0; j < width; j++) further[i * width + j] = values[row * features + at[j]] + 0;
  });
  const [frequency, recency, age] = columns.slice(width);
  return {
    customers,
    length: rows.length,
    frequency: numbersOf(frequency),
    recency: numbersOf(recency),
    age: numbersOf(age),
    recencyLevels: recency,
    ageLevels: age,
    covariates: further,
    width,
    weight,
    rowOf: of,
    unit: unitOf(caller, table),
  };
}

/** Refuses a unit that is not the one in which model or data count; an unknown unit goes with every other. */
export function checkUnit(caller: string, known: string, unit: string, path = "table.units"): void {
  if (known === unit || known === unknownUnit || unit === unknownUnit) return;
  const code = path.startsWith("options") ? "invalid-option" : "incompatible-model";
  refuse(caller, code, path, `"${known}", as the data were counted`, "another unit");
}

/** The position of a feature that a model needs. */
export function placeOf(
  caller: string,
  table: FeatureTable,
  name: string,
  lacking: "invalid-option" | "incompatible-model",
): number {
  const place = table.names.indexOf(name);
  if (place < 0) refuse(caller, lacking, "table.names", `a list with ${name}`, "one without it");
  return place;
}

function isPossible(frequency: number, recency: number, age: number): boolean {
  const isCount = Number.isSafeInteger(frequency) && frequency >= 0;
  return isCount && recency >= 0 && recency > 0 === frequency > 0 && age >= recency;
}

/** Names the first cell that makes a history impossible. */
function refuseHistory(caller: string, table: FeatureTable, row: number): never {
  const at = historyFeatures.map((name) => table.names.indexOf(name));
  const [frequency, recency, age] = at.map((column) => table.values[row * table.names.length + column]);
  if (!(Number.isSafeInteger(frequency) && frequency >= 0)) {
    refuseCell(caller, row, at[0], "an integer of at least 0", frequency);
  }
  if (!(recency >= 0)) refuseCell(caller, row, at[1], "at least 0", recency);
  if (recency > 0 !== frequency > 0) {
    refuseCell(caller, row, at[1], "above 0 exactly where frequency is", recency);
  }
  refuseCell(caller, row, at[2], "at least the recency", age);
}

function refuseCell(caller: string, row: number, column: number, expected: string, received: number): never {
  refuse(caller, "invalid-value", `table.values[${row}, ${column}]`, expected, describeCell(received));
}

/** The one unit of recency and age. */
export function unitOf(caller: string, table: FeatureTable): string {
  const units = ["recency", "age"].map((name) => table.units?.[name] ?? unknownUnit);
  if (units[0] !== units[1]) {
    refuse(caller, "invalid-value", "table.units", "the same for recency and age", "two different units");
  }
  return units[0];
}
