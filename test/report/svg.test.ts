import { type Chart, chartElbow, chartSegments } from "clientele/charts";
import { renderSvg } from "clientele/report";
import { profileSegments } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import { describe, expect, it, vi } from "vitest";
import { drawScene } from "../../src/report/vega.ts";
import { renderSvgOptions } from "../../src/report/svg.ts";
import { ordinaryCharts } from "../support/charts.ts";
import { hostileNames } from "../support/hostile.ts";
import { dangers, htmlElements, xmlElements } from "../support/markup.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";
import { compiled } from "../support/vega-lite.ts";
import { drawnAsynchronously } from "../support/vega.ts";

const schema = "https://vega.github.io/schema/vega-lite/v6.json";
const bar = { mark: "bar", encoding: { x: { field: "a", type: "nominal" }, y: { field: "b", type: "quantitative" } } };
const spec = (parts: object): Chart => ({ $schema: schema, ...bar, ...parts });

describe.each(Object.entries(ordinaryCharts))("%s as a picture", (_, chartOf) => {
  it("is well-formed, safe, and the same in XML and HTML", () => {
    const svg = renderSvg(chartOf());
    const xml = xmlElements(svg);
    expect(dangers(xml)).toEqual([]);
    expect(
      htmlElements(svg)
        .slice(3)
        .map(({ name }) => name),
    ).toEqual(xml.map(({ name }) => name));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("says what it shows to who cannot see it", () => {
    const [root, title, description] = xmlElements(renderSvg(chartOf()));
    expect(root?.attributes["role"]).toBe("img");
    expect(root?.attributes["aria-labelledby"]).toBe(`${title?.attributes["id"]} ${description?.attributes["id"]}`);
    expect([title?.name, description?.name]).toEqual(["title", "desc"]);
    expect(description?.text).toBe(chartOf()["description"]);
  });

  it("has the same bytes every time, whatever was drawn before", () => {
    const first = renderSvg(chartOf());
    renderSvg(chartElbow({ k: [1, 2, 3], withinSquares: [3, 1, 1], knee: 2 }));
    expect(renderSvg(JSON.parse(JSON.stringify(chartOf())) as Chart)).toBe(first);
  });

  it("is light or dark", () => {
    const light = renderSvg(chartOf());
    const dark = renderSvg(chartOf(), { theme: "dark" });
    expect(renderSvg(chartOf(), { theme: "light" })).toBe(light);
    const ground = (svg: string): string | undefined =>
      xmlElements(svg).find(({ name }) => name === "rect")?.attributes["fill"];
    expect([ground(light), ground(dark)]).toEqual(["#ffffff", "#14171a"]);
    const inks = (svg: string): Set<string | undefined> =>
      new Set(
        xmlElements(svg)
          .filter(({ name }) => name === "text")
          .map(({ attributes }) => attributes["fill"]),
      );
    expect(inks(light)).toContain("#1b1f24");
    expect(inks(dark)).toContain("#e6e8eb");
    expect(inks(dark)).not.toContain("#1b1f24");
  });

  it("keeps every mark inside its frame", () => {
    const svg = renderSvg(chartOf());
    const width = Number(/ width="(\d+)"/.exec(svg)?.[1]);
    expect(width).toBeGreaterThan(100);
    expect(width).toBeLessThan(1000);
  });
});

describe("renderSvg", () => {
  it("leaves the chart as it was, and its data without marks of Vega", () => {
    const chart = spec({ data: { values: [{ a: "x", b: 1 }] } });
    const before = JSON.stringify(chart);
    renderSvg(chart);
    expect(JSON.stringify(chart)).toBe(before);
    const { values } = chart["data"] as unknown as { values: object[] };
    expect(Object.getOwnPropertySymbols(values[0])).toEqual([]);
    expect(renderSvg(Object.freeze(chart))).toContain("<svg");
  });

  it("neither logs nor fetches", () => {
    const spies = (["log", "warn", "error"] as const).map((level) => vi.spyOn(console, level));
    renderSvg(
      spec({ data: { values: [{ a: "x", b: 1 }] }, encoding: { x: { field: "nowhere", type: "quantitative" } } }),
    );
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });

  it("keeps hostile names as text in titles, labels, legends and facets of any spec", () => {
    const values = hostileNames.map((a, b) => ({ a, b }));
    const color = { field: "a", type: "nominal" };
    for (const parts of [
      { data: { values }, encoding: { ...bar.encoding, color } },
      { data: { values: values.slice(0, 9) }, encoding: { ...bar.encoding, row: color } },
      { data: { values }, mark: { type: "line", point: true }, encoding: { ...bar.encoding, color } },
      { data: { values }, mark: "text", encoding: { ...bar.encoding, text: color } },
    ]) {
      const title = hostileNames.slice(0, 6).join(" ");
      const elements = xmlElements(renderSvg(spec({ ...parts, title, description: title })));
      expect(dangers(elements)).toEqual([]);
      expect(elements.filter(({ name }) => ["body", "script", "img"].includes(name))).toEqual([]);
    }
  });

  it("draws the same marks for a segment whatever it is called", () => {
    const marks = (name: string): string[] => {
      const table = fromMatrix([[1, 2], [2, 3], [9, 4]], { names: [name, "other"] }); // prettier-ignore
      const chart = chartSegments(profileSegments(table, labelsOf([0, 0, 1]), { names: [name, "rest"] }));
      return xmlElements(renderSvg(chart))
        .filter(({ name: tag }) => tag !== "text")
        .map(({ attributes }) => attributes["fill"]?.replace(/^url.*/, "url") ?? "");
    };
    const plain = marks("plain");
    for (const name of hostileNames.slice(6)) expect(marks(name)).toEqual(plain);
  });

  it.each([
    ["data by URL", { data: { url: "https://example.org/data.json" } }],
    ["data from a file", { data: { url: "/etc/passwd" } }],
    [
      "images",
      {
        data: { values: [{ a: "https://example.org/a.png", b: 1 }] },
        mark: "image",
        encoding: { url: { field: "a" } },
      },
    ],
    [
      "links",
      { data: { values: [{ a: "javascript:alert(1)", b: 1 }] }, encoding: { ...bar.encoding, href: { field: "a" } } },
    ],
  ])("refuses %s", (_, parts) => {
    const fetch = vi.spyOn(globalThis, "fetch");
    expectRefusal(() => renderSvg(spec(parts)), "unsupported", "chart");
    expect(fetch).not.toHaveBeenCalled();
    fetch.mockRestore();
  });

  it("refuses what is not a chart, and keeps what Vega said as the cause", () => {
    for (const nothing of [null, undefined, 1, "x", []])
      expectRefusal(() => renderSvg(nothing as never), "invalid-value", "chart");
    expectRefusal(() => renderSvg({} as never), "invalid-value", "chart.$schema");
    expectRefusal(() => renderSvg({ $schema: "https://example.org/v6.json" }), "invalid-value", "chart.$schema");
    const circular: Record<string, unknown> = { $schema: schema };
    circular["self"] = circular;
    expectRefusal(() => renderSvg(circular as never), "invalid-value", "chart");
    const refused = refusalOf(() => renderSvg(spec({ mark: "no such mark", data: { values: [] } })));
    expect(refused.code).toBe("invalid-value");
    expect(refused.cause).toBeInstanceOf(Error);
    const expression = spec({ data: { values: [{ b: 1 }] }, transform: [{ calculate: "1 +* 2", as: "c" }] });
    expect(refusalOf(() => renderSvg(expression)).cause).toBeInstanceOf(Error);
  });

  it("checks its options", () => {
    const chart = spec({ data: { values: [] } });
    for (const value of renderSvgOptions.theme.refused) {
      expectRefusal(() => renderSvg(chart, { theme: value as never }), "invalid-option", "options.theme");
    }
    expectRefusal(() => renderSvg(chart, { dark: true } as never), "unknown-option");
  });

  it("draws Vega specs as well", () => {
    const vega = compiled(ordinaryCharts["chartElbow"]()).vega as Record<string, never>;
    const svg = renderSvg({ ...vega, $schema: "https://vega.github.io/schema/vega/v6.json" });
    expect(xmlElements(svg).filter(({ text, name }) => name === "text" && text === "Knee: k = 3")).toHaveLength(1);
  });

  it("gives two different pictures different ids", () => {
    const [a, b] = Object.values(ordinaryCharts).map((chartOf) => xmlElements(renderSvg(chartOf())));
    const ids = [...a, ...b].flatMap(({ attributes }) => attributes["id"] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("drawScene", () => {
  it.each(Object.entries(ordinaryCharts))("draws %s as vega does asynchronously", async (_, chartOf) => {
    const shapes = (markup: string): string[] => markup.match(/<(?:path|line|text|rect)\b/g) ?? [];
    const { vega } = compiled(chartOf());
    const theirs = await drawnAsynchronously(structuredClone(vega));
    // Vega paints its ground as a rect; here the frame does it.
    const ours = drawScene(structuredClone(vega), {}).markup;
    expect(shapes(ours)).toEqual(shapes(theirs).slice(shapes(theirs).length - shapes(ours).length));
    expect(shapes(theirs).length - shapes(ours).length).toBeLessThanOrEqual(1);
  });
});
