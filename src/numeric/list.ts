import { describeValue, refuse } from "../core/errors.ts";

/** Refuses what is neither an array nor a typed array, at the doors of functions that take numbers. */
export function checkList(caller: string, path: string, values: unknown): void {
  if (!Array.isArray(values) && (!ArrayBuffer.isView(values) || values instanceof DataView)) {
    refuse(caller, "shape-mismatch", path, "a list of numbers", describeValue(values));
  }
}
