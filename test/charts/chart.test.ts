import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chartElbow } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { chartOptions, rampScale } from "../../src/charts/chart.ts";
import { ordinaryCharts } from "../support/charts.ts";
import { expectRefusal } from "../support/refusal.ts";
import { displayed } from "../support/notebook.ts";
import { compiled } from "../support/vega-lite.ts";

/** Every object inside a spec. */
function objectsOf(value: unknown): object[] {
  if (value === null || typeof value !== "object") return [];
  return [value, ...Object.values(value).flatMap(objectsOf)];
}

describe("a chart's title", () => {
  // Vega 6 takes a text that is called like a member of every object for a variable, and then draws nothing at all.
  it.each(["constructor", "toString", "__proto__", "hasOwnProperty", "10"])("is drawn when it is %s", (title) => {
    const chart = chartElbow({ k: [1, 2, 3, 4], withinSquares: [90, 30, 12, 10], knee: 3 }, { title });
    expect(renderSvg(chart)).toContain(`>${title}`);
    expect(chart["description"]).toContain(`${title}:`);
  });
});

describe.each(Object.entries(ordinaryCharts))("%s", (_, chartOf) => {
  it("compiles without a warning", () => {
    expect(compiled(chartOf()).warnings).toEqual([]);
  });

  it("is plain: JSON and structuredClone give back an equal spec", () => {
    const chart = chartOf();
    expect(JSON.parse(JSON.stringify(chart))).toEqual(chart);
    expect(structuredClone(chart)).toEqual(chart);
    for (const part of objectsOf(chart)) {
      for (const inner of Object.values(part))
        expect(["object", "string", "number", "boolean"]).toContain(typeof inner);
    }
  });

  it("reads nothing from outside and evaluates nothing: data inline, no expression", () => {
    const keys = objectsOf(chartOf()).flatMap((part) => Object.keys(part));
    for (const key of ["url", "expr", "signal", "calculate", "href", "labelExpr", "params"])
      expect(keys).not.toContain(key);
  });

  it("shows itself in a notebook: as Vega-Lite 6 and 5, as the picture that renderSvg draws, and as text", () => {
    const chart = chartOf();
    const before = JSON.stringify(chart);
    expect(displayed(chart)).toEqual({
      "application/vnd.vegalite.v6+json": chart,
      "application/vnd.vegalite.v5+json": { ...chart, $schema: chart.$schema.replace("v6", "v5") },
      "image/svg+xml": renderSvg(chart),
      "text/plain": chart["description"],
    });
    expect(JSON.stringify(chart)).toBe(before);
    expect(Object.keys(chart)).toEqual(Object.keys(JSON.parse(before) as object));
    expect(JSON.parse(JSON.stringify(displayed(chart)))).toEqual(displayed(chart));
  });

  it("has a title, a description and a table whose rows fit its columns", () => {
    const { title, description, usermeta } = chartOf() as unknown as {
      title: { text: string[] };
      description: string;
      usermeta: { table: { columns: string[]; rows: unknown[][] } };
    };
    expect(title.text.join(" ").length).toBeGreaterThan(10);
    expect(description.startsWith(title.text.join(" "))).toBe(true);
    expect(usermeta.table.rows.length).toBeGreaterThan(0);
    for (const row of usermeta.table.rows) expect(row).toHaveLength(usermeta.table.columns.length);
  });

  it("is the same chart every time", () => {
    expect(JSON.stringify(chartOf())).toBe(JSON.stringify(chartOf()));
  });
});

describe("ChartOptions", () => {
  const curve = { k: [1, 2, 3], withinSquares: [9, 2, 1], knee: 2 };

  it("replace title, size and colors", () => {
    const options = { title: "One two", width: 300, height: 200, colors: ["#abc", "tomato"] };
    const chart = chartElbow(curve, options) as unknown as { title: object; width: number; height: number };
    expect(chart.title).toMatchObject({ text: ["One two"] });
    expect([chart.width, chart.height]).toEqual([300, 200]);
    expect(JSON.stringify(chart)).toContain('"#aabbcc"');
    expect(JSON.stringify(chart)).toContain('"#ff6347"');
  });

  it("are checked: each value that must be refused is", () => {
    for (const [key, { refused }] of Object.entries(chartOptions)) {
      for (const value of refused) {
        expectRefusal(() => chartElbow(curve, { [key]: value }), "invalid-option", `options.${key}`);
      }
    }
    expectRefusal(() => chartElbow(curve, { colour: ["red"] } as object), "unknown-option", "options.colour");
  });
});

describe("rampScale", () => {
  it("has one number per color, from low to high", () => {
    expect(rampScale(["#000000", "#777777", "#ffffff"], -2, 2)).toMatchObject({ domain: [-2, 0, 2] });
    expect(rampScale(["#777777"], 1, 5)).toMatchObject({ domain: [1, 5], range: ["#777777", "#777777"] });
  });
});

describe("the charts room", () => {
  it("imports nothing from vega: a chart is data", () => {
    const folder = join(import.meta.dirname, "../../src/charts");
    const imports = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/ from "([^"]+)"/g)].map(([, module]) => module),
    );
    expect(imports.length).toBeGreaterThan(10);
    for (const module of imports) expect(module).toMatch(/^\.\.?\//);
  });
});
