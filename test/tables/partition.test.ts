import { groupCount, partitionOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { checkFiner, checkPartition } from "../../src/tables/partition.ts";
import { expectRefusal } from "../support/refusal.ts";

describe("partitionOf", () => {
  it("turns sizes into starts that end with the number of rows", () => {
    expect(partitionOf([2, 0, 3]).starts).toEqual(Uint32Array.of(0, 2, 2, 5));
    expect(groupCount(partitionOf([2, 0, 3]))).toBe(3);
  });

  it("cuts no rows into no groups", () => {
    expect(partitionOf([]).starts).toEqual(Uint32Array.of(0));
    expect(groupCount(partitionOf([]))).toBe(0);
  });

  it("refuses sizes that are not whole numbers of rows", () => {
    for (const bad of [-1, 1.5, NaN, 2 ** 32]) expectRefusal(() => partitionOf([1, bad]), "invalid-value", "sizes[1]");
    for (const bad of [1n, "1", null]) expectRefusal(() => partitionOf([1, bad as never]), "invalid-value", "sizes[1]");
  });

  it("refuses what is no list, and to count the groups of what is no partition", () => {
    for (const bad of [undefined, null, 5, "12", {}]) {
      expectRefusal(() => partitionOf(bad as never), "shape-mismatch", "sizes");
      expectRefusal(() => groupCount(bad as never), "shape-mismatch", "partition.starts");
    }
  });
});

describe("checks of a partition", () => {
  it("refuse one that does not cover the rows exactly", () => {
    const check = (starts: unknown): void => checkPartition("f", "per", { starts } as never, 5);
    expect(() => check(Uint32Array.of(0, 2, 5))).not.toThrow();
    for (const bad of [undefined, [0, 5], new Uint32Array(0)]) {
      expectRefusal(() => check(bad), "shape-mismatch", "per.starts");
    }
    expectRefusal(() => check(Uint32Array.of(0, 4)), "shape-mismatch", "per.starts");
    expectRefusal(() => check(Uint32Array.of(1, 5)), "shape-mismatch", "per.starts");
    expectRefusal(() => check(Uint32Array.of(0, 3, 2, 5)), "invalid-value", "per.starts[2]");
  });

  it("refuse sessions that reach across customers", () => {
    const customers = partitionOf([2, 0, 3]);
    expect(() => checkFiner("f", "sessions", partitionOf([1, 1, 3]), customers)).not.toThrow();
    expect(() => checkFiner("f", "sessions", customers, customers)).not.toThrow();
    expectRefusal(() => checkFiner("f", "sessions", partitionOf([3, 2]), customers), "shape-mismatch");
  });
});
