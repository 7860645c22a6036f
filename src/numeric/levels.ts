/** A column of numbers by its distinct ones. */
export interface LeveledColumn {
  /** The distinct numbers, ascending. */
  readonly levels: Float64Array;
  /** For each row the position of its number among them. */
  readonly at: Uint32Array;
}

/**
 * Finds the distinct numbers of a column, so that what depends on one number alone is computed once.
 *
 * @param values - row-major rows × columns, finite; 0 and −0 are one.
 * @param rows - number of rows.
 * @param columns - number of columns.
 * @param column - which column.
 * @returns see {@link LeveledColumn}. Cost: one look into a hash table per row and a sort of the distinct numbers.
 */
export function levelsOf(values: Float64Array, rows: number, columns: number, column: number): LeveledColumn {
  const seen = new SeenNumbers();
  const at = new Uint32Array(rows);
  for (let row = 0, cell = column; row < rows; row++, cell += columns) at[row] = seen.placeOf(values[cell]);
  const levels = seen.numbers.slice(0, seen.count).sort();
  const rank = new Uint32Array(levels.length);
  for (let i = 0; i < levels.length; i++) rank[seen.placeOf(levels[i])] = i;
  for (let row = 0; row < rows; row++) at[row] = rank[at[row]];
  return { levels, at };
}

/** Numbers in the order in which they were first seen, found by a hash of their bits. */
export class SeenNumbers {
  /** How many there are. */
  count = 0;
  /** They, and room for more. */
  numbers: Float64Array = new Float64Array(256);
  /** 1 + the place of a number; 0 = free. At least half are free. */
  private slots: Uint32Array = new Uint32Array(512);
  private readonly number = new Float64Array(1);
  private readonly words = new Uint32Array(this.number.buffer);

  /** The place of a number, at the end if it is new. */
  placeOf(value: number): number {
    this.number[0] = value + 0; // −0 + 0 = 0
    const number = this.number[0];
    const last = this.slots.length - 1;
    let slot = this.hash() & last;
    for (; this.slots[slot] > 0; slot = (slot + 1) & last) {
      const place = this.slots[slot] - 1;
      if (this.numbers[place] === number) return place;
    }
    this.numbers[this.count] = number;
    this.slots[slot] = ++this.count;
    if (this.count === this.numbers.length) this.grow();
    return this.count - 1;
  }

  private hash(): number {
    const mixed = Math.imul(this.words[0] ^ Math.imul(this.words[1], 0x9e3779b1), 0x85ebca6b);
    return mixed ^ (mixed >>> 15);
  }

  private grow(): void {
    const numbers = new Float64Array(2 * this.count);
    numbers.set(this.numbers);
    this.numbers = numbers;
    this.slots = new Uint32Array(4 * this.count);
    const last = this.slots.length - 1;
    for (let place = 0; place < this.count; place++) {
      this.number[0] = numbers[place];
      let slot = this.hash() & last;
      while (this.slots[slot] > 0) slot = (slot + 1) & last;
      this.slots[slot] = place + 1;
    }
  }
}
