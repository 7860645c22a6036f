import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { isTextList } from "../core/options.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkLabels } from "../tables/labels.ts";
import { type Cells, checkNotInfinite } from "./preparation.ts";
import type { CutoffHorizon, PropensityOutcomes, StageLabels } from "./propensity-options.ts";

/** Customers at cutoffs, with what was known then and what came. */
export interface PropensityRows extends Cells {
  /** 1 = the outcome came. */
  readonly outcome: Uint8Array;
  /** A number per customer. */
  readonly customer: Uint32Array;
  /** Position in `cutoffs`. */
  readonly at: Uint32Array;
  /** Position in the wanted stages; 0 for all without them. */
  readonly stage: Uint32Array;
  /** The cutoffs, from early to late; NaN when there is one that nobody has told. */
  readonly cutoffs: readonly CutoffHorizon[];
  /** Whether it was told when the horizons end. */
  readonly hasHorizons: boolean;
  /** Outcomes given. */
  readonly read: number;
  /** Outcomes without a row in the tables. */
  readonly notInTable: number;
  /** Outcomes of customers in other stages. */
  readonly otherStage: number;
}

/** Which stages to learn from, and where they stand. */
export interface WantedStages {
  readonly lifecycle: readonly StageLabels[];
  readonly stages: readonly string[];
}

/** A row of the tables with its outcome. */
interface Match {
  readonly table: number;
  readonly row: number;
  readonly outcome: number;
}

/**
 * Brings features, outcomes and stages together, by customer and cutoff.
 *
 * @param caller - the public function.
 * @param given - one table, or one per cutoff.
 * @param outcomes - what came.
 * @param wanted - the stages; all rows when absent.
 * @returns the rows that have features and an outcome, cutoff by cutoff.
 */
export function matchRows(
  caller: string,
  given: FeatureTable | readonly FeatureTable[],
  outcomes: PropensityOutcomes,
  wanted: WantedStages | undefined,
): PropensityRows {
  const tables = readTables(caller, given);
  const cutoffs = cutoffsOf(caller, outcomes);
  if (cutoffs.length !== tables.length) {
    const expected = cutoffs.length === 1 ? "1 table" : `${cutoffs.length} tables, one per cutoff`;
    refuse(caller, "shape-mismatch", "table", expected, String(tables.length));
  }
  const { names } = tables[0];
  const stageOf = wanted === undefined ? undefined : tables.map((table, t) => stagesOf(caller, table, t, wanted));
  const customerOf = new Map<string, number>();
  const matches: Match[] = [];
  const customers: number[] = [];
  const stageAt = ({ table, row }: Match): number => stageOf?.[table][row] ?? 0;
  let [read, notInTable, otherStage] = [0, 0, 0];
  const add = (id: string, match: Match): void => {
    read++;
    if (match.row < 0) notInTable++;
    else if (stageAt(match) < 0) otherStage++;
    else {
      let customer = customerOf.get(id);
      if (customer === undefined) customerOf.set(id, (customer = customerOf.size));
      customers.push(customer);
      matches.push(match);
    }
  };
  if (outcomes instanceof Uint8Array) {
    const { ids } = tables[0];
    if (outcomes.length !== ids.length) {
      refuse(caller, "shape-mismatch", "outcomes", `${ids.length} numbers, one per row of the table`, String(outcomes.length)); // prettier-ignore
    }
    checkZeroOne(caller, "outcomes", outcomes);
    ids.forEach((id, row) => add(id, { table: 0, row, outcome: outcomes[row] }));
  } else {
    for (const { id, table, row, outcome } of rowsOfOutcomes(caller, tables, cutoffs, outcomes)) {
      add(id, { table, row, outcome });
    }
  }
  const width = names.length;
  const values = new Float64Array(matches.length * width);
  matches.forEach(({ table, row }, i) => {
    values.set(tables[table].values.subarray(row * width, (row + 1) * width), i * width);
  });
  return {
    names: [...names],
    values,
    outcome: Uint8Array.from(matches, ({ outcome }) => outcome),
    customer: Uint32Array.from(customers),
    at: Uint32Array.from(matches, ({ table }) => table),
    stage: Uint32Array.from(matches, stageAt),
    cutoffs,
    hasHorizons: !(outcomes instanceof Uint8Array) && outcomes.report !== undefined,
    ...{ read, notInTable, otherStage },
  };
}

function readTables(caller: string, given: FeatureTable | readonly FeatureTable[]): readonly FeatureTable[] {
  const isMany: boolean = Array.isArray(given);
  const tables = (isMany ? given : [given]) as readonly FeatureTable[];
  if (tables.length === 0) refuse(caller, "shape-mismatch", "table", "a table, or one per cutoff", "an empty list");
  tables.forEach((table, t) => {
    const path = isMany ? `table[${t}]` : "table";
    checkTable(caller, table, path);
    checkNotInfinite(caller, table, path);
    const { names } = tables[0];
    const isSame = table.names.length === names.length && table.names.every((name, j) => name === names[j]);
    if (!isSame) refuse(caller, "shape-mismatch", `${path}.names`, "the features of the first table", "others");
  });
  if (tables[0].names.length === 0) refuse(caller, "shape-mismatch", "table.names", "at least 1 feature", "0");
  if (tables.every(({ ids }) => ids.length === 0)) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  return tables;
}

/** The cutoffs from early to late, also those without an outcome yet. */
function cutoffsOf(caller: string, outcomes: PropensityOutcomes): PropensityRows["cutoffs"] {
  const untold = [{ cutoff: NaN, to: NaN }];
  if (outcomes instanceof Uint8Array) return untold;
  if (!isRecord(outcomes) || !isTextList(outcomes.ids)) {
    refuse(caller, "shape-mismatch", "outcomes", "ids and outcome, or a Uint8Array", describeValue(outcomes));
  }
  const { ids, outcome, cutoffs, report } = outcomes;
  if (!(outcome instanceof Uint8Array) || outcome.length !== ids.length) {
    refuse(caller, "shape-mismatch", "outcomes.outcome", `${ids.length} numbers in a Uint8Array`, describeValue(outcome)); // prettier-ignore
  }
  checkZeroOne(caller, "outcomes.outcome", outcome);
  if (cutoffs === undefined) return untold;
  if (!isList(cutoffs) || cutoffs.length !== ids.length) {
    refuse(caller, "shape-mismatch", "outcomes.cutoffs", `${ids.length} times`, describeValue(cutoffs));
  }
  for (let i = 0; i < cutoffs.length; i++) {
    const time: unknown = cutoffs[i];
    if (!Number.isFinite(time)) refuse(caller, "invalid-value", `outcomes.cutoffs[${i}]`, "finite", describeCell(time));
  }
  const ends = new Map(report?.cutoffs.map(({ cutoff, to }) => [cutoff, to]));
  const known = new Set([...ends.keys(), ...Array.from(cutoffs)]);
  const sorted = [...known].sort((a, b) => a - b).map((cutoff) => ({ cutoff, to: ends.get(cutoff) ?? cutoff }));
  return sorted.length === 0 ? untold : sorted;
}

function checkZeroOne(caller: string, path: string, outcome: Uint8Array): void {
  const wrong = outcome.findIndex((one) => one > 1);
  if (wrong >= 0) refuse(caller, "invalid-value", `${path}[${wrong}]`, "0 or 1", "another number");
}

/** For each outcome the row of its customer in the table of its cutoff; −1 where there is none. */
function* rowsOfOutcomes(
  caller: string,
  tables: readonly FeatureTable[],
  known: PropensityRows["cutoffs"],
  { ids, outcome, cutoffs }: Exclude<PropensityOutcomes, Uint8Array>,
): Generator<Match & { readonly id: string }> {
  const tableOf = new Map(known.map(({ cutoff }, t) => [cutoff, t]));
  const rowOf = tables.map((table) => new Map(table.ids.map((id, row) => [id, row])));
  const seen = tables.map(() => new Set<string>());
  const found: (Match & { readonly id: string })[][] = tables.map(() => []);
  ids.forEach((id, i) => {
    const table = cutoffs === undefined ? 0 : (tableOf.get(cutoffs[i]) as number);
    if (seen[table].has(id)) {
      refuse(caller, "invalid-value", `outcomes.ids[${i}]`, "once per cutoff", "a repeated one");
    }
    seen[table].add(id);
    found[table].push({ id, table, row: rowOf[table].get(id) ?? -1, outcome: outcome[i] });
  });
  for (const part of found) yield* part;
}

/** For each row of a table the position of its customer's stage among the wanted ones; −1 = another stage, or none. */
function stagesOf(caller: string, table: FeatureTable, t: number, { lifecycle, stages }: WantedStages): Int32Array {
  if (t >= lifecycle.length) {
    refuse(caller, "shape-mismatch", "options.lifecycle", "one entry per table", String(lifecycle.length));
  }
  const path = lifecycle.length === 1 ? "options.lifecycle" : `options.lifecycle[${t}]`;
  const { ids = table.ids, labels, names } = lifecycle[t];
  checkLabels(caller, `${path}.labels`, labels, ids.length, names.length);
  stages.forEach((stage, s) => {
    if (names.includes(stage)) return;
    refuse(caller, "invalid-option", `options.stages[${s}]`, `one of ${names.join(", ")}`, "another name");
  });
  const placeOf = names.map((name) => stages.indexOf(name));
  const known = new Map(ids.map((id, i) => [id, placeOf[labels[i]] ?? -1]));
  return Int32Array.from(table.ids, (id) => known.get(id) ?? -1);
}
