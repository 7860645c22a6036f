// Run by run.ts in a process of its own: how much memory a k-means fit takes above its input, at most, garbage included.
import { randomOf } from "clientele/core";
import { fitKMeans } from "clientele/segments";
import type { FeatureTable } from "clientele/tables";

const [rows, columns] = [1_000_000, 16];
const random = randomOf(1);
const values = new Float64Array(rows * columns);
for (let row = 0; row < rows; row++) {
  const group = 4 * random.integer(16);
  for (let j = 0; j < columns; j++) values[row * columns + j] = (group % (j + 2)) + random.next();
}
const ids = Array.from({ length: rows }, (_, row) => String(row));
const table: FeatureTable = { ids, names: Array.from({ length: columns }, (_, j) => `x${j}`), values };
// Code and kernels are loaded before counting.
fitKMeans({ ...table, ids: ids.slice(0, 1000), values: values.slice(0, 1000 * columns) }, { k: 16, restarts: 1 });

const most = (): number => process.resourceUsage().maxRSS * 1024;
globalThis.gc?.();
const before = most();
const model = fitKMeans(table, { k: 16, restarts: 1, maxIterations: 20 });

process.stdout.write(
  JSON.stringify({
    inputMegabytes: Math.round(values.byteLength / 1e6),
    peakAboveInputMegabytes: Math.round((most() - before) / 1e6),
    packedMegabytes: Math.round((rows * (4 * columns + 8)) / 1e6),
    withinSquares: model.withinSquares,
  }),
);
