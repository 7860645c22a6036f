import type { Kernels } from "./kernels.ts";
import { twinCells } from "./twin-cells.ts";
import { twinNearClusters } from "./twin-clusters.ts";
import { twinEncodeNames } from "./twin-dictionary.ts";
import { twinExact } from "./twin-exact.ts";
import { twinAddPathLengths } from "./twin-isolation.ts";
import { twinAddLogistic } from "./twin-logistic.ts";
import { twinMatrix } from "./twin-matrix.ts";
import { twinAssignRows } from "./twin-nearest.ts";
import { twinDistanceRun } from "./twin-pairs.ts";
import { twinAddProducts } from "./twin-products.ts";
import { twinReachFrom } from "./twin-reach.ts";
import { twinSeeds } from "./twin-seeds.ts";
import { twinSortBucket } from "./twin-sort.ts";
import { twinFoldTriangle } from "./twin-triangle.ts";

/** The kernels in scalar TypeScript over `buffer`: for places where WebAssembly is missing or not allowed. */
export function twinKernels(buffer: ArrayBuffer): Kernels {
  return {
    addLogistic: twinAddLogistic(buffer),
    addPathLengths: twinAddPathLengths(buffer),
    addProducts: twinAddProducts(buffer),
    assignRows: twinAssignRows(buffer),
    encodeNames: twinEncodeNames(buffer),
    foldTriangle: twinFoldTriangle(buffer),
    distanceRun: twinDistanceRun(buffer),
    nearClusters: twinNearClusters(buffer),
    reachFrom: twinReachFrom(buffer),
    sortBucket: twinSortBucket(buffer),
    ...twinCells(buffer),
    ...twinExact(buffer),
    ...twinMatrix(buffer),
    ...twinSeeds(buffer),
  };
}
