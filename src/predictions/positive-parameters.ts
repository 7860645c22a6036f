import { isRecord } from "../core/dictionary.ts";

/** Whether a value is a finite number above 0. */
export function isPositive(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}

/** Whether a value holds positive numbers under these names. */
export function arePositive(value: unknown, names: readonly string[]): boolean {
  return isRecord(value) && names.every((name) => isPositive(value[name]));
}
