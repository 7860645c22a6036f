import type { Kernels } from "./kernels/kernels.ts";
import { type Arena, arenaBytes, borrowKernels } from "./kernels/runtime.ts";
import {
  block,
  type Column,
  type EventColumns,
  gatherCodes,
  gatherNumbers,
  scatterColumn,
  scatterEvents,
} from "./move-rows.ts";

/** Events in the order of customer, then time, then arrival. */
export interface SortedEvents extends EventColumns {
  /** Customer c owns the positions starts[c] … starts[c + 1] − 1; customers + 1 entries. */
  readonly starts: Uint32Array;
  /** The further columns. */
  readonly extra: readonly Column[];
}

/** Events per bucket, roughly: what is done within one stays in the second-level cache. */
const bucketEvents = 16_384;

/**
 * Sorts events by customer, then time, then arrival.
 *
 * Every row goes into a bucket of neighboring customers first, then to its place within the bucket: both steps hit the
 * caches, where one step would miss them at every event. Input that is already in order costs one pass.
 *
 * @param columns - of equal length; customer codes below `customers` and finite times are trusted. −0 and +0 are the
 * same time.
 * @param extra - further columns of that length, to be brought into the same order.
 * @returns new arrays, none shared with the input. Cost O(n + customers) for customers with few events each. Memory
 * beside the result: 44 bytes per event of the largest bucket; buckets have some 16,000 events unless one customer has
 * more.
 */
export function sortEvents(columns: EventColumns, customers: number, extra: readonly Column[]): SortedEvents {
  const { customer, type, time, value } = columns;
  if (isSorted(customer, time)) {
    return {
      starts: countStarts(customer, customers, 0),
      customer: customer.slice(),
      type: type.slice(),
      time: time.slice(),
      value: value?.slice(),
      extra: extra.map((column) => column.slice()),
    };
  }
  const buckets = divide(customer, customers);
  const events = scatterEvents(buckets, columns);
  const carried = extra.map((column) => scatterColumn(buckets, column));
  const starts = borrowKernels(roomBytes(buckets), (kernels, arena) =>
    sortBuckets(buckets, openRoom(buckets, kernels, arena), events, carried),
  );
  return { ...events, starts, extra: carried };
}

/** Buckets of neighboring customers. */
interface Buckets {
  readonly codes: Uint32Array;
  readonly customers: number;
  /** Customers per bucket, 2 to the power `shift`. */
  readonly size: number;
  readonly shift: number;
  /** Bucket b owns the positions starts[b] … starts[b + 1] − 1. */
  readonly starts: Uint32Array;
  /** Events in the largest bucket. */
  readonly most: number;
}

/** Memory for one bucket at a time. */
interface Room {
  readonly kernels: Kernels;
  readonly codes: Uint32Array;
  readonly numbers: Float64Array;
  readonly ends: Uint32Array;
  readonly scratchTimes: Float64Array;
  readonly scratchRows: Uint32Array;
  readonly ranks: Float64Array;
  /** Codes by place in the bucket, to go along with the events. */
  readonly cargo: Uint32Array;
  /** Place in the sorted bucket → place in the bucket before, or the cargo. */
  readonly order: Uint32Array;
}

function divide(codes: Uint32Array, customers: number): Buckets {
  let shift = 0;
  let size = 1;
  while (customers >>> shift > 1 && codes.length < bucketEvents * (customers >>> shift)) {
    shift++;
    size *= 2;
  }
  const starts = countStarts(codes, ((customers - 1) >>> shift) + 1, shift);
  let most = 0;
  for (let b = 1; b < starts.length; b++) most = Math.max(most, starts[b] - starts[b - 1]);
  return { codes, customers, size, shift, starts, most };
}

function roomBytes({ size, most }: Buckets): number {
  const codes = [most, most, most, most, size];
  const numbers = [most, most + 8, 32];
  const bytes = (lengths: number[], width: 4 | 8): number =>
    lengths.reduce((sum, length) => sum + arenaBytes(length, width), 0);
  return bytes(codes, 4) + bytes(numbers, 8);
}

function openRoom({ size, most }: Buckets, kernels: Kernels, arena: Arena): Room {
  return {
    kernels,
    codes: arena.u32(most),
    numbers: arena.f64(most),
    ends: arena.u32(size),
    scratchTimes: arena.f64(most + 8),
    scratchRows: arena.u32(most),
    ranks: arena.f64(32),
    cargo: arena.u32(most),
    order: arena.u32(most),
  };
}

/** Sorts bucket by bucket, in place; returns where each customer starts. */
function sortBuckets(
  { customers, size, starts: bucketStarts }: Buckets,
  room: Room,
  { customer, type, time, value }: EventColumns,
  extra: readonly Column[],
): Uint32Array {
  const starts = new Uint32Array(customers + 1);
  // One column of codes goes along with the times; several are arranged afterwards.
  const isCargo = value === undefined && extra.length === 0;
  for (let b = 0; b + 1 < bucketStarts.length; b++) {
    const from = bucketStarts[b];
    const to = bucketStarts[b + 1];
    const first = b * size;
    const count = Math.min(size, customers - first);
    room.codes.set(customer.subarray(from, to));
    room.numbers.set(time.subarray(from, to));
    if (isCargo) room.cargo.set(type.subarray(from, to));
    room.kernels.sortBucket(
      ...([room.codes.byteOffset, room.numbers.byteOffset, to - from, first, count, room.ends.byteOffset] as const),
      ...([room.scratchTimes.byteOffset, room.scratchRows.byteOffset, room.ranks.byteOffset] as const),
      ...([isCargo ? room.cargo.byteOffset : 0, room.order.byteOffset] as const),
    );
    time.set(room.numbers.subarray(0, to - from), from);
    finishCustomers(room.ends, count, first, from, starts, customer);
    if (isCargo) type.set(room.order.subarray(0, to - from), from);
    else arrange(room, type, from, to);
    if (value !== undefined) arrange(room, value, from, to);
    for (const column of extra) arrange(room, column, from, to);
  }
  return starts;
}

/** Brings the rows of a bucket into the order of the sorted log, in place. */
function arrange({ order, codes, numbers }: Room, column: Column, from: number, to: number): void {
  if (column instanceof Float64Array) {
    gatherNumbers(numbers, column.subarray(from, to), order, 0, to - from);
    column.set(numbers.subarray(0, to - from), from);
  } else {
    gatherCodes(codes, column.subarray(from, to), order, 0, to - from);
    column.set(codes.subarray(0, to - from), from);
  }
}

/** Where each group of 2^shift customers starts; one entry more than groups. */
function countStarts(codes: Uint32Array, groups: number, shift: number): Uint32Array {
  const starts = new Uint32Array(groups + 1);
  for (let from = 0; from < codes.length; from += block) {
    countCodes(codes, shift, starts, from, Math.min(codes.length, from + block));
  }
  for (let group = 1; group < starts.length; group++) starts[group] += starts[group - 1];
  return starts;
}

function isSorted(codes: Uint32Array, time: Float64Array): boolean {
  for (let from = 0; from < codes.length; from += block) {
    if (!isInOrder(codes, time, from, Math.min(codes.length, from + block))) return false;
  }
  return true;
}

/** Whether none of the rows comes before its predecessor. */
function isInOrder(codes: Uint32Array, time: Float64Array, from: number, to: number): boolean {
  for (let row = Math.max(1, from); row < to; row++) {
    if (codes[row - 1] > codes[row] || (codes[row - 1] === codes[row] && time[row - 1] > time[row])) return false;
  }
  return true;
}

/** Counts group g in starts[g + 1]. */
function countCodes(codes: Uint32Array, shift: number, starts: Uint32Array, from: number, to: number): void {
  for (let row = from; row < to; row++) starts[(codes[row] >>> shift) + 1]++;
}

/** Writes where the customers of a bucket start, and their codes over the rows that are theirs now. */
function finishCustomers(
  ends: Uint32Array,
  count: number,
  first: number,
  from: number,
  starts: Uint32Array,
  codes: Uint32Array,
): void {
  let row = from;
  for (let c = 0; c < count; c++) {
    const end = from + ends[c];
    starts[first + c + 1] = end;
    while (row < end) codes[row++] = first + c;
  }
}
