/**
 * Pairs rows with columns, one to one, so that the pairs cost as little as possible together: the assignment problem,
 * for any number of rows and columns. As many pairs are made as the shorter side allows.
 *
 * Exact for costs whose sums are exact in doubles, such as counts. Of several cheapest pairings it always gives the same
 * one; where costs tie, rows and columns of lower numbers are looked at first.
 *
 * @param costs - rows × columns, row-major, finite and trusted; not changed. Negated, they are benefits.
 * @param rows - number of rows.
 * @param columns - number of columns.
 * @returns for each row its column, or −1 for the rows that are left over.
 * @see Jonker & Volgenant (1987), "A shortest augmenting path algorithm for dense and sparse linear assignment problems";
 * Crouse (2016), "On implementing 2D rectangular assignment algorithms". Cost O(short² · long).
 */
export function cheapestPairs(costs: Float64Array, rows: number, columns: number): Int32Array {
  if (rows <= columns) return pairRows(rows, columns, (row, column) => costs[row * columns + column]);
  const rowOf = pairRows(columns, rows, (column, row) => costs[row * columns + column]);
  const pairs = new Int32Array(rows).fill(-1);
  rowOf.forEach((row, column) => (pairs[row] = column));
  return pairs;
}

/** One column for every row; there are at least as many columns as rows. */
function pairRows(rows: number, columns: number, cost: (row: number, column: number) => number): Int32Array {
  const columnOf = new Int32Array(rows).fill(-1);
  const rowOf = new Int32Array(columns).fill(-1);
  // Prices of rows and columns: no pair costs less than its two prices, a chosen one costs exactly as much.
  const rowPrice = new Float64Array(rows);
  const columnPrice = new Float64Array(columns);
  const distance = new Float64Array(columns);
  const cameFrom = new Int32Array(columns);
  const settled = new Int32Array(columns);
  const isSettled = new Uint8Array(columns);
  for (let start = 0; start < rows; start++) {
    // Dijkstra over reduced costs, from the new row to the nearest column that is still free.
    distance.fill(Infinity);
    isSettled.fill(0);
    let count = 0;
    let row = start;
    let least = 0;
    let free = -1;
    while (free < 0) {
      let nearest = -1;
      for (let column = 0; column < columns; column++) {
        if (isSettled[column] === 1) continue;
        const through = least + (cost(row, column) - rowPrice[row] - columnPrice[column]);
        if (through < distance[column]) {
          distance[column] = through;
          cameFrom[column] = row;
        }
        if (nearest < 0 || distance[column] < distance[nearest]) nearest = column;
        // Of equally near columns a free one ends the search at once.
        else if (distance[column] === distance[nearest] && rowOf[nearest] >= 0 && rowOf[column] < 0) nearest = column;
      }
      least = distance[nearest];
      isSettled[nearest] = 1;
      settled[count++] = nearest;
      if (rowOf[nearest] < 0) free = nearest;
      else row = rowOf[nearest];
    }
    rowPrice[start] += least;
    for (let i = 0; i < count; i++) {
      const column = settled[i];
      const slack = least - distance[column];
      if (rowOf[column] >= 0) rowPrice[rowOf[column]] += slack;
      columnPrice[column] -= slack;
    }
    for (let column = free; ;) {
      const from = cameFrom[column];
      rowOf[column] = from;
      const before = columnOf[from];
      columnOf[from] = column;
      if (from === start) break;
      column = before;
    }
  }
  return columnOf;
}
