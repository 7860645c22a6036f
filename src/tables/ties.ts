import { gather } from "../numeric/move-rows.ts";
import type { Codes } from "./codes.ts";
import type { EventLog, ExtraColumn } from "./event-log.ts";

/**
 * Orders events of one customer at one time by their sequence number, then by their id, so that the log is the same for
 * every order of arrival. Events without a number or an id come after those that have one.
 *
 * @param log - a sorted log.
 * @param sequence - one number per row, NaN = none; `undefined` when there is no such column.
 * @param id - one id per row; `undefined` when there is no such column.
 * @returns the same log where there is nothing to reorder.
 */
export function breakTies(log: EventLog, sequence: Float64Array | undefined, id: Codes | undefined): EventLog {
  if (sequence === undefined && id === undefined) return log;
  const { time, byCustomer } = log;
  let order: Uint32Array | undefined;
  const before = (a: number, b: number): number =>
    compareNumbers(sequence?.[a], sequence?.[b]) ||
    compareNames(id?.names[id.codes[a]], id?.names[id.codes[b]]) ||
    a - b;
  for (let group = 0; group + 1 < byCustomer.starts.length; group++) {
    const end = byCustomer.starts[group + 1];
    let tie = byCustomer.starts[group];
    while (tie < end) {
      let next = tie + 1;
      while (next < end && time[next] === time[tie]) next++;
      if (next - tie > 1) {
        order ??= Uint32Array.from({ length: log.length }, (_, row) => row);
        order.subarray(tie, next).sort(before);
      }
      tie = next;
    }
  }
  return order === undefined ? log : reordered(log, order);
}

/** Times and customers are equal within a tie, so only the other columns move. */
function reordered(log: EventLog, order: Uint32Array): EventLog {
  const codes = (column: Codes): Codes => ({ codes: gather(column.codes, order), names: column.names });
  const extra = Object.entries(log.extra).map(([name, column]): [string, ExtraColumn] => [
    name,
    column instanceof Float64Array ? gather(column, order) : codes(column),
  ]);
  return {
    ...log,
    type: codes(log.type),
    value: gather(log.value, order),
    extra: Object.fromEntries(extra),
  };
}

/** From low to high, those without a number last. */
export function compareNumbers(a: number | undefined, b: number | undefined): number {
  const first = a ?? NaN;
  const second = b ?? NaN;
  if (Number.isNaN(first) || Number.isNaN(second)) return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
  return first - second;
}

/** In the order of code units, those without a name last. */
export function compareNames(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  return a < b ? -1 : 1;
}
