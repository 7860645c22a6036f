import { chartSpendResponse, type SpendResponseCurves } from "clientele/charts";
import { fitSpendResponse, measureSpendResponse } from "clientele/predictions";
import { renderSvg } from "clientele/report";
import { fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { svgTexts } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const spend = fromMatrix(
  Array.from({ length: 40 }, (_, i) => [(i * 17) % 23, (i * 7) % 11]),
  { names: ["tv", "radio"] },
);
const sales = Array.from({ length: 40 }, (_, i) => 20 + 3 * spend.values[2 * i] + spend.values[2 * i + 1] + (i % 3));
const report = measureSpendResponse(fitSpendResponse(spend, sales, { adstock: 0, saturation: "none" }), spend);

describe("chartSpendResponse", () => {
  it("draws a curve per channel, and says at its dot what one unit more goes with", () => {
    const texts = svgTexts(renderSvg(chartSpendResponse(report)));
    for (const label of ["tv", "radio", "Response to spend", "Spend per period, kept up"])
      expect(texts).toContain(label);
    const labels = texts.filter((text) => text.startsWith("+1 → +"));
    expect(labels).toHaveLength(2);
    expect(labels[0]).toMatch(/^\+1 → \+(2\.9|3|3\.0)/);
  });

  it("says association or effect", () => {
    expect(chartSpendResponse(report)["description"]).toContain("an association, not an effect");
    expect(chartSpendResponse({ ...report, interpretation: "effect" })["description"]).toContain(
      "an effect of randomized",
    );
  });

  it("draws a single channel without legend, curves without interval, six of many channels, and none at all", () => {
    const [tv] = report.channels;
    const bare = { ...tv, curve: tv.curve.map((point) => ({ ...point, interval: null })) };
    for (const channels of [
      [tv],
      [bare],
      Array.from({ length: 9 }, (_, c) => ({ ...tv, channel: `channel ${c}` })),
      [],
    ]) {
      const chart = chartSpendResponse({ interpretation: "association", channels });
      expect(compiled(chart).warnings).toEqual([]);
      expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
      if (channels.length === 9) expect(svgTexts(renderSvg(chart)).join(" ")).toContain("3 more channel(s)");
    }
  });

  it("refuses what is not such a report", () => {
    expectRefusal(() => chartSpendResponse(null as never), "shape-mismatch", "report");
    expectRefusal(
      () => chartSpendResponse({ ...report, channels: [1] } as never),
      "shape-mismatch",
      "report.channels[0]",
    );
    const broken = { ...report.channels[0], curve: [{ ...report.channels[0].curve[0], response: NaN }] };
    const damaged: SpendResponseCurves = { ...report, channels: [broken] };
    expectRefusal(() => chartSpendResponse(damaged), "invalid-value", "report.channels[0].curve[0]");
    const far = { ...report, channels: [{ ...report.channels[0], meanSpend: NaN }] };
    expectRefusal(() => chartSpendResponse(far), "invalid-value", "report.channels[0]");
  });
});
