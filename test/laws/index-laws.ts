import { type FeatureTable, fromMatrix, type Labels, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupedRows } from "../support/arbitraries.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

/** What {@link indexLaws} must know about an index of how good a grouping is. */
export interface IndexLaws {
  /** The index; null where it has no limit. */
  readonly measure: (table: FeatureTable, labels: Labels) => number | null;
  /** Scales of the table at which the index must be the same. */
  readonly units: readonly number[];
  /** From here on the index is as good as infinite: equal means can differ by a rounding in another order. */
  readonly infinite?: number;
}

/** The laws of every index of a grouping without known classes: about who is with whom, not about numbers, order or units. */
export function indexLaws(name: string, { measure, units, infinite = Infinity }: IndexLaws): void {
  const of = (rows: readonly (readonly number[])[], labels: readonly number[]): number | null =>
    measure(fromMatrix(rows), labelsOf(labels));
  const expectSame = (actual: number | null, expected: number | null): void => {
    const isInfinite = (value: number | null): boolean => value === null || value > infinite;
    if (isInfinite(expected)) expect(isInfinite(actual)).toBe(true);
    else expectClose(actual!, expected!, { relative: 1e-9, absolute: 1e-9, because: "sums in another order" });
  };

  describe(`${name} keeps the laws of indices`, () => {
    it("does not depend on the order of rows, on the numbers of the groups, on shifts or on the unit", () =>
      fc.assert(
        fc.property(groupedRows, ({ rows, labels }) => {
          const value = of(rows, labels);
          const order = shuffled(rows.length, 5);
          const moved = reordered(fromMatrix(rows), order);
          expectSame(measure(moved, labelsOf(order.map((row) => labels[row]))), value);
          expectSame(
            of(
              rows,
              labels.map((label) => (label < 0 ? -1 : 900 - 7 * label)),
            ),
            value,
          );
          expectSame(
            of(
              rows.map((row) => row.map((x) => x + 64)),
              labels,
            ),
            value,
          );
          for (const unit of units) {
            expectSame(
              of(
                rows.map((row) => row.map((x) => x * unit)),
                labels,
              ),
              value,
            );
          }
        }),
      ));

    it("leaves rows in no group out, wherever they are", () =>
      fc.assert(
        fc.property(groupedRows, ({ rows, labels }) => {
          expectSame(of([...rows, [1e6, -1e6]], [...labels, -1]), of(rows, labels));
        }),
      ));

    it("refuses fewer than two groups, only single members, other rows, absurd numbers and missing cells", () => {
      const rows = [[0], [1], [5]];
      for (const labels of [
        [0, 0, 0],
        [0, 1, 2],
        [-1, -1, -1],
        [-1, 2, -1],
      ]) {
        expectRefusal(() => of(rows, labels), "degenerate-data", "labels");
      }
      expectRefusal(() => of(rows, [0, 1]), "shape-mismatch", "labels");
      expectRefusal(() => of(rows, [0, 0, 1000]), "invalid-value", "labels[2]");
      expectRefusal(() => of([[0], [NaN], [5]], [0, 0, 1]), "invalid-value", "table.values[1, 0]");
      expectRefusal(() => of([[0], [1e146], [5]], [0, 0, 1]), "invalid-value", "table.values[1, 0]");
      const nobody = fromMatrix([], { columns: 1 });
      expectRefusal(() => measure(nobody, labelsOf([])), "degenerate-data", "labels");
    });
  });
}
