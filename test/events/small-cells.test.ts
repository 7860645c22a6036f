import { suppressSmallCells } from "clientele/events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

type Table = readonly (readonly number[])[];
type Shown = readonly (readonly (number | null)[])[];

/**
 * What an attacker makes of a table: every way to fill the hidden cells with counts from `least` that fits the totals of rows and
 * columns (of a single row or column only its one total). Returns the values that each hidden cell takes.
 */
function valuesOfHidden(counts: Table, shown: Shown, least: number): Set<number>[] {
  const hidden = shown.flatMap((row, r) => row.flatMap((cell, c) => (cell === null ? [[r, c] as const] : [])));
  const rest = (cells: readonly number[], marks: readonly (number | null)[]): number =>
    cells.reduce((sum, count, i) => sum + (marks[i] === null ? count : 0), 0);
  const width = counts[0].length;
  const rows = counts.map((row, r) => (width > 1 || counts.length === 1 ? rest(row, shown[r]) : Infinity));
  const columns = Array.from(
    { length: width },
    (_, c) =>
    counts.length > 1 ? rest(counts.map((row) => row[c]), shown.map((row) => row[c])) : Infinity, // prettier-ignore
  );
  const values = hidden.map(() => new Set<number>());
  const chosen: number[] = [];
  const fill = (i: number): void => {
    if (i === hidden.length) {
      const fits = (total: number): boolean => total === 0 || total === Infinity;
      if (rows.every(fits) && columns.every(fits)) chosen.forEach((value, cell) => values[cell].add(value));
      return;
    }
    const [r, c] = hidden[i];
    for (let value = least; value <= Math.min(rows[r], columns[c]); value++) {
      rows[r] -= value;
      columns[c] -= value;
      chosen[i] = value;
      fill(i + 1);
      rows[r] += value;
      columns[c] += value;
    }
  };
  fill(0);
  return values;
}

const codesOf = (table: Table, minimum = 5): string[] => suppressSmallCells(table, { minimum }).notes.map(({ code }) => code); // prettier-ignore

describe("suppressSmallCells", () => {
  it("hides a small count behind the smallest others of its row and column", () => {
    const table = [[3, 20, 40], [30, 25, 60], [50, 70, 80]]; // prettier-ignore
    const result = suppressSmallCells(table, { minimum: 5 });
    expect(result.cells).toEqual([[null, null, 40], [null, null, 60], [50, 70, 80]]); // prettier-ignore
    expect(result).toMatchObject({ suppressed: 4, small: 1, complementary: 3, notes: [] });
  });

  it("hides nothing where nothing is small: 0 and the minimum itself are shown", () => {
    const table = [[0, 5], [9, 0]]; // prettier-ignore
    expect(suppressSmallCells(table, { minimum: 5 })).toMatchObject({ cells: table, suppressed: 0, notes: [] });
    expect(suppressSmallCells([[1, 0]], { minimum: 1 }).suppressed).toBe(0);
  });

  it("hides zeros on request, and uses them as cover only where nothing else is left", () => {
    expect(suppressSmallCells([[0, 50, 60], [70, 80, 90]], { minimum: 5, suppressZeros: true }).suppressed).toBe(4); // prettier-ignore
    expect(suppressSmallCells([[3, 0, 9]], { minimum: 5 }).cells).toEqual([[null, 0, null]]);
    expect(suppressSmallCells([[3, 0]], { minimum: 5 }).cells).toEqual([[null, null]]);
  });

  it("takes small cells that cover each other as enough", () => {
    const table = [[3, 4, 40], [2, 4, 60]]; // prettier-ignore
    expect(suppressSmallCells(table, { minimum: 5 })).toMatchObject({ suppressed: 4, complementary: 0 });
  });

  it("covers two ones by a third cell: with zeros shown, 1 + 1 has one solution only", () => {
    expect(suppressSmallCells([[1, 1, 40, 60]], { minimum: 5 }).cells).toEqual([[null, null, null, 60]]);
  });

  it("protects one row and one column by their one total", () => {
    expect(suppressSmallCells([[3, 20, 40]], { minimum: 5 }).cells).toEqual([[null, null, 40]]);
    expect(suppressSmallCells([[3], [20], [40]], { minimum: 5 }).cells).toEqual([[null], [null], [40]]);
  });

  it("says what cannot be protected", () => {
    expect(suppressSmallCells([[3]], { minimum: 5 })).toMatchObject({ cells: [[null]], suppressed: 1 });
    expect(codesOf([[3]])).toContain("derivable");
    expect(codesOf([[1, 1]])).toEqual(["weakly-protected", "small-totals"]);
    expect(codesOf([[3, 40], [50, 60]])).toEqual([]); // prettier-ignore
    expect(codesOf([[3, 0], [0, 60]])).toEqual(["small-totals"]); // prettier-ignore
  });

  it("takes empty tables", () => {
    for (const table of [[], [[]], [[], []]]) {
      expect(suppressSmallCells(table, { minimum: 5 })).toMatchObject({ cells: table, suppressed: 0, notes: [] });
    }
  });

  it("leaves no hidden count that follows from the totals, for whoever tries all tables", () => {
    const cell = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 3, max: 9 }));
    const table = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })).chain(([rows, columns]) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows })); // prettier-ignore
    fc.assert(
      fc.property(table, fc.integer({ min: 2, max: 4 }), fc.boolean(), (counts, minimum, suppressZeros) => {
        const { cells, notes, suppressed } = suppressSmallCells(counts, { minimum, suppressZeros });
        const codes = notes.map(({ code }) => code);
        cells.forEach((row, r) => row.forEach((shown, c) => {
          if (shown === null) return;
          expect(shown).toBe(counts[r][c]);
          expect(shown >= minimum || (shown === 0 && !suppressZeros)).toBe(true);
        })); // prettier-ignore
        expect(cells.flat().filter((shown) => shown === null)).toHaveLength(suppressed);
        const fewest = (least: number): number =>
          valuesOfHidden(counts, cells, least).reduce((low, values) => Math.min(low, values.size), Infinity);
        // Whatever cannot be protected is said; everything else takes at least two values.
        if (!codes.includes("derivable")) expect(fewest(0)).toBeGreaterThan(1);
        else expect(valuesOfHidden(counts, cells, 0).some((values) => values.size === 1)).toBe(true);
        // So it does for someone who knows that zeros are shown, unless a zero was hidden: then that is no knowledge.
        const hidesZero = cells.some((row, r) => row.some((shown, c) => shown === null && counts[r][c] === 0));
        if (suppressZeros || hidesZero || codes.includes("derivable") || codes.includes("weakly-protected")) return;
        expect(fewest(1)).toBeGreaterThan(1);
      }),
      { numRuns: 300 },
    );
  });

  it("takes long lists and narrow tables with many small counts in seconds", () => {
    const count = (i: number): number => (i * 7919) % 10;
    const list = Array.from({ length: 4000 }, (_, i) => [count(i)]);
    const table = [0, 1].map((r) => Array.from({ length: 2000 }, (_, c) => count(3 * c + 7 * r + 1)));
    for (const counts of [list, table]) {
      const { cells, small, complementary, notes } = suppressSmallCells(counts, { minimum: 5 });
      expect(small).toBe(1600);
      expect(cells.flat().filter((cell) => cell === null)).toHaveLength(small + complementary);
      expect(notes.filter(({ code }) => code !== "small-totals")).toEqual([]);
    }
  });

  it("refuses ragged rows, what is no count, and more than it can do in time", () => {
    const options = { minimum: 5 };
    expectRefusal(() => suppressSmallCells("table" as never, options), "shape-mismatch", "counts");
    expectRefusal(() => suppressSmallCells([[1, 2], [1]], options), "shape-mismatch", "counts[1]"); // prettier-ignore
    expectRefusal(() => suppressSmallCells([[1, 2], null as never], options), "shape-mismatch", "counts[1]"); // prettier-ignore
    for (const wrong of [-1, 1.5, NaN, Infinity, "3", null]) {
      expectRefusal(() => suppressSmallCells([[1, wrong as number]], options), "invalid-value", "counts[0, 1]");
    }
    for (const minimum of [0, -5, 1.5]) expectRefusal(() => suppressSmallCells([[1]], { minimum }), "invalid-option", "options.minimum"); // prettier-ignore
    const huge = Array.from({ length: 400 }, () => new Array<number>(400).fill(9));
    expectRefusal(() => suppressSmallCells(huge, options), "too-large", "counts");
  });
});
