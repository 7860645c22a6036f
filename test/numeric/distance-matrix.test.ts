import { describe, expect, it } from "vitest";
import { fitsMatrix, matrixMerges } from "../../src/numeric/distance-matrix.ts";
import { singleMerges } from "../../src/numeric/spanning-tree.ts";
import { cloud } from "../support/clouds.ts";

/** Euclidean distance of two rows, columns added in order. */
function apart(values: Float64Array, columns: number, a: number, b: number): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += (values[a * columns + j] - values[b * columns + j]) ** 2;
  return Math.sqrt(sum);
}

describe("matrixMerges", () => {
  it("joins complete clusters at the largest distance of their members, through every move of the matrix", () => {
    const [rows, columns] = [211, 3];
    const values = cloud(rows, columns);
    const { from, into, heights } = matrixMerges(values, rows, columns, "complete");
    const members = Array.from({ length: rows }, (_, row) => [row]);
    heights.forEach((height, i) => {
      const [a, b] = [members[from[i]], members[into[i]]];
      const distances = a.flatMap((x) => b.map((y) => apart(values, columns, x, y)));
      expect(height).toBe(Math.max(...distances));
      members[into[i]] = [...a, ...b];
      members[from[i]] = [];
    });
    expect(members.filter((list) => list.length > 0)).toHaveLength(1);
  });

  it("knows how many rows a matrix has addresses for", () => {
    expect(fitsMatrix(20_000, 8)).toBe(true);
    expect(fitsMatrix(30_000, 8)).toBe(true);
    expect(fitsMatrix(33_000, 8)).toBe(false);
    expect(fitsMatrix(10_000, 100_000)).toBe(false);
  });
});

describe("singleMerges", () => {
  it("reaches each row once, from row 0, always the nearest to those reached", () => {
    const [rows, columns] = [120, 2];
    const values = cloud(rows, columns);
    const { from, into, heights } = singleMerges(values, rows, columns);
    const reached = [0];
    heights.forEach((height, i) => {
      expect(from[i]).toBe(reached[reached.length - 1]);
      const others = Array.from({ length: rows }, (_, row) => row).filter((row) => !reached.includes(row));
      expect(others).toContain(into[i]);
      expect(height).toBe(Math.min(...others.flatMap((x) => reached.map((y) => apart(values, columns, x, y)))));
      reached.push(into[i]);
    });
    expect(reached).toHaveLength(rows);
  });
});
