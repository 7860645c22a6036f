import { type Chart, chartElbow, chartSegments } from "clientele/charts";
import { displayChart, renderSvg } from "clientele/report";
import { profileSegments } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { renderSvgOptions } from "../../src/report/svg.ts";
import { hostileNames } from "../support/hostile.ts";
import { dangers, xmlElements } from "../support/markup.ts";
import { displayed } from "../support/notebook.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const elbow = (): Chart => chartElbow({ k: [1, 2, 3, 4], withinSquares: [90, 30, 12, 10], knee: 3 });
const segmentsNamed = (name: string): Chart => {
  const table = fromMatrix([[1, 2], [2, 3], [9, 4]], { names: [name, "other"] }); // prettier-ignore
  return chartSegments(profileSegments(table, labelsOf([0, 0, 1]), { names: [name, "rest"] }), { title: name });
};

describe("displayChart", () => {
  it("shows a chart that was saved as JSON, in either theme", () => {
    const saved = JSON.parse(JSON.stringify(elbow())) as Chart;
    for (const theme of ["light", "dark"] as const) {
      expect(displayed(displayChart(saved, { theme }))).toEqual({
        ...displayed(elbow()),
        "image/svg+xml": renderSvg(saved, { theme }),
      });
    }
    expect(displayed(displayChart(saved))).toEqual(displayed(elbow()));
  });

  it("returns an equal, plain chart and leaves the given one as it was", () => {
    const saved = Object.freeze(JSON.parse(JSON.stringify(elbow()))) as Chart;
    const shown = displayChart(saved);
    expect(shown).not.toBe(saved);
    expect(Object.getOwnPropertySymbols(saved)).toEqual([]);
    expect(Object.keys(shown)).toEqual(Object.keys(saved));
    expect(JSON.stringify(shown)).toBe(JSON.stringify(saved));
    expect(structuredClone(shown)).toEqual(saved);
  });

  it("shows what was drawn, whatever the caller does with the spec afterwards", () => {
    const spec: Record<string, unknown> = { ...elbow() };
    const shown = displayChart(spec as Chart);
    const before = displayed(shown);
    delete spec["layer"];
    expect(displayed(shown)).toEqual(before);
  });

  it("shows Vega specs by the MIME types of Vega, and a title where there is no description", () => {
    const vega = compiled(elbow()).vega as Record<string, never>;
    const { description: _, ...rest } = vega;
    const $schema = "https://vega.github.io/schema/vega/v6.json";
    const bundle = displayed(displayChart({ ...rest, $schema }));
    expect(Object.keys(bundle)).toEqual([
      "application/vnd.vega.v6+json",
      "application/vnd.vega.v5+json",
      "image/svg+xml",
      "text/plain",
    ]);
    expect(bundle["application/vnd.vega.v5+json"]).toEqual({ ...rest, $schema: $schema.replace("v6", "v5") });
    expect(bundle["text/plain"]).toBe("Choosing the number of clusters");
    const exact = { $schema: "https://vega.github.io/schema/vega-lite/v5.2.0.json", data: { values: [] }, mark: "bar" };
    expect(displayed(displayChart(exact))["application/vnd.vegalite.v6+json"]).toMatchObject({
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    });
  });

  it("refuses what cannot be drawn at once, not when the cell is shown", () => {
    expectRefusal(() => displayChart({} as never), "invalid-value", "chart.$schema");
    expectRefusal(() => displayChart(null as never), "invalid-value", "chart");
    const outside = { ...elbow(), data: { url: "https://example.org/data.json" } };
    expectRefusal(() => displayChart(outside), "unsupported", "chart");
    for (const value of renderSvgOptions.theme.refused) {
      expectRefusal(() => displayChart(elbow(), { theme: value as never }), "invalid-option", "options.theme");
    }
    expectRefusal(() => displayChart(elbow(), { dark: true } as never), "unknown-option");
  });
});

describe("a picture in a notebook", () => {
  it.each(hostileNames)("holds a hostile name as text only: %j", (name) => {
    const chart = segmentsNamed(name);
    const before = JSON.stringify(chart);
    for (const shown of [displayed(chart), displayed(displayChart(chart))]) {
      const elements = xmlElements(shown["image/svg+xml"] as string);
      expect(dangers(elements)).toEqual([]);
      expect(elements.filter(({ name: tag }) => ["body", "script", "img", "foreignObject"].includes(tag))).toEqual([]);
      expect(JSON.parse(JSON.stringify(shown))).toEqual(shown);
    }
    expect(JSON.stringify(chart)).toBe(before);
  });

  it("is left out where a changed spec cannot be drawn: the cell says so and does not fail", () => {
    const chart = elbow();
    Object.assign(chart, { data: { url: "https://example.org/data.json" } });
    const bundle = displayed(chart);
    expect(Object.keys(bundle)).toHaveLength(3);
    expect(bundle).not.toHaveProperty("image/svg+xml");
    expect(bundle["text/plain"]).toContain("(No picture: ClienteleError: renderSvg: ");
  });
});
