import { chooseK, fitKMeans, measureGap } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { crowd } from "../support/crowds.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

describe("measureGap", () => {
  it("finds planted groups, and no groups in one crowd", () => {
    for (let seed = 0; seed < 3; seed++) {
      expect(measureGap(crowd("blobs", 200, 2, seed), { to: 7, seed }).k).toBe(4);
      expect(measureGap(crowd("gaussian", 200, 2, seed), { to: 5, seed }).k).toBe(1);
    }
  });

  it("is the mean logarithm of the clouds' squares above that of the data", () => {
    const table = crowd("blobs", 120, 2, 5);
    const { curve, measured } = measureGap(table, { to: 4 });
    expect(measured).toBe(120);
    expect(curve.map(({ k }) => k)).toEqual([1, 2, 3, 4]);
    for (const { k, logSquares, expected, gap, gapError } of curve) {
      const squares = fitKMeans(table, { k }).withinSquares;
      expectClose(logSquares!, Math.log(squares), { absolute: 1e-9, because: "sums in another order" });
      expectClose(gap!, expected! - logSquares!, { absolute: 1e-12, because: "one subtraction" });
      expect(gapError).toBeGreaterThan(0);
    }
  });

  it("expects of one group what a uniform line has: the logarithm of n · length² / 12", () => {
    const line = fromMatrix(Array.from({ length: 500 }, (_, i) => [i / 499]));
    const { curve } = measureGap(line, { from: 1, to: 2, draws: 200 });
    // The sum of squares of 500 uniform numbers has a relative spread of about 4 %; its mean logarithm over 200, 0.3 %.
    expectClose(curve[0].expected!, Math.log(500 / 12), { absolute: 0.015, because: "five standard errors" });
  });

  it("has an error that falls with neither draws nor luck: the spread of one draw", () => {
    const table = crowd("gaussian", 100, 2, 1);
    const few = measureGap(table, { to: 2, draws: 10 }).curve[0].gapError;
    const many = measureGap(table, { to: 2, draws: 200 }).curve[0].gapError;
    expect(many / few).toBeGreaterThan(0.4);
    expect(many / few).toBeLessThan(2.5);
  });

  it("is what chooseK shows and follows by the gap", () => {
    const table = crowd("blobs", 120, 2, 5);
    const report = measureGap(table, { from: 2, to: 6 });
    const chosen = chooseK(table, { by: "gap", from: 2, to: 6 });
    expect(chosen).toMatchObject({ k: report.k, rule: report.rule });
    expect(chosen.curve.map(({ gap }) => gap)).toEqual(report.curve.map(({ gap }) => gap));
  });

  it("samples a thousand of many rows, and does not depend on their order", () => {
    const table = crowd("blobs", 1500, 2, 3);
    const report = measureGap(table, { to: 5, draws: 5 });
    expect(report).toMatchObject({ k: 4, measured: 1000 });
    expect(measureGap(reordered(table, shuffled(1500, 3)), { to: 5, draws: 5 })).toEqual(report);
  });

  it("has no gap where every group is one point", () => {
    const report = measureGap(fromMatrix([[0], [0], [5], [5], [9], [9]]), { to: 9 });
    expect(report.curve.at(-1)).toMatchObject({ k: 3, gap: null, logSquares: null });
    expect(report.notes.map(({ code }) => code)).toEqual(["k-shortened"]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("refuses what it cannot measure", () => {
    const of =
      (rows: number[][], options = {}) =>
      () =>
        measureGap(fromMatrix(rows, { columns: 1 }), options);
    expectRefusal(of([]), "too-few-rows", "table");
    expectRefusal(of([[1], [1], [1]], { from: 2 }), "degenerate-data", "table");
    expectRefusal(of([[1], [2], [3]], { from: 3, to: 2 }), "invalid-option", "options.from");
    expectRefusal(of([[1], [2], [Number.NaN]]), "invalid-value", "table.values[2, 0]");
  });
});
