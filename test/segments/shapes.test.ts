import { assignKMeans, fitKMeans, labelDbscan, measureAdjustedRand, measureCalinskiHarabasz } from "clientele/segments";
import { type FeatureTable, fromMatrix, type Labels, labelsOf } from "clientele/tables";
import { afterAll, describe, expect, it } from "vitest";
import { expectClose, type Tolerance } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectKMeansFigures, type KMeansFigures } from "../support/kmeans-figures.ts";

// 14 sets of shapes with reference labels (clustering benchmark suite v1.1), and what scikit-learn and SciPy reach on them.
// A method of clustering is one entry of `methods`: its cases are made from what expected.json says about a set.

/** The part of expected.json about one set that is read here. */
interface Expected {
  readonly k: number;
  readonly kmeans: KMeansFigures;
  readonly dbscan?: readonly {
    readonly eps: number;
    readonly min_points_including_self: number;
    readonly ari_noise_as_one_group: Readonly<Record<string, number>>;
  }[];
}

/** One way to label one set. */
interface Case {
  /** Settings, for the title. */
  readonly settings: string;
  readonly label: (table: FeatureTable) => Labels;
  /** The adjusted Rand index that the peer reached, by column of reference labels. */
  readonly reached: Readonly<Record<string, number>>;
  /** How far the index may be from the peer's. */
  readonly tolerance: Tolerance;
  /** Further figures of these labels. */
  readonly also?: (table: FeatureTable, labels: Labels, references: Readonly<Record<string, Labels>>) => void;
}

/** Every method, as the cases it has on a set. */
const methods: Readonly<Record<string, (expected: Expected) => readonly Case[]>> = {
  "k-means": ({ k, kmeans }) => [
    {
      settings: `k = ${k}`,
      // As many starts as the peer had.
      label: (table) => assignKMeans(fitKMeans(table, { k, restarts: kmeans.runs }), table),
      reached: Object.fromEntries(Object.entries(kmeans.against_labels).map(([name, { ari }]) => [name, ari])),
      tolerance: { absolute: 0.01, because: "where the peer stopped too early, a customer on the border is elsewhere" },
      also: (table, labels, references) => {
        const { withinSquares } = measureCalinskiHarabasz(table, labels);
        expect(withinSquares).toBeLessThanOrEqual(kmeans.best_inertia_of_runs * (1 + 1e-9));
        expectKMeansFigures(table, kmeans, references);
      },
    },
  ],
  DBSCAN: ({ dbscan }) =>
    (dbscan ?? []).map(({ eps, min_points_including_self: minPoints, ari_noise_as_one_group: reached }) => ({
      settings: `epsilon = ${eps}, minPoints = ${minPoints}`,
      label: (table) => labelDbscan(table, { epsilon: eps, minPoints }).labels,
      reached,
      tolerance: { absolute: 0.02, because: "the peer gives border points to the first cluster that reaches them" },
    })),
};

describeWithData("sets of shapes", ["shapes_dev"], () => {
  const all = readDataJson<Readonly<Record<string, Expected>>>("shapes_dev/expected.json");
  const sets = Object.entries(all).filter(([name]) => !name.startsWith("_"));
  const lines: string[] = [];
  afterAll(() => console.log(["method, set, reference: adjusted Rand index, the peer's", ...lines].join("\n")));

  describe.each(sets)("%s", (set, expected) => {
    const rows = readDataRows(`shapes_dev/${set}.csv.gz`);
    const named = (start: string): string[] => Object.keys(rows[0]).filter((name) => name.startsWith(start));
    const table = fromMatrix(rows.map((row) => named("x").map((name) => Number(row[name]))));
    const references = Object.fromEntries(named("labels").map((name) => [name, labelsOf(rows.map((row) => Number(row[name])))])); // prettier-ignore
    const cases = Object.entries(methods).flatMap(([method, casesOf]) =>
      casesOf(expected).map((entry) => [method, entry.settings, entry] as const),
    );

    it.each(cases)("%s with %s is as near to the reference as the peer", (method, settings, entry) => {
      const labels = entry.label(table);
      for (const [name, reached] of Object.entries(entry.reached)) {
        const { value } = measureAdjustedRand(references[name], labels);
        lines.push(`${method} (${settings}), ${set}, ${name}: ${value.toFixed(4)}, ${reached.toFixed(4)}`);
        expectClose(value, reached, entry.tolerance);
      }
      entry.also?.(table, labels, references);
    });
  });
});
