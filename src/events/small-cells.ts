import { describeCell, describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { flag, integer, type OptionTable, readOptions } from "../core/options.ts";

/** Options of {@link suppressSmallCells}. */
export interface SuppressSmallCellsOptions {
  /** The smallest count that may be shown; 5 to 10 is usual. */
  readonly minimum: number;
  /** Whether 0 is small too. Default false: nobody is behind a zero, but it says that nobody is. */
  readonly suppressZeros?: boolean | undefined;
}

/** Option table of {@link suppressSmallCells}. */
export const suppressSmallCellsOptions: OptionTable<SuppressSmallCellsOptions> = {
  minimum: integer({ min: 1 }),
  suppressZeros: flag({ default: false }),
};

/** Result of {@link suppressSmallCells}. */
export interface SuppressedTable {
  /** The counts, `null` where suppressed. */
  readonly cells: readonly (readonly (number | null)[])[];
  /** Number of cells that are not shown. */
  readonly suppressed: number;
  /** Those of them that are small. */
  readonly small: number;
  /** Those of them that hide a small one: it would follow from the totals otherwise. */
  readonly complementary: number;
  /** Cells that could not be protected, totals that are small themselves. */
  readonly notes: readonly Note[];
}

const mostCells = 100_000;

/**
 * Hides small counts of a table before it is published: segments by month, outcomes by group. Whoever knows the totals of rows and
 * columns can subtract, so further cells are hidden until no hidden count follows from those shown and the totals.
 *
 * A count from 1 up to below the minimum is small. For every small cell the cheapest way is found in which it could be one
 * more or one less with all totals kept and no count below zero (below one, where a zero would have been shown): a ring of
 * cells that take turns. All of them are hidden. Cells that are hidden already cost nothing, others their count, zeros
 * come last.
 *
 * A table of one row or one column has one total. What the hidden cells may be is narrowed by the totals all the same; this is
 * no differential privacy, and a second table of the same people may undo it.
 *
 * @param counts - rows of equal length, at most 100,000 cells.
 * @param options - see {@link SuppressSmallCellsOptions}.
 * @returns the table with `null` in the hidden cells, and what could not be protected as notes: `"derivable"` = a hidden count
 * follows from the totals whatever is hidden, as in a table of one cell; `"weakly-protected"` = it follows for someone who
 * knows that zeros are shown; `"small-totals"` = do not publish these totals.
 * @throws {ClienteleError} `shape-mismatch` for ragged rows; `invalid-value` at the first cell that is no count;
 * `too-large`; `invalid-option`; `unknown-option`.
 * @example
 * suppressSmallCells([[3, 20, 40], [30, 25, 60]], { minimum: 5 }).cells;
 * // [[null, null, 40], [null, null, 60]]
 * @see Cox (1980), "Suppression methodology and statistical disclosure control", JASA 75; Gusfield (1988), "A graph theoretic
 * approach to statistical data security", SIAM J. Comput. 17: a cell is safe if it lies on such a ring. Cost: for each small
 * cell that is on no ring yet, a pass over the cells, and one over rows and columns for each cost on the way.
 */
export function suppressSmallCells(
  counts: readonly (readonly number[])[],
  options: SuppressSmallCellsOptions,
): SuppressedTable {
  const caller = "suppressSmallCells";
  const { minimum, suppressZeros } = readOptions(caller, suppressSmallCellsOptions, options);
  const grid = gridOf(caller, counts);
  const { rows, columns, values, hidden } = grid;
  const isSmall = (count: number): boolean => count < minimum && (count > 0 || suppressZeros);
  const small: number[] = [];
  for (let r = 0; r < counts.length; r++) {
    for (let c = 0; c < counts[r].length; c++) {
      if (!isSmall(counts[r][c])) continue;
      hidden[r * columns + c] = 1;
      small.push(r * columns + c);
    }
  }
  // Someone who knows that zeros are shown knows that a hidden count is at least 1.
  const floors = suppressZeros ? [1] : [2, 1];
  const safe = new Uint8Array(rows * columns);
  let [derivable, weak] = [0, 0];
  for (const cell of small) {
    if (safe[cell] === 1) continue;
    const ring = floors.reduce<Ring | undefined>((found, floor) => found ?? cheapestRing(grid, cell, floor), undefined);
    if (ring === undefined) derivable++;
    else if (ring.floor < floors[0] && !ring.cells.some((member) => values[member] === 0)) weak++;
    for (const member of ring?.cells ?? []) safe[member] = hidden[member] = 1;
  }
  const cells = counts.map((row, r) => row.map((count, c) => (hidden[r * columns + c] === 1 ? null : count)));
  const suppressed = cells.reduce((sum, row) => sum + row.filter((cell) => cell === null).length, 0);
  const notes: Note[] = [];
  const note = (code: string, number: number, message: string): void => {
    if (number > 0) notes.push({ code, message: `${number} ${message}` });
  };
  note("derivable", derivable, "hidden counts follow from the totals whatever is hidden: do not publish those totals.");
  note("weakly-protected", weak, "hidden counts follow from the totals for someone who knows that zeros are shown.");
  note("small-totals", smallTotals(counts, isSmall), "totals of rows or columns are small themselves.");
  return { cells, suppressed, small: small.length, complementary: suppressed - small.length, notes };
}

/** The counts in one block. A table of one row or column has a phantom beside it, which stands for totals nobody published. */
interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
  /** 1 = not shown. */
  readonly hidden: Uint8Array;
  /** What hiding a zero costs: more than all counts together. */
  readonly zeroCost: number;
}

function gridOf(caller: string, counts: readonly (readonly number[])[]): Grid {
  if (!Array.isArray(counts)) refuse(caller, "shape-mismatch", "counts", "rows of counts", describeValue(counts));
  const width = Array.isArray(counts[0]) ? counts[0].length : 0;
  if (counts.length * width > mostCells) {
    refuse(caller, "too-large", "counts", `at most ${mostCells} cells`, String(counts.length * width));
  }
  const rows = counts.length === 1 ? 2 : counts.length;
  const columns = width === 1 && counts.length > 1 ? 2 : width;
  const values = new Float64Array(rows * columns).fill(Infinity);
  const hidden = new Uint8Array(rows * columns).fill(1);
  let sum = 0;
  for (let r = 0; r < counts.length; r++) {
    const row: unknown = counts[r];
    if (!Array.isArray(row) || row.length !== width) {
      refuse(caller, "shape-mismatch", `counts[${r}]`, `a row of ${width} counts`, describeValue(row));
    }
    for (let c = 0; c < width; c++) {
      const count: unknown = row[c];
      if (!Number.isSafeInteger(count) || (count as number) < 0) {
        refuse(caller, "invalid-value", `counts[${r}, ${c}]`, "a whole number from 0", describeCell(count));
      }
      values[r * columns + c] = count as number;
      hidden[r * columns + c] = 0;
      sum += count as number;
    }
  }
  return { rows, columns, values, hidden, zeroCost: sum + 1 };
}

/** Cells that can take turns: one more here, one less there, with all totals kept. */
interface Ring {
  readonly cells: readonly number[];
  readonly cost: number;
  /** The least count of a cell that becomes smaller. */
  readonly floor: number;
}

/** The cheapest ring through a cell, which becomes larger or smaller in it; undefined when there is none. */
function cheapestRing(grid: Grid, cell: number, floor: number): Ring | undefined {
  const row = Math.floor(cell / grid.columns);
  const column = grid.rows + (cell % grid.columns);
  const larger = cheapestPath(grid, column, row, cell, floor);
  const smaller = grid.values[cell] >= floor ? cheapestPath(grid, row, column, cell, floor) : undefined;
  return smaller === undefined || (larger !== undefined && larger.cost <= smaller.cost) ? larger : smaller;
}

/**
 * Dijkstra's search between a row and a column, the nodes 0 … rows − 1 and rows … rows + columns − 1. A step from a row to a
 * column makes their cell larger, a step back makes it smaller, which needs a count of at least `floor`. Most steps lead
 * through hidden cells and cost nothing: nodes of one cost are kept in a stack, and searched for only when it is empty.
 */
function cheapestPath(grid: Grid, from: number, to: number, without: number, floor: number): Ring | undefined {
  const { rows, columns, values, hidden, zeroCost } = grid;
  const nodes = rows + columns;
  const cost = new Float64Array(nodes).fill(Infinity);
  const via = new Int32Array(nodes).fill(-1);
  const settled = new Uint8Array(nodes);
  cost[from] = 0;
  // The end needs no turn of its own: nothing that is left could be nearer to it.
  for (let near = nearest(cost, settled); near.length > 0 && cost[near[0]] < cost[to]; near = nearest(cost, settled)) {
    for (let node = near.pop(); node !== undefined && cost[node] < cost[to]; node = near.pop()) {
      if (settled[node] === 1) continue;
      settled[node] = 1;
      const isRow = node < rows;
      for (let next = isRow ? rows : 0; next < (isRow ? nodes : rows); next++) {
        const cell = isRow ? node * columns + next - rows : next * columns + node - rows;
        if (settled[next] === 1 || cell === without || (!isRow && values[cell] < floor)) continue;
        const price = hidden[cell] === 1 ? 0 : values[cell] === 0 ? zeroCost : values[cell];
        if (cost[node] + price >= cost[next]) continue;
        cost[next] = cost[node] + price;
        via[next] = node;
        if (price === 0) near.push(next);
      }
    }
  }
  if (cost[to] === Infinity) return undefined;
  const cells = [without];
  for (let node = to; node !== from; node = via[node]) {
    const [row, column] = node < rows ? [node, via[node]] : [via[node], node];
    cells.push(row * columns + column - rows);
  }
  return { cells, cost: cost[to], floor };
}

/** The reached nodes of least cost that are not settled; none when all are. */
function nearest(cost: Float64Array, settled: Uint8Array): number[] {
  let least = Infinity;
  let nodes: number[] = [];
  for (let node = 0; node < cost.length; node++) {
    if (settled[node] === 1 || cost[node] > least || cost[node] === Infinity) continue;
    if (cost[node] < least) nodes = [];
    least = cost[node];
    nodes.push(node);
  }
  return nodes;
}

function smallTotals(counts: readonly (readonly number[])[], isSmall: (count: number) => boolean): number {
  const sum = (total: number, count: number): number => total + count;
  const totals = counts.length === 1 && counts[0].length === 1 ? [] : counts.map((row) => row.reduce(sum, 0));
  if (counts.length > 1) counts[0].forEach((_, c) => totals.push(counts.reduce((total, row) => total + row[c], 0)));
  return totals.filter((total) => total > 0 && isSmall(total)).length;
}
