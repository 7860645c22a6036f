import { measureMigration, type MigrationReport, projectMigration } from "clientele/segments";
import { labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const twoDates = fc
  .array(fc.tuple(fc.integer({ min: -1, max: 4 }), fc.integer({ min: -1, max: 4 })), { maxLength: 60 })
  .map((rows) => [labelsOf(rows.map(([a]) => a)), labelsOf(rows.map(([, b]) => b))] as const);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Occupational mobility of British fathers and sons as a table of moves; any square table would do. */
const moves = [[50, 45, 8], [28, 174, 84], [11, 78, 110]]; // prettier-ignore
const labelsOfMoves = (): [Int32Array, Int32Array] => {
  const rows = moves.flatMap((row, from) =>
    row.flatMap((count, to) => Array<[number, number]>(count).fill([from, to])),
  );
  return [labelsOf(rows.map(([a]) => a)), labelsOf(rows.map(([, b]) => b))];
};

describe("measureMigration", () => {
  it("counts moves, shares of the row, net flow and sizes", () => {
    const report = measureMigration(...labelsOfMoves());
    expect(report.counts).toEqual(moves);
    expect(report.before).toEqual([103, 286, 199]);
    expect(report.after).toEqual([89, 297, 202]);
    expect(report.net).toEqual([-14, 11, 3]);
    expect(report.probabilities[0]).toEqual([50 / 103, 45 / 103, 8 / 103]);
    // numpy: np.log(.5) / np.log(np.diag(P))
    [0.95909982, 1.39484052, 1.16922838].forEach((halfLife, i) => expect(report.halfLife[i]).toBeCloseTo(halfLife, 6));
    expect(report.notes).toEqual([]);
  });

  it("shows who came and who left apart from the moves", () => {
    const report = measureMigration(labelsOf([-1, -1, 0, 0, 1, -1]), labelsOf([0, 1, -1, 1, 1, -1]));
    expect(report).toMatchObject({ counts: [[0, 1], [0, 1]], entered: [1, 1], left: [1, 0], outside: 1 }); // prettier-ignore
    expect(report.net).toEqual([-1, 1]);
    // One left and one moved on: nobody of segment 0 stayed. Nobody of segment 1 went.
    expect(report.halfLife).toEqual([0, null]);
  });

  it("accounts for every customer, and its figures fit together", () => {
    fc.assert(
      fc.property(twoDates, ([previous, next]) => {
        const { counts, probabilities, net, entered, left, before, after, outside } = measureMigration(previous, next);
        expect(sum(counts.flat()) + sum(entered) + sum(left) + outside).toBe(next.length);
        expect(sum(net)).toBe(0);
        before.forEach((size, i) => {
          expect(size).toBe(previous.filter((label) => label === i).length);
          expect(after[i]).toBe(next.filter((label) => label === i).length);
          expect(after[i]).toBe(size + net[i] + entered[i] - left[i]);
          const share = sum(probabilities[i]);
          if (sum(counts[i]) === 0) expect(share).toBe(0);
          else expect(share).toBeCloseTo(1, 12);
        });
      }),
    );
  });

  it("turns around with time: back is the transpose", () => {
    fc.assert(
      fc.property(twoDates, ([previous, next]) => {
        const there = measureMigration(previous, next);
        const back = measureMigration(next, previous);
        expect(back.counts).toEqual(there.counts.map((_, i) => there.counts.map((row) => row[i])));
        expect(back.entered).toEqual(there.left);
        expect(back.net).toEqual(there.net.map((flow) => 0 - flow));
      }),
    );
  });

  it("names segments, also those that nobody is in, and says of which nothing is known", () => {
    const report = measureMigration(labelsOf([0]), labelsOf([0]), { names: ["__proto__", "toString", "c"] });
    expect(report.names).toEqual(["__proto__", "toString", "c"]);
    expect(report.counts).toEqual([[1, 0, 0], [0, 0, 0], [0, 0, 0]]); // prettier-ignore
    expect(report.notes.map(({ code }) => code)).toEqual(["empty-row"]);
    expect(measureMigration(labelsOf([1]), labelsOf([0])).names).toEqual(["Segment 1", "Segment 2"]);
  });

  it("is empty for no customers", () => {
    expect(measureMigration(labelsOf([]), labelsOf([]))).toMatchObject({ names: [], counts: [], net: [], outside: 0 });
    expect(measureMigration(labelsOf([-1]), labelsOf([-1]))).toMatchObject({ names: [], outside: 1 });
  });

  it("counts a million customers", () => {
    const previous = Int32Array.from({ length: 1_000_000 }, (_, i) => i % 6);
    const next = previous.map((label, i) => (i % 10 === 0 ? (label + 1) % 6 : label));
    expect(sum(measureMigration(previous, next).counts.flat())).toBe(1_000_000);
  });

  it("refuses labels of other rows, too few names and segments beyond all tables", () => {
    expectRefusal(() => measureMigration(labelsOf([0]), labelsOf([])), "shape-mismatch", "next");
    expectRefusal(() => measureMigration(null as never, labelsOf([])), "shape-mismatch", "previous");
    expectRefusal(() => measureMigration(labelsOf([1]), labelsOf([0]), { names: ["a"] }), "shape-mismatch", "options.names"); // prettier-ignore
    expectRefusal(() => measureMigration(labelsOf([1000]), labelsOf([0])), "invalid-value", "previous[0]");
    expectRefusal(() => measureMigration(labelsOf([0]), Int32Array.of(-2)), "invalid-value", "next[0]");
  });
});

describe("projectMigration", () => {
  it("applies the probabilities step by step", () => {
    const report = measureMigration(...labelsOfMoves());
    // numpy: after @ np.linalg.matrix_power(P, k)
    const expected = [[83.44663572, 298.75168223, 205.80168205], [81.13246441, 298.88127042, 207.98626517]]; // prettier-ignore
    projectMigration(report, { steps: 2 }).forEach((sizes, step) =>
      sizes.forEach((size, i) => expect(size).toBeCloseTo(expected[step][i], 7)),
    );
  });

  it("loses and makes no customer of a closed base, and settles in the long run", () => {
    fc.assert(
      fc.property(twoDates, ([previous, next]) => {
        const report = measureMigration(previous, next);
        for (const sizes of projectMigration(report, { steps: 20 }))
          expect(sum(sizes)).toBeCloseTo(sum(report.after), 9);
      }),
    );
    const far = projectMigration(measureMigration(...labelsOfMoves()), { steps: 300 });
    far[299].forEach((size, i) => expect(size).toBeCloseTo(far[298][i], 9));
  });

  it("lets customers come and leave as they did, on request", () => {
    // Ten came, half of those who were there left: 20 → 10 + 10, and so on.
    const previous = labelsOf([...Array<number>(20).fill(0), ...Array<number>(10).fill(-1)]);
    const next = labelsOf([...Array<number>(10).fill(0), ...Array<number>(10).fill(-1), ...Array<number>(10).fill(0)]);
    const report = measureMigration(previous, next);
    expect(projectMigration(report, { steps: 3, open: true })).toEqual([[20], [20], [20]]);
    expect(projectMigration(report, { steps: 2 })).toEqual([[20], [20]]);
  });

  it("leaves customers where they are when nothing is known of where they go", () => {
    const report = measureMigration(labelsOf([0, 0]), labelsOf([0, 1]));
    expect(projectMigration(report, { steps: 2 })).toEqual([[0.5, 1.5], [0.25, 1.75]]); // prettier-ignore
  });

  it("takes a report from JSON, and refuses what is none", () => {
    const report = measureMigration(labelsOf([0, 0, 1, 1]), labelsOf([0, 1, 1, 1]));
    const copy = JSON.parse(JSON.stringify(report)) as MigrationReport;
    expect(projectMigration(copy, { steps: 2 })).toEqual(projectMigration(report, { steps: 2 }));
    expectRefusal(() => projectMigration(null as never, { steps: 1 }), "shape-mismatch", "report");
    for (const [field, value] of [
      [
        "probabilities",
        [
          [0.5, 0.1],
          [0, 1],
        ],
      ],
      ["probabilities", [[1, 0]]],
      [
        "counts",
        [
          [1, 0],
          [0, -1],
        ],
      ],
      ["after", [1]],
      ["before", null],
      ["entered", [NaN, 0]],
      ["left", ["0", 0]],
    ] as const) {
      expectRefusal(() => projectMigration({ ...report, [field]: value }, { steps: 1 }), "shape-mismatch", `report.${field}`); // prettier-ignore
    }
  });
});
