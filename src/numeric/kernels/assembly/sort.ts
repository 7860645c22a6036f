/** Up to this many events of one customer are sorted by counting, for each, the events that are not after it. */
const SHORT: i32 = 32;

// See Kernels.sortBucket.
export function sortBucket(
  codes: usize,
  times: usize,
  length: i32,
  first: u32,
  customers: i32,
  ends: usize,
  scratchTimes: usize,
  scratchRows: usize,
  ranks: usize,
  cargo: usize,
  rows: usize,
): void {
  placeByCustomer(codes, times, cargo, length, first, customers, ends, scratchTimes, scratchRows);
  let start: usize = 0;
  for (let c: usize = 0; c < <usize>customers; c++) {
    const end = <usize>load<u32>(ends + (c << 2));
    const count = <i32>(end - start);
    const fromTimes = scratchTimes + (start << 3);
    const fromRows = scratchRows + (start << 2);
    const toTimes = times + (start << 3);
    const toRows = rows + (start << 2);
    if (count <= SHORT) sortShort(fromTimes, fromRows, toTimes, toRows, ranks, count);
    else sortLong(fromTimes, fromRows, toTimes, toRows, ranks, count);
    start = end;
  }
}

/** A counting sort by customer into the scratch. */
function placeByCustomer(
  codes: usize,
  times: usize,
  cargo: usize,
  length: i32,
  first: u32,
  customers: i32,
  ends: usize,
  scratchTimes: usize,
  scratchRows: usize,
): void {
  memory.fill(ends, 0, (<usize>customers) << 2);
  const codesEnd = codes + ((<usize>length) << 2);
  for (let at = codes; at < codesEnd; at += 4) {
    const end = ends + ((<usize>(load<u32>(at) - first)) << 2);
    store<u32>(end, load<u32>(end) + 1);
  }
  let sum: u32 = 0;
  for (let c: usize = 0; c < <usize>customers; c++) {
    const count = load<u32>(ends + (c << 2));
    store<u32>(ends + (c << 2), sum);
    sum += count;
  }
  for (let row: usize = 0; row < <usize>length; row++) {
    const end = ends + ((<usize>(load<u32>(codes + (row << 2)) - first)) << 2);
    const place = <usize>load<u32>(end);
    store<u32>(end, <u32>place + 1);
    store<f64>(scratchTimes + (place << 3), load<f64>(times + (row << 3)));
    store<u32>(scratchRows + (place << 2), cargo == 0 ? <u32>row : load<u32>(cargo + (row << 2)));
  }
}

/** Places every event at the number of events not after it, less one; no branch depends on the times. */
function sortShort(fromTimes: usize, fromRows: usize, toTimes: usize, toRows: usize, ranks: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    if (count - i > 4) rankEight(fromTimes, count, fromTimes + ((<usize>i) << 3), ranks + ((<usize>i) << 3));
    else rankFour(fromTimes, count, fromTimes + ((<usize>i) << 3), ranks + ((<usize>i) << 3));
  }
  let sum: u32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const rank = load<u32>(ranks + (i << 3));
    sum += rank;
    const place = <usize>rank - 1;
    store<f64>(toTimes + (place << 3), load<f64>(fromTimes + (i << 3)));
    store<u32>(toRows + (place << 2), load<u32>(fromRows + (i << 2)));
  }
  // Equal times share a place, which makes the sum too large: such a segment is done again.
  if (sum != <u32>((count * (count + 1)) >> 1)) insertionSort(fromTimes, fromRows, toTimes, toRows, count);
}

/** For 8 times, those past the end included, the number of the segment's times that are not greater. */
function rankEight(times: usize, count: i32, own: usize, ranks: usize): void {
  const t0 = v128.load(own, 0);
  const t1 = v128.load(own, 16);
  const t2 = v128.load(own, 32);
  const t3 = v128.load(own, 48);
  let r0 = i64x2.splat(0);
  let r1 = r0;
  let r2 = r0;
  let r3 = r0;
  const end = times + ((<usize>count) << 3);
  for (let at = times; at < end; at += 8) {
    const time = v128.load64_splat(at);
    r0 = i64x2.sub(r0, f64x2.le(time, t0));
    r1 = i64x2.sub(r1, f64x2.le(time, t1));
    r2 = i64x2.sub(r2, f64x2.le(time, t2));
    r3 = i64x2.sub(r3, f64x2.le(time, t3));
  }
  v128.store(ranks, r0, 0);
  v128.store(ranks, r1, 16);
  v128.store(ranks, r2, 32);
  v128.store(ranks, r3, 48);
}

function rankFour(times: usize, count: i32, own: usize, ranks: usize): void {
  const t0 = v128.load(own, 0);
  const t1 = v128.load(own, 16);
  let r0 = i64x2.splat(0);
  let r1 = r0;
  const end = times + ((<usize>count) << 3);
  for (let at = times; at < end; at += 8) {
    const time = v128.load64_splat(at);
    r0 = i64x2.sub(r0, f64x2.le(time, t0));
    r1 = i64x2.sub(r1, f64x2.le(time, t1));
  }
  v128.store(ranks, r0, 0);
  v128.store(ranks, r1, 16);
}

/** Stable: an event passes only events that are strictly later. */
function insertionSort(fromTimes: usize, fromRows: usize, toTimes: usize, toRows: usize, count: i32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const time = load<f64>(fromTimes + (i << 3));
    let place = i;
    for (; place > 0; place--) {
      const before = load<f64>(toTimes + (place << 3) - 8);
      if (before <= time) break;
      store<f64>(toTimes + (place << 3), before);
      store<u32>(toRows + (place << 2), load<u32>(toRows + (place << 2) - 4));
    }
    store<f64>(toTimes + (place << 3), time);
    store<u32>(toRows + (place << 2), load<u32>(fromRows + (i << 2)));
  }
}

/** Sorted runs, then stable merges back and forth; an even number of merges after a sort of the runs ends in `to`. */
function sortLong(fromTimes: usize, fromRows: usize, toTimes: usize, toRows: usize, ranks: usize, count: i32): void {
  if (isInOrder(fromTimes, count)) {
    memory.copy(toTimes, fromTimes, (<usize>count) << 3);
    memory.copy(toRows, fromRows, (<usize>count) << 2);
    return;
  }
  let run = SHORT;
  let merges = 0;
  for (let width = run; width < count; width *= 2) merges++;
  if (merges & 1) run >>= 1;
  for (let low = 0; low < count; low += run) {
    const at = <usize>low;
    const size = min(run, count - low);
    sortShort(fromTimes + (at << 3), fromRows + (at << 2), toTimes + (at << 3), toRows + (at << 2), ranks, size);
  }
  let times = toTimes;
  let rows = toRows;
  let otherTimes = fromTimes;
  let otherRows = fromRows;
  for (let width = run; width < count; width *= 2) {
    for (let low = 0; low < count; low += 2 * width) {
      mergeRuns(times, rows, otherTimes, otherRows, low, min(low + width, count), min(low + 2 * width, count));
    }
    const t = times;
    times = otherTimes;
    otherTimes = t;
    const r = rows;
    rows = otherRows;
    otherRows = r;
  }
}

function isInOrder(times: usize, count: i32): bool {
  const last = times + ((<usize>count) << 3) - 8;
  for (let at = times; at < last; at += 8) if (load<f64>(at + 8) < load<f64>(at)) return false;
  return true;
}

function mergeRuns(times: usize, rows: usize, toTimes: usize, toRows: usize, low: i32, middle: i32, high: i32): void {
  let left = <usize>low;
  let right = <usize>middle;
  let to = <usize>low;
  const leftEnd = <usize>middle;
  const rightEnd = <usize>high;
  while (left < leftEnd && right < rightEnd) {
    const a = load<f64>(times + (left << 3));
    const b = load<f64>(times + (right << 3));
    const takeRight = b < a;
    store<f64>(toTimes + (to << 3), select(b, a, takeRight));
    store<u32>(toRows + (to << 2), load<u32>(rows + (select(right, left, takeRight) << 2)));
    right += <usize>i32(takeRight);
    left += <usize>i32(!takeRight);
    to++;
  }
  if (left == leftEnd) left = right;
  const count = rightEnd - to;
  memory.copy(toTimes + (to << 3), times + (left << 3), count << 3);
  memory.copy(toRows + (to << 2), rows + (left << 2), count << 2);
}
