import { type Chart, chartSankey } from "clientele/charts";
import { type MeasureStepMatrixOptions, measureStepMatrix, type Sankey, sankeyOf } from "clientele/journeys";
import { renderSvg } from "clientele/report";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { headOf } from "../support/charts.ts";
import { hostileNames } from "../support/hostile.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { dangers, svgTexts, xmlElements } from "../support/markup.ts";
import { expectRefusal } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";

const sankeyOfPaths = (paths: readonly (readonly string[])[], options: MeasureStepMatrixOptions): Sankey =>
  sankeyOf(measureStepMatrix(logOf(paths.flatMap((path, p) => path.map((type, i): Happening => [`c${p}`, type, i]))), options)); // prettier-ignore
const words = (...paths: string[]): string[][] => paths.map((path) => path.split(" "));

// Six paths; two end in the first step, one in the second.
const shop = sankeyOfPaths(words("home cart paid", "home cart paid", "home list cart", "home list", "home", "ad"), { steps: 3, goal: "paid" }); // prettier-ignore

const textsOf = (chart: Chart): string[] => svgTexts(renderSvg(chart));
const tableOf = (chart: Chart): (string | number)[][] =>
  (chart["usermeta"] as unknown as { table: { rows: (string | number)[][] } }).table.rows;

interface Point {
  readonly flow: number;
  readonly color: number;
  readonly x: number;
  readonly y: number;
  readonly y2: number;
}
interface Rect {
  readonly x: number;
  readonly y: number;
  readonly y2: number;
}
const layersOf = (chart: Chart): [Point[], Rect[]] => {
  const [ribbons, blocks] = chart["layer"] as unknown as [{ data: { values: Point[] } }, { data: { values: Rect[] } }];
  return [ribbons.data.values, blocks.data.values];
};

describe("chartSankey", () => {
  it("draws blocks and ribbons as high as paths are many, and a stub where paths end", () => {
    const [points, blocks] = layersOf(chartSankey(shop));
    const unit = (blocks[0].y2 - blocks[0].y) / 5; // five are at home
    expect(blocks.map(({ y, y2 }) => Math.round((y2 - y) / unit))).toEqual([5, 1, 2, 2, 2, 1]);
    const flows = [...new Set(points.map(({ flow }) => flow))].map((flow) => points.filter((one) => one.flow === flow));
    const sizes = flows.map((flow) => ({ from: flow[0].x, paths: Math.round((flow[0].y2 - flow[0].y) / unit) }));
    const second = blocks[2].x + 12;
    // home to cart 2, home to list 2, cart to paid 2, list to cart 1; then the stubs of home 1, ad 1, list 1.
    expect(sizes.map(({ paths }) => paths)).toEqual([2, 2, 2, 1, 1, 1, 1]);
    expect(sizes.map(({ from }) => from === second)).toEqual([false, false, true, true, false, false, true]);
    for (const flow of flows) expect(flow.every(({ x }, i) => i === 0 || x > flow[i - 1].x)).toBe(true);
  });

  it("lets ribbons and the stub of a block fill it from top to bottom without overlap", () => {
    const [points, blocks] = layersOf(chartSankey(shop, { height: 400 }));
    for (const block of blocks.filter(({ x }) => x < blocks[blocks.length - 1].x)) {
      const starts = points.filter(({ x, y, y2 }, i) => x === block.x + 12 && points[i - 1]?.flow !== points[i].flow && y >= block.y - 0.2 && y2 <= block.y2 + 0.2); // prettier-ignore
      const edges = starts.map(({ y, y2 }) => [y, y2]).sort((a, b) => a[0] - b[0]);
      expect(edges[0][0]).toBeCloseTo(block.y, 0);
      expect(edges[edges.length - 1][1]).toBeCloseTo(block.y2, 0);
      edges.slice(1).forEach(([y], i) => expect(Math.abs(y - edges[i][1])).toBeLessThan(0.3));
    }
  });

  it("names blocks and steps, tells the conversion, and has every ribbon and drop-off in its table", () => {
    const chart = chartSankey(shop);
    const texts = textsOf(chart);
    for (const text of ["Step 1", "Step 3", "home · 5", "ad · 1", "list · 2", "paid · 2"])
      expect(texts).toContain(text);
    expect(headOf(chart)).toContain("Overall conversion to paid: 33.3 %");
    expect(tableOf(chart)).toEqual([
      [1, "home", "cart", 2, 40],
      [1, "home", "list", 2, 40],
      [1, "home", "(end)", 1, 20],
      [1, "ad", "(end)", 1, 100],
      [2, "cart", "paid", 2, 100],
      [2, "list", "cart", 1, 50],
      [2, "list", "(end)", 1, 50],
      [3, "paid", "(end)", 2, 100],
      [3, "cart", "(end)", 1, 100],
    ]);
    expect(chart["description"]).toBe(
      "Where paths go: of 6 paths 5 (83.3 %) are at home in step 1; the largest flow is from home to cart after step 1, 2 paths; 2 end at paid in step 3.",
    );
  });

  it("puts an event in the middle, with those that have not begun before it", () => {
    const around = sankeyOfPaths(words("home cart paid", "cart", "ad"), { steps: 1, centeredOn: "cart" });
    const texts = textsOf(chartSankey(around));
    for (const text of ["Step -1", "Step 0", "Step 1", "(start) · 1", "cart · 2"]) expect(texts).toContain(text);
    expect(chartSankey(around)["description"]).toContain("of 2 paths 2 (100.0 %) are at cart in step 0");
  });

  it("lets no ribbon cross where none has to", () => {
    // Largest first would put b above a in the second column, and cross all.
    const apart = sankeyOfPaths(words("x a", "x a", "y b", "x", "y b", "y b").slice(0, 6), { steps: 2 });
    const [points] = layersOf(chartSankey(apart));
    const [first, second] = [0, 1].map((flow) => points.filter((one) => one.flow === flow));
    expect(first[0].y < second[0].y).toBe(first[8].y < second[8].y);
  });

  it("stays bounded with hundreds of events and steps, loses no path, and says what it leaves out", () => {
    const paths = Array.from({ length: 400 }, (_, p) => Array.from({ length: 60 }, (__, i) => `e${(p * i) % 211}`));
    const chart = chartSankey(sankeyOfPaths(paths, { steps: 50 }));
    expect(headOf(chart)).toContain("the 10 most frequent events, 201 others as one");
    expect(headOf(chart)).toContain("38 more steps are not drawn");
    expect(JSON.stringify({ ...chart, usermeta: null }).length).toBeLessThan(300_000);
    for (let step = 1; step < 12; step++) {
      const rows = tableOf(chart).filter(([at]) => at === step);
      expect(rows.reduce((sum, row) => sum + (row[3] as number), 0)).toBe(400);
    }
    // Eleven events in any order: nearly all of the 121 pairs between two steps occur.
    const random = randomOf(7);
    const wild = Array.from({ length: 600 }, () =>
      Array.from({ length: 12 }, () => `e${Math.floor(11 * random.next())}`),
    );
    const crowded = chartSankey(sankeyOfPaths(wild, { steps: 12 }));
    expect(headOf(crowded)).toMatch(/the 1,?0\d\d smallest of 1,?3\d\d flows, [\d,]+ paths, are not drawn/u);
    expect(JSON.stringify({ ...crowded, usermeta: null }).length).toBeLessThan(300_000);
    const around = chartSankey(sankeyOfPaths(paths, { steps: 30, centeredOn: "e7" }));
    expect(textsOf(around)).toEqual(expect.arrayContaining(["Step -5", "Step 5"]));
  });

  it("says so where there are no paths, and draws a single column", () => {
    expect(textsOf(chartSankey(sankeyOfPaths([], { steps: 3 })))).toContain("There are no paths.");
    const one = chartSankey(sankeyOfPaths(words("a", "b"), { steps: 1 }));
    expect(textsOf(one)).toContain("a · 1");
    expect(compiled(one).warnings).toEqual([]);
  });

  it("is safe with any names, and takes sizes, colors and a title", () => {
    const names = [...new Set(hostileNames)];
    const named = sankeyOfPaths(names.map((name, i) => [name, names[(i + 1) % names.length], "z"]), { steps: 3, goal: names[0] }); // prettier-ignore
    for (const size of [
      { width: 800, height: 400 },
      { width: 120, height: 90 },
    ]) {
      const chart = chartSankey(named, { ...size, title: "</text><script>", colors: ["#000", "#fff"] });
      expect(dangers(xmlElements(renderSvg(chart)))).toEqual([]);
      expect(compiled(chart).warnings).toEqual([]);
      expect(chart).toMatchObject(size);
    }
  });

  it("reads a result that was saved as JSON, and refuses what is none", () => {
    expect(chartSankey(JSON.parse(JSON.stringify(shop)) as Sankey)).toEqual(chartSankey(shop));
    for (const none of [null, undefined, {}, [], "sankey"]) expectRefusal(() => chartSankey(none as never), "shape-mismatch", "sankey"); // prettier-ignore
    const [node] = shop.nodes;
    expectRefusal(() => chartSankey({ ...shop, nodes: [node, node] }), "shape-mismatch", "sankey.nodes[1]");
    expectRefusal(
      () => chartSankey({ ...shop, nodes: [{ ...node, count: NaN }] }),
      "shape-mismatch",
      "sankey.nodes[0]",
    );
    const back = { source: "2:cart", target: "1:home", value: 1 };
    expectRefusal(() => chartSankey({ ...shop, links: [back] }), "shape-mismatch", "sankey.links[0]");
    expectRefusal(() => chartSankey({ ...shop, goal: {} as never }), "shape-mismatch", "sankey.goal");
  });
});
