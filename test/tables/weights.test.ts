import { describe, expect, it } from "vitest";
import { readWeights } from "../../src/tables/weights.ts";
import { expectRefusal } from "../support/refusal.ts";

describe("readWeights", () => {
  it("copies lists and typed arrays, and leaves out what is absent", () => {
    const given = Float64Array.of(1, 0, 2.5);
    const read = readWeights("f", given, 3);
    expect(read).toEqual(given);
    expect(read).not.toBe(given);
    expect(readWeights("f", [1, 0, 2.5], 3)).toEqual(given);
    expect(readWeights("f", undefined, 3)).toBeUndefined();
  });

  it("refuses another number of weights, and the first that is none", () => {
    expectRefusal(() => readWeights("f", [1], 2), "shape-mismatch", "options.weights");
    for (const bad of [NaN, -1, Infinity, "1", undefined]) {
      expectRefusal(() => readWeights("f", [1, bad as number], 2), "invalid-value", "options.weights[1]");
    }
  });

  it("refuses zeros only, and weights whose sum is no number", () => {
    expectRefusal(() => readWeights("f", [0, 0], 2), "degenerate-data", "options.weights");
    expectRefusal(() => readWeights("f", [1.7e308, 1.7e308], 2), "invalid-value", "options.weights");
  });
});
