/** Events in the order of customer, then time, then arrival. */
export interface EventOrder {
  /** Position in the sorted log → row of the input. */
  readonly order: Uint32Array;
  /** Customer c owns the positions starts[c] … starts[c + 1] − 1; customers + 1 entries. */
  readonly starts: Uint32Array;
  /** The input's times in sorted order: a by-product of the sort, worth one gather. */
  readonly time: Float64Array;
}

/**
 * Sorts events by customer, then time, then arrival.
 *
 * A counting sort by customer, then an insertion sort (a merge sort from 64 events) inside each customer. Input that is
 * already in order costs one pass.
 *
 * @param customerCodes - one code below `customers` per event; trusted.
 * @param time - finite; −0 and +0 are the same time.
 * @returns new arrays, none shared with the input. Cost O(n + customers) for customers with few events each.
 */
export function sortEvents(customerCodes: Uint32Array, customers: number, time: Float64Array): EventOrder {
  const length = customerCodes.length;
  const starts = new Uint32Array(customers + 1);
  const sorted = countCustomers(customerCodes, time, starts);
  const order = new Uint32Array(length);
  if (sorted) {
    for (let row = 0; row < length; row++) order[row] = row;
    return { order, starts, time: time.slice() };
  }
  const times = new Float64Array(length);
  const next = starts.slice(0, customers);
  for (let row = 0; row < length; row++) {
    const place = next[customerCodes[row]]++;
    order[place] = row;
    times[place] = time[row];
  }
  sortSegments(order, times, starts);
  return { order, starts, time: times };
}

/** Copies the rows `order` of a column, in that order. */
export function gather<T extends Float64Array | Uint32Array>(column: T, order: Uint32Array): T;
export function gather(column: Float64Array | Uint32Array, order: Uint32Array): Float64Array | Uint32Array {
  return column instanceof Float64Array
    ? gatherInto(new Float64Array(order.length), column, order)
    : gatherCodesInto(new Uint32Array(order.length), column, order);
}

// Twice the same loop: one function that sees both kinds of array runs at half the speed.
function gatherInto(out: Float64Array, column: Float64Array, order: Uint32Array): Float64Array {
  for (let i = 0; i < order.length; i++) out[i] = column[order[i]];
  return out;
}

function gatherCodesInto(out: Uint32Array, column: Uint32Array, order: Uint32Array): Uint32Array {
  for (let i = 0; i < order.length; i++) out[i] = column[order[i]];
  return out;
}

/** Fills `starts` with each customer's first position; true when the events are in order already. */
function countCustomers(codes: Uint32Array, time: Float64Array, starts: Uint32Array): boolean {
  let sorted = true;
  for (let row = 0; row < codes.length; row++) {
    starts[codes[row] + 1]++;
    if (sorted && row > 0) {
      const before = codes[row - 1];
      sorted = before < codes[row] || (before === codes[row] && time[row - 1] <= time[row]);
    }
  }
  for (let c = 1; c < starts.length; c++) starts[c] += starts[c - 1];
  return sorted;
}

function sortSegments(order: Uint32Array, times: Float64Array, starts: Uint32Array): void {
  const longSegment = 64;
  for (let c = 0; c + 1 < starts.length; c++) {
    const start = starts[c];
    const end = starts[c + 1];
    if (end - start <= longSegment) insertionSort(order, times, start, end);
    else mergeSort(order, times, start, end);
  }
}

/** Stable: an event passes only events that are strictly later. */
function insertionSort(order: Uint32Array, times: Float64Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const t = times[i];
    let place = i;
    if (times[place - 1] <= t) continue;
    const row = order[i];
    do {
      times[place] = times[place - 1];
      order[place] = order[place - 1];
      place--;
    } while (place > start && times[place - 1] > t);
    times[place] = t;
    order[place] = row;
  }
}

/** Stable bottom-up merges of sorted runs. */
function mergeSort(order: Uint32Array, times: Float64Array, start: number, end: number): void {
  if (isSorted(times, start, end)) return;
  const length = end - start;
  const run = 32;
  for (let i = start; i < end; i += run) insertionSort(order, times, i, Math.min(end, i + run));
  let fromTimes = times.subarray(start, end);
  let fromOrder = order.subarray(start, end);
  let toTimes: Float64Array = new Float64Array(length);
  let toOrder: Uint32Array = new Uint32Array(length);
  for (let width = run; width < length; width *= 2) {
    for (let low = 0; low < length; low += 2 * width) {
      const middle = Math.min(length, low + width);
      const high = Math.min(length, low + 2 * width);
      let left = low;
      let right = middle;
      for (let i = low; i < high; i++) {
        const takeLeft = right >= high || (left < middle && fromTimes[left] <= fromTimes[right]);
        const source = takeLeft ? left++ : right++;
        toTimes[i] = fromTimes[source];
        toOrder[i] = fromOrder[source];
      }
    }
    [fromTimes, toTimes] = [toTimes, fromTimes];
    [fromOrder, toOrder] = [toOrder, fromOrder];
  }
  if (fromTimes.buffer !== times.buffer) {
    times.set(fromTimes, start);
    order.set(fromOrder, start);
  }
}

function isSorted(times: Float64Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (times[i - 1] > times[i]) return false;
  return true;
}
