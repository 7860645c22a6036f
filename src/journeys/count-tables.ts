import { describeValue, refuse } from "../core/errors.ts";
import { isTextList } from "../core/options.ts";
import { eachPair, type PairCounts } from "../numeric/pair-counts.ts";

/** A step that occurs in a table of many states. */
export interface TransitionEdge {
  /** Position of the state that is left; in a chain of higher order, of the context. */
  readonly from: number;
  /** Position of the state that follows. */
  readonly to: number;
  /** How often. */
  readonly count: number;
  /** `count` of all times that `from` was left, 0 … 1. */
  readonly probability: number;
}

/** Counts of steps and their shares: as squares, or, where these would be too large, as a list of the steps that occur. */
export interface CountTables {
  /** `counts[i][j]`: how often state j follows row i. Empty for more than 2,000 states, see `edges`. */
  readonly counts: readonly (readonly number[])[];
  /** Each row of `counts` as shares of its sum; a row of zeros where it is never left. Empty for more than 2,000 states. */
  readonly probabilities: readonly (readonly number[])[];
  /** The steps that occur, by position, for more than 2,000 states only: it then holds what `counts` and `probabilities` would. */
  readonly edges: readonly TransitionEdge[];
}

/** More states than these are refused. */
const mostStates = 10_000;

/** Tables of more cells are not written out: 2,000 states, the start and the end, squared. Two such tables take 64 MB. */
const mostCells = 2002 ** 2;

/** Refuses more states than a table is made for. */
export function refuseManyStates(caller: string, states: number): void {
  if (states <= mostStates) return;
  refuse(caller, "too-large", "options.states", `at most ${mostStates} states: list those that matter`, String(states));
}

/** Whether a table is written out as squares. */
export function fitsSquare(rows: number, columns: number): boolean {
  return rows * columns <= mostCells;
}

/** How often each row is left. */
export function totalsOf({ starts, counts }: PairCounts): number[] {
  return Array.from(starts.subarray(1), (end, row) => {
    let total = 0;
    for (let cell = starts[row]; cell < end; cell++) total += counts[cell];
    return total;
  });
}

/**
 * Makes tables of counts.
 *
 * @param pairs - the counts.
 * @param totals - sum of each row.
 * @param columns - number of states.
 * @returns squares, or a list where there are too many cells. Cost: linear in the cells that are written.
 */
export function countTables(pairs: PairCounts, totals: readonly number[], columns: number): CountTables {
  const rows = totals.length;
  if (!fitsSquare(rows, columns)) {
    const edges: TransitionEdge[] = [];
    eachPair(pairs, (from, to, count) => edges.push({ from, to, count, probability: count / totals[from] }));
    return { counts: [], probabilities: [], edges };
  }
  const squareOf = (): number[][] => Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  const [counts, probabilities] = [squareOf(), squareOf()];
  eachPair(pairs, (from, to, count) => {
    counts[from][to] = count;
    probabilities[from][to] = count / totals[from];
  });
  return { counts, probabilities, edges: [] };
}

/** Visits all steps that a table has, whichever of the two forms it has, row after row. */
export function eachEdge(
  { counts, probabilities, edges }: CountTables,
  visit: (from: number, to: number, probability: number, count: number) => void,
): void {
  for (const { from, to, count, probability } of edges) visit(from, to, probability, count);
  for (let from = 0; from < probabilities.length; from++) {
    const row = probabilities[from];
    for (let to = 0; to < row.length; to++) if (row[to] > 0) visit(from, to, row[to], counts[from]?.[to] ?? 0);
  }
}

/**
 * Tells whether fields read from JSON are tables of so many rows and columns: squares of shares, or a list of steps.
 *
 * @param tables - what may be the tables.
 * @param rows - the wanted number of rows.
 * @param columns - the wanted number of columns.
 * @returns true when {@link eachEdge} can read them.
 */
export function areTables(tables: Partial<CountTables>, rows: number, columns: number): boolean {
  const { probabilities, edges } = tables as { readonly probabilities: unknown; readonly edges: unknown };
  if (!Array.isArray(probabilities) || !Array.isArray(edges)) return false;
  if (probabilities.length > 0) return edges.length === 0 && areShares(probabilities, rows, columns);
  return !fitsSquare(rows, columns) && edges.every((edge: Partial<TransitionEdge> | null) => isEdge(edge, rows, columns)); // prettier-ignore
}

function isEdge(edge: Partial<TransitionEdge> | null | undefined, rows: number, columns: number): boolean {
  const { from = -1, to = -1, count = -1, probability = -1 } = edge ?? {};
  const isPosition = (value: number, size: number): boolean => Number.isSafeInteger(value) && value >= 0 && value < size; // prettier-ignore
  return isPosition(from, rows) && isPosition(to, columns) && count >= 0 && probability >= 0 && probability <= 1;
}

/** Whether a list is a table of numbers from 0 to 1; a plain loop, for it may have millions of cells. */
function areShares(value: readonly unknown[], rows: number, columns: number): boolean {
  if (value.length !== rows) return false;
  return value.every((row: unknown) => {
    if (!Array.isArray(row) || row.length !== columns) return false;
    for (let i = 0; i < columns; i++) if (!(row[i] >= 0 && row[i] <= 1)) return false;
    return true;
  });
}

/**
 * Makes sure that something is a table of transitions between states.
 *
 * @param caller - the public function.
 * @param path - what it is called there.
 * @param table - what was passed.
 * @throws {ClienteleError} `shape-mismatch` for anything else, also for a chain of a higher order, whose rows are no states.
 */
export function checkTransitions(caller: string, path: string, table: unknown): void {
  const { states, counts, probabilities, paths, order } = (table ?? {}) as Readonly<Record<string, unknown>>;
  const size = isTextList(states) ? states.length : -1;
  const isTable =
    size >= 2 &&
    areTables(table as Partial<CountTables>, size, size) &&
    Array.isArray(counts) &&
    counts.length === (probabilities as readonly unknown[]).length &&
    typeof paths === "number" &&
    (order ?? 1) === 1;
  if (!isTable) refuse(caller, "shape-mismatch", path, "a table of transitions between states", describeValue(table));
}
