import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chartElbow, chartSegments } from "clientele/charts";
import { renderReport, type Section } from "clientele/report";
import { profileSegments } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import { afterAll, describe, expect, it } from "vitest";
import { renderReportOptions } from "../../src/report/page.ts";
import { ordinaryCharts } from "../support/charts.ts";
import { withPage } from "../support/chromium.ts";
import { hostileNames } from "../support/hostile.ts";
import { dangers, htmlElements, type ParsedElement } from "../support/markup.ts";
import { describeWith } from "../support/needs.ts";
import { expectRefusal } from "../support/refusal.ts";

const charts: Section[] = Object.entries(ordinaryCharts).map(([title, chartOf]) => ({ title, chart: chartOf() }));

/** Every string that a page shows, under every name that might break it. */
function hostilePage(): string {
  const rows = hostileNames.flatMap((_, i) => [[i, i * i], [i + 1, 3 * i]]); // prettier-ignore
  const names = hostileNames;
  const profile = profileSegments(fromMatrix(rows, { names: ["a", "b"] }), labelsOf(rows.map((_, i) => i >> 1)), {
    names,
  });
  const sections = hostileNames.map((name) => ({
    title: name,
    text: `${name}\n\n${name}`,
    table: { columns: [name, "number"], rows: [[name, 1], [null, 2]] }, // prettier-ignore
  }));
  const chart = chartSegments(profile, { title: hostileNames[0] });
  return renderReport({ title: hostileNames[0], sections: [{ title: "Chart", chart }, ...sections] });
}

const only = (elements: readonly ParsedElement[], name: string): ParsedElement[] =>
  elements.filter((element) => element.name === name);

describe("renderReport", () => {
  const page = renderReport({
    title: "Our customers",
    sections: [{ title: "In short", text: "One line.\nIt goes on.\n\n\nAnother & more." }, ...charts],
  });
  const elements = htmlElements(page);

  it("is a whole page: language, title, headings in order, contents, paragraphs", () => {
    expect(page.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    expect(only(elements, "h1").map(({ text }) => text)).toEqual(["Our customers"]);
    expect(only(elements, "h2").map(({ text }) => text)).toEqual(["In short", ...charts.map(({ title }) => title)]);
    const targets = only(elements, "a").map(({ attributes }) => attributes["href"]?.slice(1));
    expect(targets).toEqual(only(elements, "h2").map(({ attributes }) => attributes["id"]));
    expect(only(elements, "p").map(({ text }) => text)).toEqual(["One line. It goes on.", "Another & more."]);
  });

  it("draws every chart, in the color of the page, with a table below it", () => {
    expect(only(elements, "svg")).toHaveLength(charts.length);
    expect(only(elements, "table")).toHaveLength(charts.length);
    for (const svg of only(elements, "svg")) expect(svg.attributes["role"]).toBe("img");
    expect(page).toContain('fill="currentColor"');
    charts.forEach(({ chart }, s) => {
      const { table } = chart!["usermeta"] as unknown as { table: { columns: string[]; rows: unknown[][] } };
      const shown = only(elements, "table")[s].text;
      for (const column of table.columns) expect(shown).toContain(column);
      for (const row of table.rows) for (const cell of row) if (typeof cell === "string") expect(shown).toContain(cell);
    });
  });

  it("shows the table that a section gives, and that one only", () => {
    const table = { columns: ["My own"], rows: [["cell"]] };
    const own = htmlElements(renderReport({ title: "T", sections: [{ ...charts[0], table }] }));
    expect(only(own, "table").map(({ text }) => text.trim())).toEqual(["My own\ncell"]);
  });

  it("needs nothing from outside and lets nothing in", () => {
    expect(dangers(elements)).toEqual([]);
    const policy = only(elements, "meta").find(
      ({ attributes }) => attributes["http-equiv"] === "Content-Security-Policy",
    );
    expect(policy?.attributes["content"]).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'",
    );
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|@import|url\((?!#)/);
  });

  it("has no id twice, and every reference has a target", () => {
    const twice = htmlElements(renderReport({ title: "T", sections: [charts[0], charts[0], ...charts] }));
    const ids = twice.flatMap(({ attributes }) => attributes["id"] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const references = twice
      .flatMap(({ attributes }) => (attributes["aria-labelledby"] ?? "").split(" "))
      .filter(Boolean);
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) expect(ids).toContain(reference);
  });

  it("can be scrolled by keyboard where it is wider than a phone", () => {
    const regions = elements.filter(
      ({ attributes }) => attributes["role"] === "region" || attributes["role"] === "group",
    );
    expect(regions.length).toBe(2 * charts.length);
    for (const { attributes } of regions) expect(attributes["tabindex"]).toBe("0");
  });

  it("is the same page every time", () => {
    expect(renderReport({ title: "T", sections: charts })).toBe(renderReport({ title: "T", sections: charts }));
  });

  it("makes no element from any string, however hostile", () => {
    const hostile = htmlElements(hostilePage());
    expect(dangers(hostile)).toEqual([]);
    expect(only(hostile, "h2")).toHaveLength(hostileNames.length + 1);
    expect(only(hostile, "style")).toHaveLength(1);
    const allowed =
      "html head meta title style body main h1 h2 nav ol li a section p figure div table thead tbody tr th td";
    const drawn = "svg desc g path line rect text tspan defs clippath lineargradient stop";
    expect(
      new Set(hostile.map(({ name }) => name).filter((name) => !`${allowed} ${drawn}`.split(" ").includes(name))),
    ).toEqual(new Set());
    expect(only(hostile, "td").length + only(hostile, "th").length).toBeGreaterThan(6 * hostileNames.length);
  });

  it("draws an empty report, a report of one row, and a section with nothing but a title", () => {
    expect(only(htmlElements(renderReport({ title: "", sections: [] })), "h1")).toHaveLength(1);
    const one = htmlElements(
      renderReport({ title: "T", sections: [{ title: "A" }, { title: "B", table: { columns: ["a"], rows: [[1]] } }] }),
    );
    expect(only(one, "td").map(({ text }) => text)).toEqual(["1"]);
    expect(only(one, "nav")).toEqual([]);
  });

  it("takes a language", () => {
    expect(renderReport({ title: "T", sections: [], language: "de-AT" })).toContain('<html lang="de-AT">');
  });

  it("refuses what is not a report, with the path of the part", () => {
    for (const [key, { refused }] of Object.entries(renderReportOptions)) {
      for (const value of refused) {
        const content = { title: "T", sections: [], [key]: value } as never;
        expectRefusal(() => renderReport(content), "invalid-option", `options.${key}`);
      }
    }
    expectRefusal(() => renderReport({ sections: [] } as never), "invalid-option", "options.title");
    expectRefusal(() => renderReport(null as never), "invalid-option", "options");
    const at =
      (section: unknown): (() => string) =>
      () =>
        renderReport({ title: "T", sections: [{ title: "fine" }, section as Section] });
    expectRefusal(at(null), "invalid-option", "options.sections[1]");
    expectRefusal(at("x"), "invalid-option", "options.sections[1]");
    expectRefusal(at({}), "invalid-option", "options.sections[1].title");
    expectRefusal(at({ title: "a", text: 1 }), "invalid-option", "options.sections[1].text");
    expectRefusal(at({ title: "a", chart: "x" }), "invalid-option", "options.sections[1].chart");
    expectRefusal(at({ title: "a", chart: { $schema: "x" } }), "invalid-value", "options.sections[1].chart.$schema");
    expectRefusal(at({ title: "a", table: [] }), "invalid-option", "options.sections[1].table.columns");
    const table = { columns: ["a", "b"], rows: [[1, 2], [1]] }; // prettier-ignore
    expectRefusal(at({ title: "a", table }), "invalid-option", "options.sections[1].table.rows[1]");
    expectRefusal(at({ title: "a", tabel: {} }), "unknown-option", "options.sections[1].tabel");
  });
});

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

describeWith("a report in a browser", existsSync(chromium) ? [] : [`a browser at ${chromium}`], () => {
  const folder = mkdtempSync(join(tmpdir(), "clientele-report-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("fits a phone and a desktop, runs nothing and asks for nothing", async () => {
    const files = [hostilePage(), renderReport({ title: "Our customers", sections: charts })].map((html, i) => {
      const file = join(folder, `${i}.html`);
      writeFileSync(file, html);
      return pathToFileURL(file).href;
    });
    await withPage(chromium, async (page) => {
      const requests: string[] = [];
      const messages: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => messages.push(message.text()));
      page.on("dialog", (dialog) => void dialog.dismiss().then(() => messages.push("dialog")));
      for (const file of files) {
        for (const width of [360, 800]) {
          await page.setViewportSize({ width, height: 900 });
          await page.goto(file);
          expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
          expect(await page.evaluate("document.querySelectorAll('svg text').length")).toBeGreaterThan(5);
        }
      }
      expect(requests.filter((url) => !files.includes(url))).toEqual([]);
      expect(messages).toEqual([]);
    });
  });

  it("follows the reader's dark setting, and is black on white on paper", async () => {
    const file = join(folder, "theme.html");
    const chart = chartElbow({ k: [1, 2, 3], withinSquares: [5, 2, 1], knee: 2 });
    writeFileSync(file, renderReport({ title: "T", sections: [{ title: "A", chart }] }));
    await withPage(chromium, async (page) => {
      const colors = (): Promise<unknown> =>
        page.evaluate(
          "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('svg text')).fill]",
        );
      await page.goto(pathToFileURL(file).href);
      await page.emulateMedia({ colorScheme: "light" });
      expect(await colors()).toEqual(["rgb(255, 255, 255)", "rgb(27, 31, 36)"]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await colors()).toEqual(["rgb(20, 23, 26)", "rgb(230, 232, 235)"]);
      await page.emulateMedia({ colorScheme: "dark", media: "print" });
      expect(await colors()).toEqual(["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
    });
  });
});
