/**
 * The inner loops that need SIMD, as functions over one block of memory. Addresses are byte offsets into it.
 *
 * There are two implementations, WebAssembly (assembly/*.ts) and scalar TypeScript (twin-*.ts). They give the same bits:
 * same formulas, same order of additions, and the twin rounds to single precision wherever the other computes in it.
 *
 * A packed row is `stride` floats, the next multiple of 4 from `columns`, zero beyond them. A tile is 16 rows (single
 * precision) or 8 (double) stored column by column, so that one vector holds one column of 4 or 2 rows.
 */
export interface Kernels {
  /**
   * Finds the nearest center of the rows of a block whose last answer may have become wrong.
   *
   * A row is looked at when limits[row] ≤ drifts[labels[row]]. If best and second best center are told apart for sure,
   * its label and limit are updated and, when the label changed, (row, old label) is appended to `moved`; otherwise the
   * row is appended to `ties`, its limit becomes −1 and its label is left to the caller.
   *
   * @param points - packed rows.
   * @param start - first row of the block; `end` is one past its last.
   * @param centers - clusters × columns, f32.
   * @param halves - per center |c|²/2 less its error, f32.
   * @param errors - per center twice that error, f32.
   * @param kappa - error per squared norm of the row.
   * @param scratch - (64 · stride + 192 + 4 · (block + 16)) bytes.
   * @param moved - pairs of i32, at most the block's rows.
   * @param ties - i32, at most the block's rows.
   * @param counts - receives i32: moved, ties, rows looked at.
   */
  assignRows(
    points: number,
    stride: number,
    columns: number,
    start: number,
    end: number,
    centers: number,
    halves: number,
    errors: number,
    clusters: number,
    kappa: number,
    labels: number,
    limits: number,
    drifts: number,
    scratch: number,
    moved: number,
    ties: number,
    counts: number,
  ): void;

  /**
   * Lowers closest[row] to the squared distance to the candidate where that is less.
   *
   * @param start - a multiple of 16; rows from `end` to the next multiple must exist and have closest = 0.
   * @param candidate - columns × f32.
   * @param weights - one f32 per row, or 0 for none.
   * @param tile - 64 · stride bytes of scratch.
   * @returns Σ weight · closest over the block.
   */
  foldSeed(
    points: number,
    stride: number,
    columns: number,
    start: number,
    end: number,
    candidate: number,
    closest: number,
    weights: number,
    tile: number,
  ): number;

  /**
   * Adds Σ weight · min(closest, squared distance) over the block to four partial sums (f64) per candidate.
   *
   * @param candidates - count × columns × f32.
   * @param sums - count × 4 × f64, added to.
   */
  seedPotentials(
    points: number,
    stride: number,
    columns: number,
    start: number,
    end: number,
    candidates: number,
    count: number,
    closest: number,
    weights: number,
    tile: number,
    sums: number,
  ): void;

  /**
   * Adds the distances between the 8 rows of one tile and the rows at positions from … to − 1; `from` is even.
   *
   * @param tiles - f64 tiles of 8 rows.
   * @param tile - index of the 8 rows.
   * @param masks - 8 × i64: all ones for a row that counts, 0 for filling.
   * @param columnSums - per position 2 × f64, added to: over even and odd rows of the tile that count; 0 for none.
   * @param rowSums - 8 × f64, added to: per row of the tile (filling too), over the positions.
   */
  distanceRun(
    tiles: number,
    columns: number,
    tile: number,
    from: number,
    to: number,
    masks: number,
    columnSums: number,
    rowSums: number,
  ): void;

  /**
   * Sorts the events of neighboring customers by customer, then time, then arrival.
   *
   * @param codes - u32 per event, `first` ≤ code < first + customers; left as they are.
   * @param times - f64 per event; receives them in sorted order.
   * @param ends - u32 per customer: receives one past the last place of each.
   * @param scratchTimes - f64 per event and 8 more, read and ignored.
   * @param scratchRows - u32 per event.
   * @param ranks - 32 × f64 of scratch.
   * @param cargo - u32 per event, brought into the order of the sorted events; address 0: the place of each in the input.
   * @param rows - u32 per event: receives what `cargo` is of every sorted event.
   */
  sortBucket(
    codes: number,
    times: number,
    length: number,
    first: number,
    customers: number,
    ends: number,
    scratchTimes: number,
    scratchRows: number,
    ranks: number,
    cargo: number,
    rows: number,
  ): void;

  /**
   * Gives the names of consecutive rows their codes, in the order of first appearance; new names are added to a table.
   *
   * Stops before a row whose new name has no room, and before a row that meets more occupied slots than chance explains.
   *
   * @param bytes - the text of the rows and 24 bytes more, read and ignored.
   * @param offsets - u32, rows + 1: row i is the bytes from offsets[i] − offsets[0] to offsets[i + 1] − offsets[0].
   * @param validity - one bit per row, lowest first, 0 = missing; address 0 when no row is missing.
   * @param firstBit - the bit of the first row.
   * @param slots - 32 bytes for each of 2^slotBits slots; zeros at first, then what the last call left. From a multiple
   * of 32 on, no slot lies in two lines of the cache.
   * @param mostNames - how many names the table may hold, below 2^slotBits.
   * @param names - receives the text of new names behind that of older ones: nameBytes and 8 more, read and ignored.
   * @param ends - u32 per name: receives where its text ends.
   * @param totals - u32: names so far, bytes of text so far; then receives 0 for done, 1 for no room, 2 for crowded slots.
   * @param codes - u32 per row: receives its code, 0xffffffff where it is missing.
   * @param scratch - 2080 bytes.
   * @returns how many rows have their codes.
   */
  encodeNames(
    bytes: number,
    offsets: number,
    validity: number,
    firstBit: number,
    rows: number,
    slots: number,
    slotBits: number,
    mostNames: number,
    names: number,
    nameBytes: number,
    ends: number,
    totals: number,
    codes: number,
    scratch: number,
  ): number;

  /**
   * Adds deviations from a center, and the products of each pair of them, over a block of rows.
   *
   * Every sum is kept as two: over even and over odd rows. With `stride` the next multiple of 4 from `columns`:
   *
   * @param values - rows × columns, f64, row-major.
   * @param center - columns × f64.
   * @param panel - stride × 128 × f64 of scratch, zero beyond the columns.
   * @param sums - stride × 2 × f64, added to.
   * @param products - stride × stride × 2 × f64, added to; only pairs of columns a ≤ b < `columns` are defined.
   */
  addProducts(
    values: number,
    rows: number,
    columns: number,
    center: number,
    panel: number,
    sums: number,
    products: number,
  ): void;

  /**
   * Adds the log likelihood of a logistic model over a block of rows, and its derivatives.
   *
   * A row's log odds are Σ coefficient · (value − center) + intercept; its margin is the log odds, or less them where the
   * outcome did not come. Every sum is kept as two: over even and over odd rows. Lines are 1, for the intercept, and one
   * per column; with `stride` the next multiple of 4 from `columns`:
   *
   * @param values - rows × columns, f64, row-major.
   * @param center - columns × f64.
   * @param outcome - u8 per row: 0, or anything else where it came.
   * @param weights - f64 per row, or 0 where all are 1.
   * @param coefficients - (columns + 1) × f64, the intercept first.
   * @param panel - (stride + 8) × 128 × f64 of scratch, zero in the lines from `columns` + 1 to stride + 4.
   * @param totals - 3 × 2 × f64: −log likelihood, added to; least and greatest margin of rows with a weight, lowered and raised.
   * @param gradient - (stride + 4) × 2 × f64, added to: Σ weight · (outcome − probability) · line.
   * @param sums - (stride + 4) × 2 × f64, added to: Σ weight · line; or 0 for none.
   * @param spreads - (stride + 4) × 2 × f64, added to: Σ weight · probability · (1 − probability) · line; unless products = 0.
   * @param products - stride × stride × 2 × f64, added to: the same of each pair of columns, of which only a ≤ b < `columns`
   * are defined; or 0 for none.
   */
  addLogistic(
    values: number,
    rows: number,
    columns: number,
    center: number,
    outcome: number,
    weights: number,
    coefficients: number,
    panel: number,
    totals: number,
    gradient: number,
    sums: number,
    spreads: number,
    products: number,
  ): void;

  /**
   * Lists the clusters that may be nearest by Ward's distance to a query: single-precision costs decide what is close.
   *
   * The cost of a slot is |center − query|² / (inverse + inverses[slot]). Listed is every slot whose cost is at most
   * ((√best + absolute) · relative + absolute)² · relative³, `best` being the least.
   *
   * @param tiles - centers in tiles of 16 slots, f32.
   * @param slots - a multiple of 16; slots that must not be found hold a center far away.
   * @param inverses - per slot 1 / size, f32.
   * @param query - columns × f32.
   * @param inverse - 1 / size of the query, in single precision.
   * @param costs - scratch, one f32 per slot.
   * @param list - receives i32 per listed slot, ascending; one more is written to.
   * @returns how many are listed.
   */
  nearClusters(
    tiles: number,
    columns: number,
    slots: number,
    inverses: number,
    query: number,
    inverse: number,
    absolute: number,
    relative: number,
    costs: number,
    list: number,
  ): number;

  /**
   * Distances of the 8 rows of a tile to those of the tiles 0 … tile, as tile + 1 blocks of 8 × 8: row by row of `tile`.
   *
   * @param tiles - rows in tiles of 8, f64.
   * @param blocks - receives 64 × f64 per tile.
   */
  distanceBlocks(tiles: number, columns: number, tile: number, blocks: number): void;

  /**
   * Copies one row of a symmetric matrix and adds penalties.
   *
   * The matrix is the lower triangle of 8 × 8 blocks, row of blocks by row of blocks; blocks on the diagonal are whole.
   *
   * @param tileCount - rows of blocks.
   * @param penalties - 8 × tileCount × f64: 0, or infinity for what must not be found.
   * @param distances - receives 8 × tileCount × f64.
   */
  loadDistances(matrix: number, tileCount: number, slot: number, penalties: number, distances: number): void;

  /** Writes one row, and with it the column, of such a matrix. */
  storeDistances(matrix: number, tileCount: number, slot: number, distances: number): void;

  /** The least of 8 × tileCount × f64. */
  leastDistance(distances: number, tileCount: number): number;

  /**
   * Moves rows and columns of such a matrix: what is at from[i] comes to i, which is no later.
   *
   * @param tileCount - rows of blocks that are left.
   * @param from - ascending i32 × 8 × tileCount; the last ones, beyond those that are left, may be any that exist.
   * @param places - u32 each: bytes from the start of a row in the matrix to its entry of column from[i].
   */
  moveDistances(matrix: number, tileCount: number, from: number, places: number): void;

  /** Replaces row b by the larger of rows a and b, entry by entry; rows are 8 × tileCount × f64. */
  uniteComplete(a: number, b: number, tileCount: number): void;

  /** Replaces row b by (sizeA · a + sizeB · b) / (sizeA + sizeB), entry by entry; rows are 8 × tileCount × f64. */
  uniteAverage(a: number, b: number, tileCount: number, sizeA: number, sizeB: number): void;

  /**
   * Lowers reach[row] to the squared distance to a query where that is less, and returns the least that is not negative.
   *
   * @param tiles - rows in tiles of 8, f64.
   * @param query - columns × f64.
   * @param reach - 8 × tileCount × f64; negative for rows that are reached already.
   */
  reachFrom(tiles: number, columns: number, tileCount: number, query: number, reach: number): number;

  /**
   * Adds to each row of a block the lengths of its paths through complete binary trees, in the order of the trees.
   *
   * Node 1 is the root, the children of node k are 2k (less than the threshold) and 2k + 1, the leaves are the nodes from
   * 2^height on. A node is 16 bytes: threshold (f64), byte offset of the feature within a row (u32), 4 unused.
   *
   * @param rows - count × columns, f64, row-major.
   * @param count - a multiple of 8.
   * @param nodes - trees × 2^height nodes; node 0 of each tree is not used.
   * @param lengths - trees × 2^height × f64: what a path to each leaf adds.
   * @param sums - count × f64, added to.
   */
  addPathLengths(
    rows: number,
    columns: number,
    count: number,
    nodes: number,
    lengths: number,
    trees: number,
    height: number,
    sums: number,
  ): void;

  /**
   * Counts the points within a radius of each of some consecutive places, in a list of cells and until there are enough.
   *
   * Column j of place p is at points + 8 · (j · stride + p); eight doubles behind the last place are read and ignored.
   *
   * @param points - columns × stride × f64.
   * @param starts - u32 per cell, and one more: the first place of each.
   * @param boxes - per cell 2 × columns × f64: the least coordinate of its points in every column, then the largest.
   * @param cells - u32 per listed cell.
   * @param first - first of the places to count for; `last` is one past the last.
   * @param bound - the largest square of a distance that counts.
   * @param counts - i32 per place to count for, added to; at most `enough`.
   */
  countNear(
    points: number,
    stride: number,
    columns: number,
    starts: number,
    boxes: number,
    cells: number,
    cellCount: number,
    first: number,
    last: number,
    bound: number,
    enough: number,
    counts: number,
  ): void;

  /**
   * Joins the groups of near points: of places `first` … `last` − 1 on one side and `from` … `to` − 1 on the other.
   *
   * @param points - as in {@link countNear}.
   * @param box - 2 × columns × f64: the box of the other side.
   * @param parents - i32 per place: the memory of `unionFindIn`.
   * @param united - 0: joins every near pair; 1: the other side is one group, one pair for each place is enough; 2: both
   * sides are, one pair is.
   */
  joinNear(
    points: number,
    stride: number,
    columns: number,
    first: number,
    last: number,
    from: number,
    to: number,
    box: number,
    bound: number,
    parents: number,
    united: number,
  ): void;

  /**
   * Moves rows from one group's exact sums to another's: the slices of three levels of weight · (cell − origin); see
   * exact-sums.ts.
   *
   * `width` is the columns and, of an odd number, one more. Only what belongs to a column is defined.
   *
   * @param rows - count × columns, f64, row-major.
   * @param from - u32 per row, the group it leaves, not the one it enters; or 0: it leaves none.
   * @param to - u32 per row, the group it enters.
   * @param weights - f64 per row, or 0 for none.
   * @param constants - 5 × width × f64: origin and M of three levels, 0 beyond the columns; scratch.
   * @param sums - three levels of groups × width × f64, added to.
   * @param levelBytes - from one level to the next.
   * @param rest - receives i32 of rows of which three levels leave something; one more is written to.
   * @returns how many those are.
   */
  moveRows(
    rows: number,
    count: number,
    columns: number,
    from: number,
    to: number,
    weights: number,
    constants: number,
    sums: number,
    levelBytes: number,
    rest: number,
  ): number;

  /**
   * Adds to exact sums, per column, weight · (cell − origin) and weight · (cell − origin)², as far as three levels hold them.
   *
   * @param rows - count × columns, f64, row-major.
   * @param weights - f64 per row, or 0 for none.
   * @param constants - 9 × width × f64, `width` as in {@link moveRows}: origin; M of three levels, each of deviations and of
   * squares; scratch.
   * @param sums - 6 × width × f64, added to: three levels, each of deviations and of squares.
   */
  addDeviations(rows: number, count: number, columns: number, weights: number, constants: number, sums: number): void;

  /**
   * Adds to an exact sum the squared distances of rows from the centers of their groups, times their weights.
   *
   * @param rows - count × columns, f64, row-major.
   * @param groups - u32 per row.
   * @param centers - groups × columns, f64.
   * @param weights - f64 per row, or 0 for none.
   * @param splits - 3 × 2 × f64: M of three levels, each twice.
   * @param sums - 3 × 2 × f64, added to: three levels, of even and of odd rows.
   * @param terms - receives f64 per row; of an odd number one more, 0.
   * @param rest - receives i32 per two rows of which three levels leave something, the first of them; one more is written to.
   * @returns how many those are.
   */
  addSquares(
    rows: number,
    count: number,
    columns: number,
    groups: number,
    centers: number,
    weights: number,
    splits: number,
    sums: number,
    terms: number,
    rest: number,
  ): number;

  /** Lowers `low` and raises `high` (columns × f64, and one more of an odd number) to hold rows (count × columns, f64). */
  widenExtents(rows: number, count: number, columns: number, low: number, high: number): void;

  /**
   * Writes (cell − origin) · scale in single precision, and raises `reach` to the largest |cell − origin|.
   *
   * @param rows - count × columns, f64, row-major.
   * @param origin - columns × f64; of an odd number 0 more.
   * @param points - receives count × stride × f32; what is beyond the columns is 0 or stays as it is.
   * @param reach - columns × f64, and one more of an odd number.
   */
  packRows(
    rows: number,
    count: number,
    columns: number,
    origin: number,
    scale: number,
    points: number,
    stride: number,
    reach: number,
  ): void;

  /**
   * Folds rows into the triangle of their QR decomposition by Householder's reflections: afterwards triangleᵀ · triangle is
   * what it was before plus the products of the new rows, and no product was ever formed.
   *
   * A row is weight · ([1,] (x − center) · scale, (y − center) · scale), its weight first when there is an intercept; `width` is
   * its length, rounded up to an even number with a zero.
   *
   * @param values - rows × columns, f64, row-major.
   * @param target - one f64 per row.
   * @param weights - one f64 per row: the root of its weight.
   * @param intercept - 1 or 0.
   * @param center - columns + 1 × f64, the last one of the target.
   * @param scale - columns + 1 × f64.
   * @param panel - width × 128 × f64 of scratch, zeros at first.
   * @param triangle - width × width × f64, row-major, zeros at first; what lies below the diagonal is not used.
   */
  foldTriangle(
    values: number,
    rows: number,
    columns: number,
    target: number,
    weights: number,
    intercept: number,
    center: number,
    scale: number,
    panel: number,
    triangle: number,
  ): void;
}
