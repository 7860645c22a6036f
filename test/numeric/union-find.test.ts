import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unionFind } from "../../src/numeric/union-find.ts";

describe("unionFind", () => {
  it("starts with everyone alone", () => {
    expect(unionFind(3).labels()).toEqual(Int32Array.of(0, 1, 2));
    expect(unionFind(0).labels()).toEqual(new Int32Array(0));
  });

  it("joins groups, tells whether they were apart, and numbers them by first appearance", () => {
    const groups = unionFind(6);
    expect(groups.union(4, 1)).toBe(true);
    expect(groups.union(5, 0)).toBe(true);
    expect(groups.union(1, 5)).toBe(true);
    expect(groups.union(0, 4)).toBe(false);
    expect(groups.union(2, 2)).toBe(false);
    expect(groups.labels()).toEqual(Int32Array.of(0, 0, 1, 2, 0, 0));
    expect(groups.find(0)).toBe(groups.find(4));
    expect(groups.find(2)).not.toBe(groups.find(3));
  });

  it("agrees with relabeling everyone at each join", () => {
    const pairs = fc.array(fc.tuple(fc.nat(29), fc.nat(29)));
    fc.assert(
      fc.property(pairs, (joins) => {
        const groups = unionFind(30);
        let naive = Array.from({ length: 30 }, (_, i) => i);
        for (const [a, b] of joins) {
          expect(groups.union(a, b)).toBe(naive[a] !== naive[b]);
          naive = naive.map((label) => (label === naive[a] ? naive[b] : label));
        }
        const order = [...new Set(naive)];
        expect([...groups.labels()]).toEqual(naive.map((label) => order.indexOf(label)));
      }),
    );
  });

  it("joins a chain of a million in a blink", () => {
    const groups = unionFind(1_000_000);
    for (let i = 1; i < 1_000_000; i++) groups.union(i - 1, i);
    expect(groups.labels().every((label) => label === 0)).toBe(true);
  });
});
