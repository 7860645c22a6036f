import {
  assignKMeans,
  fitKMeans,
  measureAdjustedMutualInformation,
  measureAdjustedRand,
  measureCalinskiHarabasz,
  measureDaviesBouldin,
  measureSilhouette,
} from "clientele/segments";
import { type FeatureTable, fromMatrix, type Labels, labelsOf } from "clientele/tables";
import { afterAll, describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";

// 14 sets of shapes with reference labels (clustering benchmark suite v1.1), and what scikit-learn and SciPy reach on them.
// A method of clustering is one entry of `methods`: its cases are made from what expected.json says about a set.

/** The part of expected.json about one set that is read here. */
interface Expected {
  readonly k: number;
  readonly kmeans: {
    readonly best_inertia_of_runs: number;
    readonly runs: number;
    readonly silhouette: number;
    readonly calinski_harabasz: number;
    readonly davies_bouldin: number;
    readonly against_labels: Readonly<Record<string, { readonly ari: number; readonly ami: number }>>;
  };
}

/** One way to label one set. */
interface Case {
  /** Settings, for the title. */
  readonly settings: string;
  readonly label: (table: FeatureTable) => Labels;
  /** The adjusted Rand index that the peer reached, by column of reference labels. */
  readonly reached: Readonly<Record<string, number>>;
  /** Further figures of these labels. */
  readonly also?: (table: FeatureTable, labels: Labels, references: Readonly<Record<string, Labels>>) => void;
}

const valuesOf = <T>(record: Readonly<Record<string, T>>, value: (entry: T) => number): Record<string, number> =>
  Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, value(entry)]));

/** Every method, as the cases it has on a set. */
const methods: Readonly<Record<string, (expected: Expected) => readonly Case[]>> = {
  "k-means": ({ k, kmeans }) => [
    {
      settings: `k = ${k}`,
      // As many starts as the peer had.
      label: (table) => assignKMeans(fitKMeans(table, { k, restarts: kmeans.runs }), table),
      reached: valuesOf(kmeans.against_labels, ({ ari }) => ari),
      also: (table, labels, references) => {
        const within = measureCalinskiHarabasz(table, labels).withinSquares;
        expect(within).toBeLessThanOrEqual(kmeans.best_inertia_of_runs * (1 + 1e-9));
        const figures = [
          measureSilhouette(table, labels).mean,
          measureCalinskiHarabasz(table, labels).value!,
          measureDaviesBouldin(table, labels).value!,
          ...Object.keys(kmeans.against_labels).map(
            (name) => measureAdjustedMutualInformation(references[name], labels).value,
          ),
        ];
        const { silhouette, calinski_harabasz, davies_bouldin, against_labels } = kmeans;
        const ami = Object.values(against_labels).map((agreement) => agreement.ami);
        const because = "sums in another order, distances in another precision, log-factorials there";
        expectClose(figures, [silhouette, calinski_harabasz, davies_bouldin, ...ami], { absolute: 1e-9, relative: 1e-9, because }); // prettier-ignore
      },
    },
  ],
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
        expectClose(value, reached, { absolute: 1e-9, because: "the same groups; only divisions differ" });
      }
      entry.also?.(table, labels, references);
    });
  });
});
