import type { Kernels } from "./kernels.ts";
import { twinAssignRows } from "./twin-nearest.ts";
import { twinDistanceRun } from "./twin-pairs.ts";
import { twinSeeds } from "./twin-seeds.ts";

/** The kernels in scalar TypeScript over `buffer`: for places where WebAssembly is missing or not allowed. */
export function twinKernels(buffer: ArrayBuffer): Kernels {
  return { assignRows: twinAssignRows(buffer), distanceRun: twinDistanceRun(buffer), ...twinSeeds(buffer) };
}
