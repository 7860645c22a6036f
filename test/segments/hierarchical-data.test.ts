// The figures that SciPy has in the expected.json of real data and of shapes.
import { cutHierarchy, fitHierarchical, measureAdjustedRand } from "clientele/segments";
import { fromMatrix, groupSizes, labelsOf } from "clientele/tables";
import { expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";

const linkages = ["ward", "complete", "average", "single"] as const;

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0);

interface Expected {
  readonly top5_merge_heights: number[];
  readonly sum_of_heights: number;
  readonly clusters_at_k: number;
  readonly sizes_sorted: number[];
  readonly against_labels: Readonly<Record<string, { ari: number }>>;
}
type Block = Readonly<Record<string, Expected>>;

/** Asserts every figure that SciPy has in one block of an expected.json. */
function expectScipy(rows: number[][], truths: Readonly<Record<string, Int32Array>>, block: Block): void {
  for (const linkage of linkages) {
    const expected = block[`hierarchical_${linkage}`];
    const model = fitHierarchical(fromMatrix(rows), { linkage });
    const heights = model.merges.map((merge) => merge[2]);
    const because = "the same formulas in another order of sums";
    expectClose(sumOf(heights), expected.sum_of_heights, { relative: 1e-12, because });
    expectClose(heights.slice(-5).reverse(), expected.top5_merge_heights, { relative: 1e-12, because });
    const labels = cutHierarchy(model, { k: expected.clusters_at_k });
    expect([...groupSizes(labels)]).toEqual(expected.sizes_sorted.toReversed());
    for (const [name, { ari }] of Object.entries(expected.against_labels)) {
      expectClose(measureAdjustedRand(labels, truths[name]).value, ari, { absolute: 1e-12, because: "one division" });
    }
  }
}

/** Group numbers of names, in the order in which they appear. */
function numbered(names: readonly string[]): Int32Array {
  const known = [...new Set(names)];
  return labelsOf(names.map((name) => known.indexOf(name)));
}

/** Added up as numpy does along contiguous memory: in eight turns, halves above 128. Ties depend on the last bits. */
function pairwiseSum(numbers: readonly number[]): number {
  const n = numbers.length;
  if (n > 128) {
    const half = Math.floor(n / 2) - (Math.floor(n / 2) % 8);
    return pairwiseSum(numbers.slice(0, half)) + pairwiseSum(numbers.slice(half));
  }
  const r = numbers.slice(0, 8);
  let i = 8;
  for (; i + 8 <= n; i += 8) for (let lane = 0; lane < 8; lane++) r[lane] += numbers[i + lane];
  const turns = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]));
  return numbers.slice(i).reduce((sum, x) => sum + x, turns);
}

function standardized(rows: readonly (readonly number[])[]): number[][] {
  const columns = rows[0].map((_, j) => rows.map((row) => row[j]));
  const means = columns.map((cells) => pairwiseSum(cells) / cells.length);
  const deviations = columns.map((cells, j) =>
    Math.sqrt(pairwiseSum(cells.map((x) => (x - means[j]) ** 2)) / cells.length),
  );
  return rows.map((row) => row.map((x, j) => (x - means[j]) / deviations[j]));
}

const realData: readonly (readonly [string, readonly string[]])[] = [
  ["iris", ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"]],
  ["faithful", ["eruptions", "waiting"]],
  ["mall_customers", ["Annual Income (k$)", "Spending Score (1-100)"]],
];

for (const [name, columns] of realData) {
  describeWithData(`fitHierarchical on ${name}`, [name], () => {
    const lines = readDataRows(`${name}/${name}.csv`);
    const rows = lines.map((line) => columns.map((column) => Number(line[column])));
    const species = numbered(lines.map((line) => line["Species"] ?? ""));
    const blocks = Object.entries(readDataJson<Readonly<Record<string, Block>>>(`${name}/expected.json`)).filter(
      ([, block]) => block["hierarchical_ward"] !== undefined,
    );

    it("has figures to compare with", () => expect(blocks.length).toBeGreaterThan(1));

    it.each(blocks)("has SciPy's heights, sizes and agreement with the truth: %s", (key, block) => {
      expectScipy(key.startsWith("standardised") ? standardized(rows) : rows, { species }, block);
    });
  });
}

describeWithData("fitHierarchical on shapes", ["shapes_dev"], () => {
  const expected = readDataJson<Readonly<Record<string, Block>>>("shapes_dev/expected.json");
  const shapes = Object.keys(readDataJson<object>("shapes_dev/manifest.json")).filter(
    (name) => expected[name]?.["hierarchical_ward"] !== undefined,
  );

  it("has figures to compare with", () => expect(shapes.length).toBeGreaterThan(10));

  it.each(shapes)(
    "has SciPy's heights, sizes and agreement with the truth: %s",
    (name) => {
      const lines = readDataRows(`shapes_dev/${name}.csv.gz`);
      const inputs = Object.keys(lines[0]).filter((column) => /^x\d+$/.test(column));
      const rows = lines.map((line) => inputs.map((column) => Number(line[column])));
      const truths = Object.fromEntries(
        Object.keys(expected[name]["hierarchical_ward"].against_labels).map((column) => [
          column,
          numbered(lines.map((line) => line[column])),
        ]),
      );
      expectScipy(rows, truths, expected[name]);
    },
    60_000,
  );
});
