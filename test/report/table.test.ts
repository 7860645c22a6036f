import type { Json } from "clientele/charts";
import { describe, expect, it } from "vitest";
import { tableHtml, tableOfChart, tableProblem } from "../../src/report/table.ts";

describe("tableHtml", () => {
  it("aligns numbers, names rows by their first text, and dashes what is missing", () => {
    const html = tableHtml({ columns: ["Segment", "Size", "Note"], rows: [["A", 1500, "x"], ["B", null, null]] }, "id"); // prettier-ignore
    expect(html).toBe(
      '<div class="table" role="region" aria-labelledby="id" tabindex="0"><table>' +
        '<thead><tr><th scope="col">Segment</th><th scope="col" class="number">Size</th><th scope="col">Note</th></tr></thead>\n' +
        '<tbody><tr><th scope="row">A</th><td class="number">1,500</td><td>x</td></tr>\n' +
        '<tr><th scope="row">B</th><td class="number">–</td><td>–</td></tr></tbody></table></div>',
    );
  });

  it("says that there are no rows", () => {
    expect(tableHtml({ columns: ["A", "B"], rows: [] }, "id")).toContain('<td class="none" colspan="2">No rows</td>');
    expect(tableHtml({ columns: [], rows: [] }, "id")).toContain("No rows");
  });

  it("writes NaN as missing and breaks only words that are too long", () => {
    const html = tableHtml({ columns: ["N"], rows: [[NaN], ["x".repeat(30)]] }, "id");
    expect(html).toContain("<td>–</td>");
    expect(html).toContain(`<th scope="row" class="long">${"x".repeat(30)}</th>`);
  });
});

describe("tableOfChart", () => {
  const schema = { $schema: "https://vega.github.io/schema/vega-lite/v6.json" };

  it("takes the table that a chart brings, if it is one", () => {
    const table = { columns: ["a"], rows: [[1]] };
    expect(tableOfChart({ ...schema, usermeta: { table } })).toBe(table);
    expect(tableOfChart({ ...schema, usermeta: { table: { columns: ["a"], rows: [[1, 2]] } } })).toBeUndefined();
  });

  it("reads the inline data of any other chart: all fields, missing cells missing, odd ones as JSON", () => {
    const values = [{ a: 1, b: "x" }, { a: null, c: [1, 2] }, 5] as never;
    expect(tableOfChart({ ...schema, data: { values } })).toEqual({
      columns: ["a", "b", "c"],
      rows: [
        [1, "x", null],
        [null, null, "[1,2]"],
        [null, null, null],
      ],
    });
    expect(tableOfChart({ ...schema, data: { values: JSON.parse('[{"__proto__":1}]') as Json } })?.rows).toEqual([[1]]);
    expect(tableOfChart({ ...schema, data: { url: "x" } })).toBeUndefined();
    expect(tableOfChart(schema)).toBeUndefined();
  });
});

describe("tableProblem", () => {
  it.each([
    [null, ""],
    [{}, ".columns"],
    [{ columns: [1], rows: [] }, ".columns[0]"],
    [{ columns: ["a"] }, ".rows"],
    [{ columns: ["a"], rows: [1] }, ".rows[0]"],
    [{ columns: ["a"], rows: [[1], [1, 2]] }, ".rows[1]"],
    [{ columns: ["a"], rows: [[true]] }, ".rows[0][0]"],
    [{ columns: ["a", "b"], rows: [[1, undefined]] }, ".rows[0][1]"],
  ])("of %j is at table%s", (table, path) => {
    expect(tableProblem(table)?.path).toBe(path);
  });

  it("is none in a table", () => {
    expect(tableProblem({ columns: [], rows: [] })).toBeUndefined();
    expect(tableProblem({ columns: ["a"], rows: [[null], ["x"], [NaN]] })).toBeUndefined();
  });
});
