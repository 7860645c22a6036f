import { chartAnomalies } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { fromMatrix, labelsOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { cloud } from "../support/clouds.ts";
import { hostileNames } from "../support/hostile.ts";
import { dangers, xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

interface Spec {
  readonly layer: readonly { readonly data: { readonly values: readonly { x: number; y: number; kind: string }[] } }[];
  readonly usermeta: { readonly table: { readonly columns: string[]; readonly rows: (string | number | null)[][] } };
}

const specOf = (...input: Parameters<typeof chartAnomalies>): Spec => chartAnomalies(...input) as unknown as Spec;

describe("chartAnomalies", () => {
  const plane = fromMatrix([[0, 0], [1, 0.5], [0, 1], [9, 8], [-7, 9]], { ids: ["a", "b", "c", "d", "e"], names: ["x", "y"] }); // prettier-ignore
  const labels = labelsOf([-1, -1, -1, 0, 0]);

  it("draws ordinary customers first and anomalies over them, with their numbers in the legend", () => {
    const [ordinary, odd] = specOf(plane, { labels }).layer.map(({ data }) => data.values);
    expect(ordinary).toEqual([[0, 0], [1, 0.5], [0, 1]].map(([x, y]) => ({ kind: "Ordinary: 3", x, y }))); // prettier-ignore
    expect(odd).toEqual([[9, 8], [-7, 9]].map(([x, y]) => ({ kind: "Anomaly: 2", x, y }))); // prettier-ignore
    const texts = xmlElements(renderSvg(chartAnomalies(plane, { labels }))).map(({ text }) => text);
    expect(texts).toContain("Ordinary: 3");
    expect(texts).toContain("Anomaly: 2");
  });

  it("lists the anomalies below, the oddest first where there are scores", () => {
    expect(specOf(plane, { labels }).usermeta.table).toEqual({
      columns: ["Customer marked as an anomaly", "x", "y"],
      rows: [["d", 9, 8], ["e", -7, 9]], // prettier-ignore
    });
    const scored = specOf(plane, { labels, scores: [0.4, 0.4, 0.3, 0.6, 0.71239] });
    expect(scored.usermeta.table.rows).toEqual([["e", -7, 9, 0.712], ["d", 9, 8, 0.6]]); // prettier-ignore
  });

  it("stays small: an even sample of the ordinary, the oddest of many anomalies, and says so", () => {
    const rows = 10_000;
    const many = fromMatrix(cloud(rows, 2), { columns: 2, names: ["x", "y"] });
    const marks = labelsOf(Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? 0 : -1)));
    const chart = chartAnomalies(many, { labels: marks, scores: Float64Array.from({ length: rows }, (_, i) => i) });
    const spec = chart as unknown as Spec;
    expect(spec.layer.map(({ data }) => data.values.length)).toEqual([2000, 2000]);
    expect(spec.layer[1].data.values[0].x).toBe(many.values[2 * 9999]);
    expect(headOf(chart)).toMatch(/the oddest 2,000 of 3,334 anomalies; an even sample of 2,000 of 6,666 ordinary/);
    expect(spec.usermeta.table.rows).toHaveLength(50);
    expect(compiled(chart).warnings).toEqual([]);
  });

  it("draws equal customers, nobody odd, everybody odd, and nobody", () => {
    for (const marks of [
      [-1, -1],
      [0, 0],
    ]) {
      const chart = chartAnomalies(fromMatrix([[1, 1], [1, 1]]), { labels: labelsOf(marks) }); // prettier-ignore
      expect(compiled(chart).warnings).toEqual([]);
      expect(renderSvg(chart)).not.toMatch(/NaN|Infinity/);
    }
    const none = chartAnomalies(fromMatrix([], { names: ["x", "y"] }), { labels: labelsOf([]) });
    expect(none["description"]).toBe("Who is unlike the others: There are no customers.");
  });

  it("keeps names that mean something to Vega, JavaScript or markup as names", () => {
    for (const name of hostileNames) {
      const table = fromMatrix([[1, 2], [3, 4]], { ids: [name, `${name}2`], names: [name, `${name}2`] }); // prettier-ignore
      const chart = chartAnomalies(table, { labels: labelsOf([0, -1]) });
      expect(compiled(chart).warnings).toEqual([]);
      expect(dangers(xmlElements(renderSvg(chart)))).toEqual([]);
    }
  });

  it("refuses other than two features, and labels and scores that do not fit", () => {
    expectRefusal(() => chartAnomalies(fromMatrix([[1, 2, 3]]), { labels: labelsOf([0]) }), "shape-mismatch", "embedding.names"); // prettier-ignore
    expectRefusal(() => chartAnomalies(plane, { labels: labelsOf([0]) }), "shape-mismatch", "options.labels");
    expectRefusal(() => chartAnomalies(plane, { labels, scores: [1] }), "shape-mismatch", "options.scores");
    expectRefusal(() => chartAnomalies(plane, { labels, scores: [1, 2, NaN, 3, 4] }), "invalid-value", "options.scores[2]"); // prettier-ignore
    expectRefusal(() => chartAnomalies(fromMatrix([[1, NaN]]), { labels: labelsOf([0]) }), "invalid-value");
  });
});
