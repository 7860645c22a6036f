import { chartKDistance } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { measureKDistance } from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { svgTexts } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const distances = Float64Array.of(1, 1, 1, 2, 9);

describe("chartKDistance", () => {
  it("draws the curve and marks the knee, with the share of customers that it takes in", () => {
    const texts = svgTexts(renderSvg(chartKDistance({ distances, knee: 2 })));
    for (const text of ["Knee: 2", "The knee is at 2, which 80.0 % do not exceed", "Distance to the neighbor"])
      expect(texts).toContain(text);
  });

  it("says that there is no knee, and draws no mark for it", () => {
    const chart = chartKDistance({ distances, knee: null });
    expect(chart["description"]).toBe(
      "How crowded it is around customers: distances of 5 customers to a neighbor, from 1 to 9; no knee stands out.",
    );
    expect(svgTexts(renderSvg(chart)).filter((text) => text.startsWith("Knee"))).toEqual([]);
  });

  it("stays small for a million customers, and keeps both ends of the curve", () => {
    const chart = chartKDistance({ distances: Float64Array.from({ length: 1_000_000 }, (_, i) => i), knee: 999_000 });
    const json = JSON.stringify(chart);
    expect(json.length).toBeLessThan(20_000);
    expect(json).toContain('"distance":0}');
    expect(json).toContain('"distance":999999}');
  });

  it("draws one customer, equal customers and none", () => {
    for (const given of [Float64Array.of(3), new Float64Array(4), new Float64Array(0)]) {
      const chart = chartKDistance({ distances: given, knee: null });
      expect(compiled(chart).warnings).toEqual([]);
      expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
    }
    const report = measureKDistance(fromMatrix([[1], [2], [3], [30]]), { k: 1 });
    expect(chartKDistance(report)["description"]).toMatch(/from 1 to 27; /);
  });

  it("refuses what is not such a report", () => {
    expectRefusal(() => chartKDistance(null as never), "shape-mismatch", "report");
    expectRefusal(() => chartKDistance({ distances: [1, 2], knee: null } as never), "shape-mismatch", "report");
    for (const wrong of [Float64Array.of(1, NaN), Float64Array.of(2, 1), Float64Array.of(1, Infinity)]) {
      expectRefusal(() => chartKDistance({ distances: wrong, knee: null }), "invalid-value", "report.distances[1]");
    }
    expectRefusal(() => chartKDistance({ distances, knee: -1 }), "invalid-value", "report.knee");
  });
});
