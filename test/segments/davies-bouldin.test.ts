import { measureDaviesBouldin } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { indexLaws } from "../laws/index-laws.ts";
import golden from "../oracles/cluster-indices.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";

const of = (rows: number[][], labels: number[]): ReturnType<typeof measureDaviesBouldin> =>
  measureDaviesBouldin(fromMatrix(rows), labelsOf(labels));

describe("measureDaviesBouldin", () => {
  it("agrees with a derivation by hand", () => {
    // Means 1, 12, 31; mean distances 1, 2, 1. Ratios: 0–1 (1 + 2) / 11, 1–2 (2 + 1) / 19, 0–2 (1 + 1) / 30.
    const report = of([[0], [2], [10], [14], [30], [32]], [0, 0, 1, 1, 2, 2]);
    const because = "a few roundings";
    expectClose(report.value!, (3 / 11 + 3 / 11 + 3 / 19) / 3, { relative: 1e-14, because });
    expectClose(report.perCluster as number[], [3 / 11, 3 / 11, 3 / 19], { relative: 1e-14, because });
    expect(report).toMatchObject({ nearest: [1, 0, 1], sizes: [2, 2, 2] });
  });

  it.each(golden.tables.map((table, i) => [i, table] as const))("agrees with scikit-learn: %i", (_, table) => {
    const because = "sums in another order";
    expectClose(of(table.rows, table.labels).value!, table.daviesBouldin, { relative: 1e-11, because });
  });

  it("leaves rows in no group out, and closes gaps in the numbers", () => {
    const report = of([[0], [99], [2], [10], [14]], [0, -1, 0, 3, 3]);
    expectClose(report.value!, 3 / 11, { relative: 1e-14, because: "a few roundings" });
    expect(report.perCluster[1]).toBe(null);
    expect(report).toMatchObject({ nearest: [3, null, null, 0], sizes: [2, 0, 0, 2] });
  });

  it("is 0 for groups of equal rows, and counts a single member as a group without spread", () => {
    expect(of([[1], [1], [5], [5]], [0, 0, 1, 1]).value).toBe(0);
    // 0 and 2 around 1 against the only member 4: (1 + 0) / 3.
    expectClose(of([[0], [2], [4]], [0, 0, 1]).value!, 1 / 3, { relative: 1e-14, because: "a few roundings" });
  });

  it("is null where two groups have the same mean: they are infinitely alike", () => {
    expect(of([[0], [2], [1], [1], [9], [9]], [0, 0, 1, 1, 2, 2])).toMatchObject({ value: null, perCluster: [null, null, expect.any(Number)] }); // prettier-ignore
    expect(of([[7], [7], [7]], [0, 0, 1]).value).toBe(null);
  });
});

indexLaws("measureDaviesBouldin", {
  measure: (table, labels) => measureDaviesBouldin(table, labels).value,
  units: [1e-200, 1e140],
  infinite: 1e6,
});
