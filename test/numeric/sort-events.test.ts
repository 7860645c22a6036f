import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { gather, sortEvents } from "../../src/numeric/sort-events.ts";

/** The definition: a stable comparison sort of the row numbers. */
function sortedRows(codes: Uint32Array, time: Float64Array): number[] {
  return Array.from(codes.keys()).sort((a, b) => codes[a] - codes[b] || time[a] - time[b] || a - b);
}

function events(length: number, customers: number, times: number, seed: number): [Uint32Array, Float64Array] {
  const random = randomOf(seed);
  const codes = Uint32Array.from({ length }, () => random.integer(customers));
  // Few distinct times: ties are common, and their order of arrival must survive.
  return [codes, Float64Array.from({ length }, () => 1.7e12 + random.integer(times) / 4)];
}

describe("sortEvents", () => {
  it.each([
    ["no events at all", 0, 3, 5],
    ["one event", 1, 1, 1],
    ["a few events of many customers", 40, 1000, 50],
    ["customers with about ten events and many ties", 5000, 500, 6],
    ["more events than one block, a few customers with thousands", 20_000, 7, 300],
    ["one customer with all events", 3001, 1, 40],
  ])("orders %s by customer, time and arrival", (_, length, customers, times) => {
    const [codes, time] = events(length, customers, times, length + 1);
    const sorted = sortEvents(codes, customers, time);
    const expected = sortedRows(codes, time);
    expect(Array.from(sorted.order)).toEqual(expected);
    expect(Array.from(sorted.time)).toEqual(expected.map((row) => time[row]));
    const counts = new Array<number>(customers).fill(0);
    codes.forEach((code) => counts[code]++);
    let total = 0;
    expect(Array.from(sorted.starts)).toEqual([0, ...counts.map((count) => (total += count))]);
  });

  it("sees that events are in order already and returns them as they are, in new arrays", () => {
    const codes = Uint32Array.of(0, 0, 2, 2, 2);
    const time = Float64Array.of(5, 5, 1, 2, 2);
    const sorted = sortEvents(codes, 4, time);
    expect(sorted).toEqual({
      order: Uint32Array.of(0, 1, 2, 3, 4),
      starts: Uint32Array.of(0, 2, 2, 5, 5),
      time: Float64Array.of(5, 5, 1, 2, 2),
    });
    expect(sorted.time).not.toBe(time);
  });

  it("keeps the arrival of events at minus zero and zero, which are the same time", () => {
    const codes = new Uint32Array(4);
    const sorted = sortEvents(codes, 1, Float64Array.of(1, 0, -0, 0));
    expect(Array.from(sorted.order)).toEqual([1, 2, 3, 0]);
  });

  it("sorts the events of one customer that arrive in reverse, in time that does not explode", () => {
    const length = 200_000;
    const time = Float64Array.from({ length }, (_, i) => length - i);
    const sorted = sortEvents(new Uint32Array(length), 1, time);
    expect(sorted.order.every((row, i) => row === length - 1 - i)).toBe(true);
  });

  it("leaves its input untouched", () => {
    const [codes, time] = events(1000, 20, 30, 9);
    const before = [codes.slice(), time.slice()];
    sortEvents(codes, 20, time);
    expect([codes, time]).toEqual(before);
  });
});

describe("gather", () => {
  it("copies the asked rows of numbers and of codes, repeats included", () => {
    const order = Uint32Array.of(2, 0, 2);
    expect(gather(Float64Array.of(0.5, NaN, -0), order)).toEqual(Float64Array.of(-0, 0.5, -0));
    expect(gather(Uint32Array.of(7, 8, 0xffffffff), order)).toEqual(Uint32Array.of(0xffffffff, 7, 0xffffffff));
    expect(gather(Float64Array.of(1), new Uint32Array(0))).toEqual(new Float64Array(0));
  });
});
