import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cholesky, leastSquares, solve, symmetricEigen } from "../../src/numeric/linalg.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson } from "../support/data.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const because = "backward stable in doubles: a few ulps times the condition";
const notFinite = [NaN, Infinity, -Infinity, undefined as unknown as number];

/** A square matrix of small numbers, well away from singular by its diagonal. */
const dominant = fc
  .integer({ min: 1, max: 7 })
  .chain((n) =>
    fc
      .array(fc.integer({ min: -64, max: 64 }), { minLength: n * n, maxLength: n * n })
      .map((cells) =>
        Array.from({ length: n }, (_, i) =>
          Array.from({ length: n }, (__, j) => cells[i * n + j] / 64 + (i === j ? 2 * n : 0)),
        ),
      ),
  );

const multiply = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number[][] =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));

const transpose = (a: readonly (readonly number[])[]): number[][] => a[0].map((_, j) => a.map((row) => row[j]));

describe("symmetricEigen", () => {
  it("gives values in descending order and vectors whose largest component is positive", () => {
    // By hand: 2 ± 1 with vectors (1, 1)/√2 and (1, -1)/√2; the third is alone.
    const { values, vectors } = symmetricEigen("test", [
      [2, -1, 0],
      [-1, 2, 0],
      [0, 0, 9],
    ]);
    expectClose(values, [9, 3, 1], { relative: 1e-15, because });
    expect(vectors[0]).toEqual([0, 0, 1]);
    for (const vector of vectors) {
      const lead = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
      expect(lead).toBeGreaterThan(0);
    }
    expectClose(vectors[2].map(Math.abs), [Math.SQRT1_2, Math.SQRT1_2, 0], { absolute: 1e-15, because });
  });

  it("rebuilds the matrix from orthonormal vectors", () => {
    fc.assert(
      fc.property(dominant, (matrix) => {
        const symmetric = matrix.map((row, i) => row.map((x, j) => (x + matrix[j][i]) / 2));
        const { values, vectors } = symmetricEigen("test", symmetric);
        expect([...values].sort((a, b) => b - a)).toEqual(values);
        const identity = vectors.map((_, i) => vectors.map((__, j) => (i === j ? 1 : 0)));
        expectClose(multiply(vectors, transpose(vectors)).flat(), identity.flat(), { absolute: 1e-13, because });
        const scaled = vectors.map((vector, i) => vector.map((x) => x * values[i]));
        expectClose(multiply(transpose(vectors), scaled).flat(), symmetric.flat(), { absolute: 1e-12, because });
      }),
    );
  });

  it("takes one cell, zeros, equal values and huge and tiny units", () => {
    expect(symmetricEigen("test", [[-4]])).toEqual({ values: [-4], vectors: [[1]] });
    expect(symmetricEigen("test", [[0, 0], [0, 0]]).values).toEqual([0, 0]); // prettier-ignore
    const mixed = symmetricEigen("test", [[1e200, 0], [0, 1e-200]]); // prettier-ignore
    expect(mixed.values).toEqual([1e200, 1e-200]);
    for (const unit of [1e-300, 1e300]) {
      const { values, vectors } = symmetricEigen("test", [[2, 1], [1, 2]].map((row) => row.map((x) => x * unit))); // prettier-ignore
      expectClose(values, [3 * unit, unit], { relative: 1e-15, because });
      expectClose(vectors.flat(), [1, 1, 1, -1].map((sign) => sign * Math.SQRT1_2), { relative: 1e-15, because }); // prettier-ignore
    }
  });

  it("is not led astray by a cell that is nothing beside the others, where the iteration would divide by it", () => {
    const trace = symmetricEigen("test", [[0, 5e-324, 0], [5e-324, 1, 0], [0, 0, 0]]); // prettier-ignore
    expect(trace.values).toEqual([1, 0, 0]);
    expect(trace.vectors[0]).toEqual([0, 1, 0]);
  });

  it("gives two components that are equal but for rounding one size, so that the first leads in any order of sums", () => {
    for (const nudge of [0, 1e-16, -1e-16]) {
      const { vectors } = symmetricEigen("test", [[1 + nudge, -0.3], [-0.3, 1]]); // prettier-ignore
      expect(vectors[0][0]).toBe(-vectors[0][1]);
      expect(vectors[0][0]).toBeGreaterThan(0);
    }
  });

  it("answers numbers that are not finite with an error, where the decomposition below would never end", () => {
    for (const bad of notFinite) {
      expectRefusal(() => symmetricEigen("test", [[1, bad], [bad, 1]]), "invalid-value", "matrix[0][1]"); // prettier-ignore
    }
  });

  it("refuses matrices that are empty, not square, ragged or not symmetric", () => {
    expectRefusal(() => symmetricEigen("test", []), "too-few-rows", "matrix");
    expectRefusal(() => symmetricEigen("test", [[]]), "too-few-rows", "matrix");
    expectRefusal(() => symmetricEigen("test", [[1, 2]]), "shape-mismatch", "matrix");
    expectRefusal(() => symmetricEigen("test", [[1, 2], [2]]), "shape-mismatch", "matrix[1]");
    expectRefusal(() => symmetricEigen("test", [[1, 2], [3, 1]]), "invalid-value", "matrix[1][0]"); // prettier-ignore
  });
});

describe("solve", () => {
  it("solves for several right sides and leaves its arguments alone", () => {
    const matrix = [[2, 1], [1, 3]]; // prettier-ignore
    const right = [[3, 1], [5, 0]]; // prettier-ignore
    // By hand: the inverse is [[3, -1], [-1, 2]] / 5.
    expectClose(solve("test", matrix, right).flat(), [0.8, 0.6, 1.4, -0.2], { relative: 1e-15, because });
    expect([matrix, right]).toEqual([[[2, 1], [1, 3]], [[3, 1], [5, 0]]]); // prettier-ignore
  });

  it("gives back what was multiplied, with units of rows and columns ten orders apart", () => {
    const units = fc.constantFrom(1e-10, 1e-3, 1, 1e4, 1e10);
    fc.assert(
      fc.property(dominant, units, units, (matrix, rowUnit, columnUnit) => {
        const x = matrix.map((_, i) => [i + 1]);
        const scaled = matrix.map((row, i) =>
          row.map((cell, j) => cell * (i === 0 ? rowUnit : 1) * (j === 0 ? columnUnit : 1)),
        );
        const right = multiply(matrix, x).map(([sum], i) => [sum * (i === 0 ? rowUnit : 1)]);
        const solved = solve("test", scaled, right).map(([value], j) => value * (j === 0 ? columnUnit : 1));
        expectClose(solved, x.flat(), { relative: 1e-12, because });
      }),
    );
  });

  it("refuses singular matrices also when rounding hides the zero", () => {
    expectRefusal(() => solve("test", [[0]], [[1]]), "degenerate-data", "matrix");
    expectRefusal(() => solve("test", [[1, 2], [2, 4]], [[1], [1]]), "degenerate-data", "matrix"); // prettier-ignore
    const thirds = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]]; // prettier-ignore
    expectRefusal(() => solve("test", thirds, [[1], [2], [4]]), "degenerate-data", "matrix");
  });

  it("refuses numbers that are not finite and a right side of another height", () => {
    for (const bad of notFinite) {
      expectRefusal(() => solve("test", [[bad]], [[1]]), "invalid-value", "matrix[0][0]");
      expectRefusal(() => solve("test", [[1]], [[bad]]), "invalid-value", "right[0][0]");
    }
    expectRefusal(() => solve("test", [[1]], [[1], [2]]), "shape-mismatch", "right");
  });

  it("names its caller in the message", () => {
    expect(refusalOf(() => solve("fitThing", [[0]], [[1]])).message).toMatch(/^fitThing: matrix must have /);
  });
});

describe("leastSquares", () => {
  it("fits a line", () => {
    // By hand: x = 0, 1, 2 and y = 1, 2, 4: slope 1.5, intercept 5/6.
    const design = [[1, 0], [1, 1], [1, 2]]; // prettier-ignore
    expectClose(leastSquares("test", design, [1, 2, 4]), [5 / 6, 1.5], { relative: 1e-14, because });
    expect(design[2]).toEqual([1, 2]);
  });

  it("solves exactly when there are as many rows as columns", () => {
    expectClose(leastSquares("test", [[2, 0], [0, 4]], Float64Array.of(1, 1)), [0.5, 0.25], { relative: 1e-15, because }); // prettier-ignore
  });

  it("names the first column that the ones before it give, in any units", () => {
    const design = Array.from({ length: 20 }, (_, i) => [1, i, Math.sqrt(i), 1e-9 * (3 * i - 2), i * i]);
    expectRefusal(() => leastSquares("test", design, new Array<number>(20).fill(1)), "degenerate-data", "design[*][3]");
    const zeros = design.map(([one, x]) => [one, x, 0]);
    expectRefusal(() => leastSquares("test", zeros, new Array<number>(20).fill(1)), "degenerate-data", "design[*][2]");
  });

  it("refuses fewer rows than columns, another height, and numbers that are not finite", () => {
    expectRefusal(() => leastSquares("test", [[1, 2]], [1]), "too-few-rows", "design");
    expectRefusal(() => leastSquares("test", [[1], [2]], [1]), "shape-mismatch", "target");
    for (const bad of notFinite) {
      expectRefusal(() => leastSquares("test", [[1], [bad]], [1, 2]), "invalid-value", "design[1][0]");
      expectRefusal(() => leastSquares("test", [[1], [2]], [1, bad]), "invalid-value", "target[1]");
    }
  });
});

describeWithData("leastSquares on NIST's regressions", ["nist_dev/expected.json"], () => {
  type Set = { kind: string; intercept: boolean; x: number[][]; y: number[]; certified: { coefficients: number[] } };
  const sets = Object.entries(readDataJson<Record<string, Set>>("nist_dev/expected.json"))
    .filter(([, set]) => set.kind === "linear regression")
    .map(([name, set]) => ({ name, ...set }));
  // Digits lost to the condition of the designs: polynomials of degree 5 in 0…20, Longley's trends.
  const gates: Readonly<Record<string, number>> = {
    Longley: 1e-10,
    Norris: 1e-11,
    Wampler1: 1e-9,
    Wampler2: 1e-11,
    Wampler3: 1e-9,
  };

  it("finds Longley, NoInt1, Norris and three of Wampler's", () => {
    expect(sets.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Longley", "NoInt1", "Norris", "Wampler1", "Wampler2", "Wampler3"]),
    );
  });

  it.each(sets)("gives the certified coefficients of $name", ({ name, intercept, x, y, certified }) => {
    const design = x.map((row) => {
      const features = Array.isArray(row) ? row : [row];
      const powers = name.startsWith("Wampler") && features.length === 1 ? [1, 2, 3, 4, 5].map((p) => features[0] ** p) : features; // prettier-ignore
      return intercept ? [1, ...powers] : powers;
    });
    const relative = gates[name] ?? 1e-12;
    expectClose(leastSquares("test", design, y), certified.coefficients, { relative, because: "conditioning" });
  });
});

describe("cholesky", () => {
  it("gives the triangle whose square is the matrix", () => {
    // By hand.
    expect(cholesky("test", [[4, 2], [2, 10]])).toEqual([[2, 0], [1, 3]]); // prettier-ignore
    fc.assert(
      fc.property(dominant, (matrix) => {
        const gram = multiply(matrix, transpose(matrix));
        const lower = cholesky("test", gram);
        expectClose(multiply(lower, transpose(lower)).flat(), gram.flat(), { absolute: 1e-11, because });
        lower.forEach((row, i) => expect(row.slice(i + 1).every((x) => x === 0)).toBe(true));
      }),
    );
  });

  it("refuses matrices that are indefinite, singular to working precision or not finite", () => {
    expectRefusal(() => cholesky("test", [[1, 2], [2, 1]]), "degenerate-data", "matrix"); // prettier-ignore
    expectRefusal(() => cholesky("test", [[0]]), "degenerate-data", "matrix");
    expectRefusal(() => cholesky("test", [[-1]]), "degenerate-data", "matrix");
    expectRefusal(() => cholesky("test", [[0.1, 0.3], [0.3, 0.9]]), "degenerate-data", "matrix"); // prettier-ignore
    for (const bad of notFinite) expectRefusal(() => cholesky("test", [[bad]]), "invalid-value", "matrix[0][0]");
  });
});
