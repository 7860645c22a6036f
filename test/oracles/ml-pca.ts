// The only importer of ml-pca, an independent implementation of principal components. Its signs are arbitrary and its
// component matrix has components as columns; here they are rows with a positive lead, as in this library.
import { PCA } from "ml-pca";

/** Principal components as ml-pca finds them by singular values. */
export interface OraclePca {
  /** Variances of the components, divisor n - 1, descending. */
  readonly eigenvalues: readonly number[];
  /** One row per component; its largest loading in size is positive. */
  readonly loadings: readonly (readonly number[])[];
  /** The centered rows in the components' coordinates, with the signs of `loadings`. */
  readonly scores: readonly (readonly number[])[];
}

/**
 * Principal components of centered rows, not scaled.
 *
 * @param rows - n × d finite numbers, n > d.
 * @returns see {@link OraclePca}.
 */
export function mlPca(rows: readonly (readonly number[])[]): OraclePca {
  const pca = new PCA(rows.map((row) => [...row]));
  const components = pca.getEigenvectors().transpose().to2DArray();
  const signs = components.map((row) =>
    Math.sign(row.reduce((lead, x) => (Math.abs(x) > Math.abs(lead) ? x : lead), 0)),
  );
  return {
    eigenvalues: pca.getEigenvalues(),
    loadings: components.map((row, c) => row.map((x) => x * signs[c])),
    scores: pca
      .predict(rows.map((row) => [...row]))
      .to2DArray()
      .map((row) => row.map((x, c) => x * signs[c])),
  };
}

/** Principal components without any healing, for the test that pins what is healed. */
export function rawMlPca(rows: readonly (readonly number[])[], options?: { readonly scale: boolean }): PCA {
  return new PCA(
    rows.map((row) => [...row]),
    options,
  );
}
