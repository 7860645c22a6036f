import { afterEach, describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { forceTwin } from "../../src/numeric/kernels/runtime.ts";
import { type SortedEvents, sortEvents } from "../../src/numeric/sort-events.ts";

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

/** Sorts with the row numbers as types and as values, so that what went where can be read from the result. */
function sortRows(customer: Uint32Array, customers: number, time: Float64Array): SortedEvents {
  const type = Uint32Array.from(customer.keys());
  return sortEvents({ customer, type, time, value: Float64Array.from(type) }, customers, []);
}

afterEach(() => forceTwin(false));

describe.each([
  ["WebAssembly", false],
  ["the scalar twin", true],
])("sortEvents with %s", (_, twin) => {
  it.each([
    ["no events at all", 0, 3, 5],
    ["one event", 1, 1, 1],
    ["two events", 2, 1, 2],
    ["a few events of many customers", 40, 1000, 50],
    ["customers with about ten events and many ties", 5000, 500, 6],
    ["customers with about eight events and hardly a tie", 5000, 600, 1e9],
    ["customers with about thirty events, short and long", 6000, 200, 1e9],
    ["more events than one block, a few customers with thousands", 20_000, 7, 300],
    ["more events than one bucket", 70_000, 9001, 1e6],
    ["one customer with all events", 3001, 1, 40],
  ])("orders %s by customer, time and arrival", (_name, length, customers, times) => {
    forceTwin(twin);
    const [codes, time] = events(length, customers, times, length + 1);
    const sorted = sortRows(codes, customers, time);
    const expected = sortedRows(codes, time);
    expect(Array.from(sorted.type)).toEqual(expected);
    expect(Array.from(sorted.value!)).toEqual(expected);
    expect(Array.from(sorted.customer)).toEqual(expected.map((row) => codes[row]));
    expect(Array.from(sorted.time)).toEqual(expected.map((row) => time[row]));
    const counts = new Array<number>(customers).fill(0);
    codes.forEach((code) => counts[code]++);
    let total = 0;
    expect(Array.from(sorted.starts)).toEqual([0, ...counts.map((count) => (total += count))]);
  });

  it.each(Array.from({ length: 70 }, (_unused, i) => i))("orders %i events of one customer", (length) => {
    forceTwin(twin);
    for (const times of [3, 1e9]) {
      const [, time] = events(length, 1, times, length);
      const sorted = sortRows(new Uint32Array(length), 1, time);
      expect(Array.from(sorted.type)).toEqual(sortedRows(new Uint32Array(length), time));
    }
  });

  it.each([
    [5000, 500, 6],
    [70_000, 9001, 1e6],
    [3000, 1, 40],
  ])("orders %i events of %i customers that have a type and no value alike", (length, customers, times) => {
    forceTwin(twin);
    const [customer, time] = events(length, customers, times, 8);
    const type = Uint32Array.from(customer.keys(), (row) => 0xffffffff - row);
    const { value, ...plain } = sortEvents({ customer, type, time, value: undefined }, customers, []);
    const { value: rows, ...valued } = sortEvents({ customer, type, time, value: time }, customers, []);
    expect(value).toBeUndefined();
    expect(rows).toEqual(valued.time);
    expect(plain).toEqual(valued);
    expect(Array.from(plain.type)).toEqual(sortedRows(customer, time).map((row) => 0xffffffff - row));
  });

  it("keeps the arrival of events at minus zero and zero, which are the same time, and which is which", () => {
    forceTwin(twin);
    const sorted = sortRows(new Uint32Array(4), 1, Float64Array.of(1, 0, -0, 0));
    expect(Array.from(sorted.type)).toEqual([1, 2, 3, 0]);
    expect(sorted.time).toEqual(Float64Array.of(0, -0, 0, 1));
  });

  it("sorts times at the ends of the scale", () => {
    forceTwin(twin);
    const time = Float64Array.of(Number.MAX_VALUE, -5e-324, 5e-324, 0, -Number.MAX_VALUE);
    expect(Array.from(sortRows(new Uint32Array(5), 1, time).type)).toEqual([4, 1, 3, 2, 0]);
  });

  it("sorts the events of one customer that arrive in reverse, in time that does not explode", () => {
    forceTwin(twin);
    const length = 200_000;
    const time = Float64Array.from({ length }, (_unused, i) => length - i);
    const sorted = sortRows(new Uint32Array(length), 1, time);
    expect(sorted.type.every((row, i) => row === length - 1 - i)).toBe(true);
  });
});

describe("sortEvents", () => {
  it("brings further columns into the same order, whatever they hold", () => {
    const [codes, time] = events(3000, 200, 9, 5);
    const numbers = Float64Array.from({ length: 3000 }, (_, i) => (i % 7 === 0 ? NaN : i / 3));
    const words = Uint32Array.from({ length: 3000 }, (_, i) => 0xffffffff - i);
    const sorted = sortEvents({ customer: codes, type: codes, time, value: time }, 200, [numbers, words]);
    const expected = sortedRows(codes, time);
    expect(sorted.extra).toEqual([
      Float64Array.from(expected, (row) => numbers[row]),
      Uint32Array.from(expected, (row) => words[row]),
    ]);
  });

  it("sees that events are in order already and returns them as they are, in new arrays", () => {
    const columns = {
      customer: Uint32Array.of(0, 0, 2, 2, 2),
      type: Uint32Array.of(5, 6, 7, 8, 9),
      time: Float64Array.of(5, 5, 1, 2, 2),
      value: Float64Array.of(NaN, 1, 2, 3, 4),
    };
    const extra = [Uint32Array.of(4, 3, 2, 1, 0)];
    const sorted = sortEvents(columns, 4, extra);
    expect(sorted).toEqual({ ...columns, starts: Uint32Array.of(0, 2, 2, 5, 5), extra });
    for (const name of ["customer", "type", "time", "value"] as const) {
      expect(sorted[name]!.buffer).not.toBe(columns[name].buffer);
    }
    expect(sorted.extra[0].buffer).not.toBe(extra[0].buffer);
  });

  it("moves no values where there are none, and orders the rest alike", () => {
    const [codes, time] = events(5000, 300, 1e9, 3);
    const columns = { customer: codes, type: codes.map((_code, row) => row), time };
    const { value, ...plain } = sortEvents({ ...columns, value: undefined }, 300, []);
    expect(value).toBeUndefined();
    expect(plain).toEqual({ ...sortEvents({ ...columns, value: time }, 300, []), value: undefined });
    expect(
      sortEvents({ ...columns, time: new Float64Array(5000), customer: new Uint32Array(5000), value: undefined }, 1, [])
        .value,
    ).toBeUndefined();
  });

  it("leaves its input untouched", () => {
    const [codes, time] = events(1000, 20, 30, 9);
    const columns = { customer: codes, type: codes.slice(), time, value: time.slice() };
    const extra = [time.slice(), codes.slice()];
    const before = structuredClone([columns, extra]);
    sortEvents(columns, 20, extra);
    expect([columns, extra]).toEqual(before);
  });
});
