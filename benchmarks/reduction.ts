import { fitImputer, fitPca, transformImpute } from "clientele/features";
import { fromMatrix } from "clientele/tables";
import { rawMlPca } from "../test/oracles/ml-pca.ts";
import { customerMatrix } from "./data.ts";
import type { Python } from "./python.ts";
import { type Quality, type Race, type Racer, timed } from "./race.ts";

/** What tells that two implementations found the same components. */
const qualityOf = (variances: ArrayLike<number>): Quality => ({
  first: variances[0],
  last: variances[variances.length - 1],
});

/** All components of the covariances, from rows in one array to the model. */
export function pcaRace(rows: number, columns: number, python: Python | undefined): Race {
  const values = customerMatrix(rows, columns);
  const table = fromMatrix(values, { columns });
  const peers: Racer[] = [];
  if (python !== undefined) {
    const shared = { values: python.share(`X_${rows}_${columns}.f64`, values), columns };
    peers.push({ name: "numpy cov + eigh, all threads", gate: 1.2, lap: () => python.lap("pca-numpy", shared) });
    peers.push({ name: "scikit-learn PCA, all threads", gate: 6, lap: () => python.lap("pca-sklearn", shared) });
  }
  if (rows <= 100_000) {
    const lists = Array.from({ length: rows }, (_, i) => Array.from(values.subarray(i * columns, (i + 1) * columns)));
    peers.push({
      name: "ml-pca",
      gate: 10,
      lap: () =>
        timed(
          () => rawMlPca(lists),
          (model) => qualityOf(model.getEigenvalues()),
        ),
    });
  }
  return {
    kernel: "principal components",
    size: `${rows} × ${columns}`,
    ours: () =>
      timed(
        () => fitPca(table),
        (model) => qualityOf(model.explainedVariance),
      ),
    peers,
  };
}

/** A tenth of the cells is missing and filled from five neighbors: fit and transform of one table. */
export function neighborsRace(rows: number, columns: number, python: Python): Race {
  const values = customerMatrix(rows, columns);
  for (let cell = 0; cell < values.length; cell++) if ((cell * 2654435761) % 4294967296 < 429496730) values[cell] = NaN;
  const table = fromMatrix(values, { columns });
  const shared = { values: python.share(`gaps_${rows}_${columns}.f64`, values), columns };
  const sumOf = (filled: Float64Array): Quality => ({ sum: filled.reduce((sum, value) => sum + value, 0) });
  return {
    kernel: "imputation from 5 neighbors",
    size: `${rows} × ${columns}, a tenth missing`,
    ours: () =>
      timed(
        () => transformImpute(fitImputer(table, { strategy: "knn", indicators: false }), table),
        (filled) => sumOf(filled.values),
      ),
    peers: [{ name: "scikit-learn KNNImputer", gate: 1, lap: () => python.lap("impute-neighbors", shared) }],
  };
}
