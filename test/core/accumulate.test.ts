import { type Accumulator, byKey, counter, mergeAll, product, run } from "clientele/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const sum: Accumulator<number, number, number> = {
  init: () => 0,
  add: (state, x) => state + x,
  merge: (a, b) => a + b,
  finish: (state) => state,
};
// Keeps the inputs in order: shows whether an operation keeps the order of its parts.
const list: Accumulator<number, number[], number[]> = {
  init: () => [],
  add: (state, x) => [...state, x],
  merge: (a, b) => [...a, ...b],
  finish: (state) => state,
};

describe("run and mergeAll", () => {
  it("give the result of no input for no input", () => {
    expect(run(sum, [])).toBe(0);
    expect(mergeAll(list, [])).toEqual([]);
  });

  it("agree on any split of the inputs, in the order of the parts", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.integer())), (parts) => {
        const states = parts.map((part) => part.reduce((state, x) => list.add(state, x), list.init()));
        expect(list.finish(mergeAll(list, states))).toEqual(run(list, parts.flat()));
      }),
    );
  });
});

describe("product", () => {
  it("runs every part in one pass", () => {
    expect(run(product({ sum, count: counter(), list }), [3, 4])).toEqual({ sum: 7, count: 2, list: [3, 4] });
  });

  it("merges part by part and leaves both states alone", () => {
    const both = product({ sum, list });
    const a = both.add(both.init(), 1);
    const b = both.add(both.init(), 2);
    const before = structuredClone([a, b]);
    expect(both.finish(both.merge(a, b))).toEqual({ sum: 3, list: [1, 2] });
    expect([a, b]).toEqual(before);
  });
});

describe("byKey", () => {
  const totals = byKey((order: readonly [string, number]) => order[0], {
    ...sum,
    add: (state: number, order: readonly [string, number]) => state + order[1],
  });

  it("groups by key and sorts the keys in code-unit order", () => {
    expect(run(totals, [["b", 1], ["a", 2], ["b", 3], ["10", 4], ["9", 5]])).toEqual([["10", 4], ["9", 5], ["a", 2], ["b", 4]]); // prettier-ignore
  });

  it("loses no key, whatever it is called", () => {
    const hostile = ["__proto__", "constructor", "toString", "10", "", " ", "\ud83d", "hasOwnProperty"];
    const orders = hostile.flatMap((key): [string, number][] => [[key, 1], [key, 2]]); // prettier-ignore
    expect(run(totals, orders)).toEqual([...hostile].sort().map((key) => [key, 3]));
  });

  it("keeps its state through JSON and structuredClone, hostile keys included", () => {
    const state = totals.add(totals.add(totals.init(), ["__proto__", 2]), ["constructor", 5]);
    for (const copy of [JSON.parse(JSON.stringify(state)) as typeof state, structuredClone(state)]) {
      expect(totals.finish(totals.add(copy, ["__proto__", 1]))).toEqual([["__proto__", 3], ["constructor", 5]]); // prettier-ignore
    }
  });

  it("merges to the same result as one pass, and a later add cannot reach into the merged parts", () => {
    const order = fc.tuple(fc.constantFrom("a", "b", "__proto__"), fc.integer());
    fc.assert(
      fc.property(fc.array(order), fc.array(order), (left, right) => {
        const stateOf = (orders: [string, number][]): Record<string, number> =>
          orders.reduce((state, o) => totals.add(state, o), totals.init());
        const [a, b] = [stateOf(left), stateOf(right)];
        const before = JSON.stringify([a, b]);
        const merged = totals.merge(a, b);
        expect(totals.finish(merged)).toEqual(run(totals, [...left, ...right]));
        totals.add(merged, ["a", 1]);
        expect(JSON.stringify([a, b])).toBe(before);
      }),
    );
  });
});
