import { describe, expect, it } from "vitest";
import { checkOutcome } from "../../src/tables/outcome.ts";
import { expectRefusal } from "../support/refusal.ts";

describe("checkOutcome", () => {
  it("counts for how many the outcome came, or what they weigh", () => {
    expect(checkOutcome("f", Uint8Array.of(0, 1, 1), 3)).toBe(2);
    expect(checkOutcome("f", Uint8Array.of(0, 1, 1), 3, Float64Array.of(1, 0.5, 3))).toBe(3.5);
  });

  it("refuses what is not one 0 or 1 per row", () => {
    expectRefusal(() => checkOutcome("f", Uint8Array.of(), 0), "too-few-rows", "table");
    expectRefusal(() => checkOutcome("f", Uint8Array.of(0, 1), 3), "shape-mismatch", "outcome");
    expectRefusal(() => checkOutcome("f", [0, 1] as unknown as Uint8Array, 2), "shape-mismatch", "outcome");
    expectRefusal(() => checkOutcome("f", Uint8Array.of(0, 1, 2), 3), "invalid-value", "outcome[2]");
  });

  it("refuses one class, also where only rows without weight are of the other", () => {
    expectRefusal(() => checkOutcome("f", Uint8Array.of(1, 1), 2), "degenerate-data", "outcome");
    expectRefusal(() => checkOutcome("f", Uint8Array.of(0, 0), 2), "degenerate-data", "outcome");
    const weights = Float64Array.of(1, 0);
    expectRefusal(() => checkOutcome("f", Uint8Array.of(0, 1), 2, weights), "degenerate-data", "outcome");
  });
});
