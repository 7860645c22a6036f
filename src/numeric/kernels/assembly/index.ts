// The module's exports; the interface `Kernels` in ../kernels.ts says what each one does.
export { assignRows } from "./nearest";
export { countNear, joinNear } from "./cells";
export { foldSeed, seedPotentials } from "./seeds";
export { nearClusters } from "./clusters";
export { distanceBlocks, leastDistance, loadDistances, moveDistances, storeDistances } from "./matrix";
export { uniteAverage, uniteComplete } from "./matrix";
export { reachFrom } from "./reach";
export { distanceRun } from "./pairs";
export { addProducts } from "./products";
export { addDeviations, addSquares, moveRows, packRows, widenExtents } from "./exact";
export { sortBucket } from "./sort";
export { encodeNames } from "./dictionary";
export { addPathLengths } from "./isolation";
export { addLogistic } from "./logistic";
export { foldTriangle } from "./triangle";
