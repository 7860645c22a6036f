import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { custom, type OptionTable, readOptions, text } from "../core/options.ts";
import type { Chart } from "../charts/chart.ts";
import { escapeText } from "./escape.ts";
import { style } from "./style.ts";
import { drawChart } from "./svg.ts";
import { type ReportTable, tableHtml, tableOfChart, tableProblem } from "./table.ts";

/** One part of a report: a heading, and below it text, a picture and a table, each if given. */
export interface Section {
  /** The heading. */
  readonly title: string;
  /** Plain text; an empty line begins a new paragraph. */
  readonly text?: string | undefined;
  /** A chart, drawn into the page. */
  readonly chart?: Chart | undefined;
  /** A table; without one, the data of the chart are shown as a table. */
  readonly table?: ReportTable | undefined;
}

/** What {@link renderReport} puts on the page. */
export interface ReportContent {
  /** The heading of the page. */
  readonly title: string;
  /** The parts, in order. */
  readonly sections: readonly Section[];
  /** Language of the texts as a tag such as `"en"` (default) or `"de-AT"`, for screen readers and hyphenation. */
  readonly language?: string | undefined;
}

/** Option table of {@link renderReport}. */
export const renderReportOptions: OptionTable<ReportContent> = {
  title: text(),
  sections: custom("a list of sections", Array.isArray, [null, {}, "a", 1]),
  language: custom(
    "a language tag such as en or de-AT",
    (value) => typeof value === "string" && value.length <= 35 && /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(value),
    ["", "english please", '"', 1, null, {}],
    { default: "en" },
  ),
};

/**
 * Writes a report as one HTML page that needs nothing else: no network, no script, no file beside it.
 *
 * Charts are inline pictures that follow the reader's light or dark setting; every chart has a table with the same
 * numbers; the page prints, and reads on a phone and with a screen reader. Every string from data is escaped, and a
 * content security policy forbids whatever else could be loaded. The same content gives the same string.
 * Needs the optional peers `vega` and `vega-lite`.
 *
 * @param content - title and sections; see {@link ReportContent}.
 * @returns a complete HTML document.
 * @throws {ClienteleError} `invalid-option` with the path of the first part that is not as it should be, such as
 * `options.sections[2].table.rows[0]`; `unknown-option` for an unknown key; the errors of {@link renderSvg} for a chart.
 * @example
 * const table = { columns: ["Segment", "Customers"], rows: [["Loyal", 1200], ["New", null]] };
 * const page = renderReport({ title: "Our customers", sections: [{ title: "Segments", table }] });
 * page.includes("<td class=\"number\">1,200</td>"); // true
 */
export function renderReport(content: ReportContent): string {
  const { title, sections, language } = readOptions("renderReport", renderReportOptions, content);
  sections.forEach((section, s) => checkSection(section, `options.sections[${s}]`));
  const heading = escapeText(title);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${heading}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
${contents(sections)}${sections.map(sectionHtml).join("\n")}
</main>
</body>
</html>
`;
}

const sectionKeys = ["title", "text", "chart", "table"];

function checkSection(section: unknown, path: string): void {
  const caller = "renderReport";
  if (!isRecord(section)) refuse(caller, "invalid-option", path, "a section", describeValue(section));
  const unknown = Object.keys(section).find((key) => !sectionKeys.includes(key));
  if (unknown !== undefined) {
    refuse(caller, "unknown-option", `${path}.${unknown.slice(0, 40)}`, `one of ${sectionKeys.join(", ")}`, "");
  }
  const { title, text: words, chart, table } = section as { readonly [key in keyof Section]?: unknown };
  if (typeof title !== "string") refuse(caller, "invalid-option", `${path}.title`, "a string", describeValue(title));
  if (words !== undefined && typeof words !== "string") {
    refuse(caller, "invalid-option", `${path}.text`, "a string", describeValue(words));
  }
  if (chart !== undefined && (chart === null || typeof chart !== "object" || !("$schema" in chart))) {
    refuse(caller, "invalid-option", `${path}.chart`, "a chart", describeValue(chart));
  }
  const problem = table === undefined ? undefined : tableProblem(table);
  if (problem === undefined) return;
  const received = describeValue(problem.received);
  refuse(caller, "invalid-option", `${path}.table${problem.path}`, problem.expected, received);
}

/** A short report needs no list of its parts. */
function contents(sections: readonly Section[]): string {
  if (sections.length < 3) return "";
  const links = sections.map(({ title }, s) => `<li><a href="#section-${s + 1}">${escapeText(title)}</a></li>`);
  return `<nav aria-label="Contents"><ol>\n${links.join("\n")}\n</ol></nav>\n`;
}

function sectionHtml({ title, text: words, chart, table }: Section, s: number): string {
  const id = `section-${s + 1}`;
  const shown = table ?? (chart === undefined ? undefined : tableOfChart(chart));
  const parts = [`<h2 id="${id}">${escapeText(title)}</h2>`];
  if (words !== undefined) parts.push(paragraphs(words));
  if (chart !== undefined) parts.push(figureHtml(chart, s, id));
  if (shown !== undefined) parts.push(tableHtml(shown, id));
  return `<section aria-labelledby="${id}">\n${parts.join("\n")}\n</section>`;
}

function paragraphs(words: string): string {
  const blocks: string[][] = [[]];
  for (const line of words.split(/\r\n|\r|\n/)) {
    if (line.trim() === "") blocks.push([]);
    else blocks[blocks.length - 1].push(escapeText(line.trim()));
  }
  const filled = blocks.filter((lines) => lines.length > 0);
  return filled.map((lines) => `<p>${lines.join(" ")}</p>`).join("\n");
}

/** A picture shrinks with the page to where its text can still be read, and scrolls from there. */
function figureHtml(chart: Chart, s: number, id: string): string {
  const svg = drawChart("renderReport", `options.sections[${s}].chart`, chart, "page", `s${s + 1}-`);
  const width = Number(/ width="([\d.]+)"/.exec(svg)?.[1] ?? 0);
  const sized = svg.replace("<svg ", `<svg style="max-width:${width}px;min-width:${Math.round(0.75 * width)}px" `);
  return `<figure role="group" aria-labelledby="${id}" tabindex="0">${sized}</figure>`;
}
