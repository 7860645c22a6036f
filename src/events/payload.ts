import { refuse } from "../core/errors.ts";
import { checkCodes, type Codes } from "../tables/codes.ts";
import type { EventLog } from "../tables/event-log.ts";

/** What an event says beside its id and its sequence number, which belong to the delivery and not to what happened. */
export interface Payload {
  /** A number per row that is the same for equal payloads. */
  readonly hashes: () => Uint32Array;
  /** Whether two rows say the same; NaN equals NaN, a missing cell a missing cell, −0 equals 0. */
  readonly equal: (a: number, b: number) => boolean;
  /**
   * A total order of rows that depends on what is in them, not on codes or arrival: by payload, then by sequence number
   * and signs of zeros, so that rows which tie are the same in every bit but their id.
   */
  readonly compare: (a: number, b: number) => number;
}

/**
 * Looks at the rows of a log as payloads.
 *
 * @param caller - the public function.
 * @param log - a checked log.
 * @param timed - whether the instant is a part of the payload, as its first.
 * @param id - the column of event ids, which is none; `"id"` as `readEvents` calls it.
 * @returns the comparisons.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` when a further column is damaged.
 */
export function payloadOf(caller: string, log: EventLog, timed: boolean, id = "id"): Payload {
  const names: Codes[] = [log.customer, log.type];
  const numbers = timed ? [log.time, log.value] : [log.value];
  for (const [name, column] of Object.entries(log.extra)) {
    if (column instanceof Float64Array) checkLength(caller, name, column, log.length);
    else checkCodes(caller, `log.extra.${name}`, column, log.length);
    if (name === id || name === "sequence") continue;
    if (column instanceof Float64Array) numbers.push(column);
    else names.push(column);
  }
  const codes = names.map((column) => column.codes);
  const sequence = log.extra["sequence"];
  const running = sequence instanceof Float64Array ? [sequence] : [];
  return {
    hashes() {
      const hashes = new Uint32Array(log.length);
      for (const column of codes) mixCodes(hashes, column);
      for (const column of numbers) mixNumbers(hashes, column);
      return hashes;
    },
    equal(a, b) {
      for (const column of codes) if (column[a] !== column[b]) return false;
      for (const column of numbers) if (!sameNumber(column[a], column[b])) return false;
      return true;
    },
    compare(a, b) {
      for (const column of numbers) {
        const order = compareNumbers(column[a], column[b]);
        if (order !== 0) return order;
      }
      for (const column of names) {
        const order = compareNames(column.names[column.codes[a]], column.names[column.codes[b]]);
        if (order !== 0) return order;
      }
      for (const column of running) {
        const order = compareNumbers(column[a], column[b]);
        if (order !== 0) return order;
      }
      return compareSigns(numbers, a, b) || compareSigns(running, a, b);
    },
  };
}

/**
 * Finds rows that equal a kept row of the same customer in content and follow it within a window.
 *
 * @param log - a checked log.
 * @param payload - its rows as payloads without the instant.
 * @param withinMs - the window, in milliseconds from the kept row.
 * @returns one byte per row: 1 = repeats a kept row. Cost: a pass over the rows; rows that hash alike are compared in full.
 */
export function repeatsOf({ time, byCustomer, length }: EventLog, payload: Payload, withinMs: number): Uint8Array {
  const marks = new Uint8Array(length);
  const hashes = payload.hashes();
  const { starts } = byCustomer;
  const none = 0xffffffff;
  // One small table of open addresses per customer stays in the cache, where one for all rows would not.
  let table = new Uint32Array(1024);
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    const [from, to] = [starts[customer], starts[customer + 1]];
    if (to - from < 2) continue;
    let size = 4;
    while (size < 2 * (to - from)) size *= 2;
    if (size > table.length) table = new Uint32Array(size);
    table.fill(none, 0, size);
    for (let row = from; row < to; row++) {
      let slot = hashes[row] & (size - 1);
      while (table[slot] !== none && !payload.equal(table[slot], row)) slot = (slot + 1) & (size - 1);
      const last = table[slot];
      if (last === none || time[row] - time[last] > withinMs) {
        table[slot] = row;
      } else if (time[row] === time[last] && payload.compare(row, last) < 0) {
        // At one instant the survivor is chosen by what is in the rows, as by id.
        table[slot] = row;
        marks[last] = 1;
      } else {
        marks[row] = 1;
      }
    }
  }
  return marks;
}

function checkLength(caller: string, name: string, column: Float64Array, rows: number): void {
  if (column.length === rows) return;
  refuse(caller, "shape-mismatch", `log.extra.${name}`, `${rows} rows`, String(column.length));
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function mixCodes(hashes: Uint32Array, column: Uint32Array): void {
  for (let row = 0; row < hashes.length; row++) hashes[row] = mix(hashes[row], column[row]);
}

function mixNumbers(hashes: Uint32Array, column: Float64Array): void {
  const cell = new Float64Array(1);
  const words = new Uint32Array(cell.buffer);
  for (let row = 0; row < hashes.length; row++) {
    const number = column[row];
    // Adding 0 makes one zero of two; the bits of NaN are not fixed by the language.
    cell[0] = Number.isNaN(number) ? Infinity : number + 0;
    hashes[row] = mix(mix(hashes[row], words[0]), words[1]);
  }
}

function sameNumber(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** Ascending, NaN last. */
function compareNumbers(a: number, b: number): number {
  if (sameNumber(a, b)) return 0;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? 1 : -1;
  return a < b ? -1 : 1;
}

/** By code units, missing last. */
function compareNames(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  return a < b ? -1 : 1;
}

/** −0 before 0, in the first column where that tells two rows apart. */
function compareSigns(columns: readonly Float64Array[], a: number, b: number): number {
  for (const column of columns) {
    const order = Number(Object.is(column[b], -0)) - Number(Object.is(column[a], -0));
    if (order !== 0) return order;
  }
  return 0;
}
