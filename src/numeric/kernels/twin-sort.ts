import type { Kernels } from "./kernels.ts";

/** Events of a customer up to which insertion is faster than merging. */
const short = 32;

/** Two places to hold events, as element numbers into the memory. */
interface Places {
  readonly times: number;
  readonly rows: number;
}

/** The scalar twin of assembly/sort.ts: other steps, but a stable sort has one result. */
export function twinSortBucket(buffer: ArrayBuffer): Kernels["sortBucket"] {
  const doubles = new Float64Array(buffer);
  const words = new Uint32Array(buffer);

  function placeByCustomer(
    codes: number,
    length: number,
    ends: number,
    times: number,
    cargo: number,
    to: Places,
  ): void {
    for (let row = 0; row < length; row++) {
      const place = words[ends + words[codes + row]]++;
      doubles[to.times + place] = doubles[times + row];
      words[to.rows + place] = cargo === 0 ? row : words[cargo + row];
    }
  }

  /** Stable: an event passes only events that are strictly later. */
  function insertionSort({ times, rows }: Places, start: number, end: number): void {
    for (let i = start + 1; i < end; i++) {
      const time = doubles[times + i];
      const row = words[rows + i];
      let place = i;
      for (; place > start && doubles[times + place - 1] > time; place--) {
        doubles[times + place] = doubles[times + place - 1];
        words[rows + place] = words[rows + place - 1];
      }
      doubles[times + place] = time;
      words[rows + place] = row;
    }
  }

  function mergeRuns(from: Places, to: Places, low: number, middle: number, high: number): void {
    let left = low;
    let right = middle;
    for (let i = low; i < high; i++) {
      const takeLeft = right >= high || (left < middle && doubles[from.times + left] <= doubles[from.times + right]);
      const source = takeLeft ? left++ : right++;
      doubles[to.times + i] = doubles[from.times + source];
      words[to.rows + i] = words[from.rows + source];
    }
  }

  /** Sorts the places start … end − 1 of `from`, which is left undone, into `to`. */
  function sortSegment(from: Places, to: Places, start: number, end: number): void {
    const count = end - start;
    const run = count <= short ? count : short;
    for (let low = start; low < end; low += run) insertionSort(from, low, Math.min(end, low + run));
    let [source, target] = [from, to];
    for (let width = run; width < count; width *= 2) {
      for (let low = start; low < end; low += 2 * width) {
        mergeRuns(source, target, low, Math.min(end, low + width), Math.min(end, low + 2 * width));
      }
      [source, target] = [target, source];
    }
    if (source !== to) copy(source, to, start, end);
  }

  function copy(from: Places, to: Places, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      doubles[to.times + i] = doubles[from.times + i];
      words[to.rows + i] = words[from.rows + i];
    }
  }

  return (codes, times, length, first, customers, ends, scratchTimes, scratchRows, _ranks, cargo, rows) => {
    const firstCode = codes >>> 2;
    const firstEnd = ends >>> 2;
    const scratch: Places = { times: scratchTimes >>> 3, rows: scratchRows >>> 2 };
    const sorted: Places = { times: times >>> 3, rows: rows >>> 2 };
    words.fill(0, firstEnd, firstEnd + customers);
    for (let row = 0; row < length; row++) words[firstEnd + words[firstCode + row] - first]++;
    let sum = 0;
    for (let c = firstEnd; c < firstEnd + customers; c++) {
      const count = words[c];
      words[c] = sum;
      sum += count;
    }
    placeByCustomer(firstCode, length, firstEnd - first, sorted.times, cargo >>> 2, scratch);
    let start = 0;
    for (let c = firstEnd; c < firstEnd + customers; c++) {
      sortSegment(scratch, sorted, start, words[c]);
      start = words[c];
    }
  };
}
