import { fromMatrix, type FeatureTable } from "clientele/tables";
import { randomOf } from "../../src/core/random.ts";
import { sampleExponential, sampleNormal } from "../../src/numeric/samplers.ts";

/** How the rows of {@link crowd} lie. */
export type Shape = "uniform" | "gaussian" | "correlated" | "exponential" | "blobs";

/** Centers of "blobs", six standard deviations apart or more in the first two dimensions; other dimensions are noise. */
const blobs = [
  [0, 0],
  [7, 0],
  [0, 7],
  [8, 8],
] as const;

/**
 * Random rows of a known shape: crowds without groups, and four blobs.
 *
 * @param shape - how they lie.
 * @param rows - how many.
 * @param columns - dimensions; at least 2 for blobs.
 * @param seed - other seeds give other rows.
 */
export function crowd(shape: Shape, rows: number, columns: number, seed: number): FeatureTable {
  const random = randomOf(seed, rows, columns);
  const data = Array.from({ length: rows }, (_, row) => {
    const common = sampleNormal(random);
    return Array.from({ length: columns }, (__, j) => {
      switch (shape) {
        case "uniform":
          return random.next();
        case "gaussian":
          return sampleNormal(random);
        case "correlated":
          return 0.9 * common + 0.44 * sampleNormal(random);
        case "exponential":
          return sampleExponential(random, 1);
        case "blobs":
          return (blobs[row % 4][j] ?? 0) + sampleNormal(random);
      }
    });
  });
  return fromMatrix(data);
}
