import { type Chart, chartTransitions } from "clientele/charts";
import { countTransitions, fitMarkov, transitionCounts } from "clientele/journeys";
import { renderSvg } from "clientele/report";
import { describe, expect, it } from "vitest";
import { headOf } from "../support/charts.ts";
import { hostileNames } from "../support/hostile.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { dangers, xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const pathsLog = (...paths: string[]): ReturnType<typeof logOf> =>
  logOf(paths.flatMap((path, p) => path.split(" ").map((type, i): Happening => [`c${p}`, type, i])));
const shop = pathsLog("home cart paid", "home cart", "home list cart", "home");

interface Cell {
  readonly from: string;
  readonly to: string;
  readonly share: number;
  readonly percent: string;
}
const cellsOf = (chart: Chart): Cell[] => (chart["data"] as unknown as { values: Cell[] }).values;
const tableOf = (chart: Chart): (string | number)[][] =>
  (chart["usermeta"] as unknown as { table: { rows: (string | number)[][] } }).table.rows;

describe("chartTransitions", () => {
  it("has a cell for each step that occurs, with its share of the row", () => {
    const chart = chartTransitions(countTransitions(shop));
    const text = cellsOf(chart).map(({ from, to, percent }) => `${from} ${to} ${percent}`);
    expect(text).toEqual(["(start) home 100", "cart paid 33", "cart (end) 67", "home cart 50", "home list 25", "home (end) 25", "list cart 100", "paid (end) 100"]); // prettier-ignore
    expect(headOf(chart)).toBe("Which step follows which Share of what follows the row, in percent; 4 paths");
    expect(tableOf(chart)[0]).toEqual(["(start)", "home", 4, 100]);
    expect(chart["description"]).toBe(
      "Which step follows which: 4 paths begin with home in 100.0 % of cases; the most frequent step between events is from home to cart, 2 times, 50.0 % of what follows home.",
    );
    const texts = xmlElements(renderSvg(chart)).filter(({ name }) => name === "text").map(({ text: shown }) => shown); // prettier-ignore
    for (const word of ["From", "To", "(start)", "(end)", "list", "67", "Share of what follows"]) expect(texts).toContain(word); // prettier-ignore
  });

  it("draws a table, a model and merged sums of the same log alike", () => {
    const sums = transitionCounts(["cart", "home", "list", "paid"]);
    let state = sums.init();
    for (let row = 0; row < shop.length; row++) state = sums.add(state, { customer: shop.customer.names[shop.customer.codes[row]], type: shop.type.names[shop.type.codes[row]] }); // prettier-ignore
    const chart = chartTransitions(countTransitions(shop));
    expect(JSON.stringify(chartTransitions(fitMarkov(shop)))).toBe(JSON.stringify(chart));
    expect(JSON.stringify(chartTransitions(sums.finish(state)))).toBe(JSON.stringify(chart));
  });

  it("puts rare states together, whose shares count as often as they are left, also of 10,000", () => {
    for (const size of [40, 9_999]) {
      const path = Array.from({ length: size }, (_, i): Happening => ["ann", `page ${i}`, 2 * i]);
      const hub = path.map(([who, , at]): Happening => [who, "hub", at + 1]);
      const chart = chartTransitions(countTransitions(logOf([...path, ...hub])), { width: 600 });
      const names = new Set(cellsOf(chart).flatMap(({ from, to }) => [from, to]));
      expect(names.size).toBe(23);
      const rows = new Map<string, number>();
      for (const { from, share } of cellsOf(chart)) rows.set(from, (rows.get(from) ?? 0) + share);
      for (const sum of rows.values()) expect(sum).toBeCloseTo(1, 12);
      const others = cellsOf(chart).filter(({ from }) => from.endsWith("others"));
      expect(others.map(({ to, share }) => [to, share])).toEqual([["hub", 1]]);
      expect(headOf(chart)).toContain(`the 20 most frequent of ${size + 1} states, the others as one`);
      expect(tableOf(chart).length).toBeLessThanOrEqual(1000);
    }
  });

  it("shows the smoothed shares of a model, and takes sizes and colors", () => {
    const chart = chartTransitions(fitMarkov(shop, { smoothing: 1 }), { title: "Shop", width: 240, height: 200, colors: ["#fff", "#000"] }); // prettier-ignore
    expect(cellsOf(chart)).toHaveLength(4 + 4 * 5);
    expect([chart["width"], chart["height"]]).toEqual([240, 200]);
    expect(headOf(chart)).toContain("Shop");
    expect(() => compiled(chart)).not.toThrow();
  });

  it("says that there is nothing, and draws one step", () => {
    expect(chartTransitions(countTransitions(logOf([])))["description"]).toContain("There are no paths.");
    const one = chartTransitions(countTransitions(pathsLog("home")));
    expect(one["description"]).toBe("Which step follows which: 1 path begins with home in 100.0 % of cases.");
    expect(() => compiled(one)).not.toThrow();
  });

  it("draws any name as text and nothing else", () => {
    const log = logOf(hostileNames.filter((name) => name !== "").map((name, i): Happening => ["ann", name, i]));
    const chart = chartTransitions(countTransitions(log));
    expect(dangers(xmlElements(renderSvg(chart)))).toEqual([]);
    expect(JSON.parse(JSON.stringify(chart))).toMatchObject({ width: chart["width"] });
  });

  it("refuses what is no table of transitions between states", () => {
    expectRefusal(() => chartTransitions(null as never), "shape-mismatch", "table");
    expectRefusal(
      () => chartTransitions({ ...countTransitions(shop), probabilities: [[2]] }),
      "shape-mismatch",
      "table",
    );
    expectRefusal(() => chartTransitions(fitMarkov(shop, { order: 2 })), "shape-mismatch", "table");
  });
});
