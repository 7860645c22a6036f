import { codesOf, type EventLog } from "clientele/tables";
import { sortedLog } from "../../src/tables/event-log.ts";

/** One event as tests write it: customer, type, time in epoch milliseconds, value (NaN = none), order id (null = none). */
export type Happening = readonly [customer: string, type: string, time: number, value?: number, order?: string | null];

/** A log of a few events, with the text column `order`. */
export function logOf(happenings: readonly Happening[]): EventLog {
  return sortedLog({
    customer: codesOf(happenings.map(([customer]) => customer)),
    type: codesOf(happenings.map(([, type]) => type)),
    time: Float64Array.from(happenings, ([, , time]) => time),
    value: Float64Array.from(happenings, ([, , , value]) => value ?? NaN),
    extra: { order: codesOf(happenings.map(([, , , , order]) => order ?? null)) },
  });
}

/** The cells of a row by feature name. */
export function rowOf(
  { ids, names, values }: { ids: readonly string[]; names: readonly string[]; values: Float64Array },
  id: string,
): Record<string, number> {
  const row = ids.indexOf(id);
  if (row < 0) throw new Error("no such row");
  return Object.fromEntries(names.map((name, j) => [name, values[row * names.length + j]]));
}
