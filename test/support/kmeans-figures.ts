import {
  measureAdjustedMutualInformation,
  measureAdjustedRand,
  measureCalinskiHarabasz,
  measureDaviesBouldin,
  measureSilhouette,
} from "clientele/segments";
import { type FeatureTable, type Labels, labelsOf } from "clientele/tables";
import { expectClose } from "./close-to.ts";

/** What scikit-learn says about its best k-means of many: the groups, and every index of them. */
export interface KMeansFigures {
  readonly k: number;
  readonly runs: number;
  readonly best_inertia_of_runs: number;
  readonly centers_sorted: readonly (readonly number[])[];
  readonly silhouette: number;
  readonly calinski_harabasz: number;
  readonly davies_bouldin: number;
  readonly against_labels: Readonly<Record<string, { readonly ari: number; readonly ami: number }>>;
}

/**
 * Asserts that our indices of scikit-learn's own groups are scikit-learn's.
 *
 * @param figures - what it says; its groups are the rows nearest to its centers.
 * @param references - the labels that it compared with, by name.
 */
export function expectKMeansFigures(
  table: FeatureTable,
  figures: KMeansFigures,
  references: Readonly<Record<string, Labels>>,
): void {
  const labels = nearestTo(table, figures.centers_sorted);
  const { withinSquares, value } = measureCalinskiHarabasz(table, labels);
  const actual = [
    withinSquares,
    value!,
    measureDaviesBouldin(table, labels).value!,
    measureSilhouette(table, labels).mean,
  ];
  const { best_inertia_of_runs, calinski_harabasz, davies_bouldin, silhouette } = figures;
  const expected = [best_inertia_of_runs, calinski_harabasz, davies_bouldin, silhouette];
  for (const [name, { ari, ami }] of Object.entries(figures.against_labels)) {
    actual.push(measureAdjustedRand(references[name], labels).value);
    actual.push(measureAdjustedMutualInformation(references[name], labels).value);
    expected.push(ari, ami);
  }
  const because = "sums in another order, distances in another precision, log-factorials there";
  expectClose(actual, expected, { absolute: 1e-9, relative: 1e-9, because });
}

/** For each row the number of the nearest center. */
function nearestTo({ ids, names, values }: FeatureTable, centers: readonly (readonly number[])[]): Labels {
  return labelsOf(
    ids.map((_, row) => {
      const squares = centers.map((center) =>
        center.reduce((sum, x, j) => sum + (x - values[row * names.length + j]) ** 2, 0),
      );
      return squares.indexOf(Math.min(...squares));
    }),
  );
}
