import { type FeatureTable, groupSizes, type Labels } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitsOf, freezeDeep, partsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

/** What {@link labelLaws} must know about a way to label the rows of a table. */
export interface LabelLaws {
  /** Labels the rows; a fit and an apply function in one, where there are two. */
  readonly label: (table: FeatureTable) => Labels;
  /** Tables that can be labeled; ids do not matter. */
  readonly tables: fc.Arbitrary<FeatureTable>;
  /** Whether rows may be left in no group (−1). */
  readonly noise: "allowed" | "never";
}

const runs = { numRuns: 60 };

/** The laws of every grouping: whole, canonical, and about the customers rather than about the order they came in. */
export function labelLaws(name: string, { label, tables, noise }: LabelLaws): void {
  const check = (body: (table: FeatureTable) => void): void => fc.assert(fc.property(tables, body), runs);

  describe(`${name} keeps the laws of labels`, () => {
    it("gives one label per row, numbered 0, 1, … without a gap", () =>
      check((table) => {
        const labels = label(table);
        expect(labels).toBeInstanceOf(Int32Array);
        expect(labels).toHaveLength(table.ids.length);
        for (const group of labels) expect(group).toBeGreaterThanOrEqual(noise === "allowed" ? -1 : 0);
        expect([...groupSizes(labels)].every((size) => size > 0)).toBe(true);
      }));

    it("numbers groups by size, and groups of equal size by the first coordinate in which they differ", () =>
      check((table) => {
        const labels = label(table);
        const sizes = groupSizes(labels);
        const means = meansOf(table, labels, sizes.length);
        for (let group = 1; group < sizes.length; group++) {
          expect(sizes[group - 1]).toBeGreaterThanOrEqual(sizes[group]);
          if (sizes[group - 1] === sizes[group]) {
            expect(isOutOfOrder(means[group - 1], means[group], spreadsOf(table))).toBe(false);
          }
        }
      }));

    it("gives a customer the same label in whatever order the rows come", () =>
      fc.assert(
        fc.property(tables, fc.integer(), (table, salt) => {
          const labels = label(table);
          const order = shuffled(table.ids.length, salt);
          expect([...label(reordered(table, order))]).toEqual(order.map((row) => labels[row]));
        }),
        runs,
      ));

    it("gives the same labels twice, does not look at ids, and leaves the table as it was", () =>
      check((table) => {
        const before = bitsOf(table);
        const labels = label(freezeDeep(table));
        expect(bitsOf(label(structuredClone(table)))).toBe(bitsOf(labels));
        expect(bitsOf(label({ ...table, ids: table.ids.map((id) => `other ${id}`) }))).toBe(bitsOf(labels));
        expect(bitsOf(table)).toBe(before);
        const parts = partsOf(table);
        expect([...partsOf(labels)].filter((part) => parts.has(part))).toEqual([]);
      }));

    it("refuses things that are no table, and infinite cells with their place", () => {
      const table = fc.sample(tables, { numRuns: 1, seed: 5 })[0];
      for (const wrong of [null, undefined, {}, [], "table", { ...table, values: table.values.slice(1) }]) {
        expectRefusal(() => label(wrong as FeatureTable), "shape-mismatch");
      }
      const infinite = { ...table, values: table.values.with(0, Infinity) };
      expectRefusal(() => label(infinite), "invalid-value", "table.values[0, 0]");
    });
  });
}

function meansOf({ names, values }: FeatureTable, labels: Labels, groups: number): number[][] {
  const sums = Array.from({ length: groups }, () => names.map(() => 0));
  const sizes = groupSizes(labels);
  labels.forEach((group, row) => {
    if (group >= 0) names.forEach((_, j) => (sums[group][j] += values[row * names.length + j] / sizes[group]));
  });
  return sums;
}

function spreadsOf({ names, values }: FeatureTable): number[] {
  return names.map((_, j) => {
    const cells = values.filter((__, i) => i % names.length === j);
    return (
      cells.reduce((high, x) => Math.max(high, x), -Infinity) - cells.reduce((low, x) => Math.min(low, x), Infinity)
    );
  });
}

/** A centroid is a mean only up to the stop rule of its fit: differences below a twentieth of the range say nothing. */
function isOutOfOrder(before: readonly number[], after: readonly number[], spreads: readonly number[]): boolean {
  for (let j = 0; j < before.length; j++) {
    const difference = before[j] - after[j];
    if (difference > spreads[j] / 20) return true;
    if (difference < 0 || difference > 1e-9 * spreads[j]) return false;
  }
  return false;
}
