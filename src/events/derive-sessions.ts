import { describeValue, refuse } from "../core/errors.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkFiner, checkPartition, type Partition } from "../tables/partition.ts";

const columns = ["customer", "start", "durationMs", "events", "value"] as const;

/**
 * Describes each session in one row: who, when, how long, how much. For session length, depth and revenue per visit.
 *
 * @param log - any log.
 * @param sessions - a partition of the log in which each group lies inside one customer, as `sessionize` makes it.
 * @returns one row per session that has events, in the order of the log. Its id is `${customer}#${n}`, the customer's n-th
 * session counted from 1; what stands before the last `#` is the customer, whatever the customer is called. Features:
 * `customer` (the customer's code in `log.customer`), `start` (epoch milliseconds of the first event), `durationMs` (from
 * the first event to the last, 0 for a single one), `events` (their number), `value` (the sum of values; 0 without any).
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` when `log` is not a log, `sessions` does not cut it, or the
 * values of a session add up to more than a number can hold.
 * @example
 * const columns = { customer: ["ann", "ann"], type: ["view", "buy"], time: [0, 60_000], value: [null, 20] };
 * const { log } = readEventColumns(columns);
 * toRows(deriveSessions(log, sessionize(log)));
 * // [{ id: "ann#1", customer: 0, start: 0, durationMs: 60000, events: 2, value: 20 }]
 * @see sessionize. Cost: one pass over the rows.
 */
export function deriveSessions(log: EventLog, sessions: Partition): FeatureTable {
  const caller = "deriveSessions";
  checkLog(caller, log);
  checkPartition(caller, "sessions", sessions, log.length);
  checkFiner(caller, "sessions", sessions, log.byCustomer);
  const { customer, time, value } = log;
  const { starts } = sessions;
  const ids: string[] = [];
  const values = new Float64Array((starts.length - 1) * columns.length);
  let last = -1;
  let number = 0;
  for (let session = 0; session + 1 < starts.length; session++) {
    const [from, to] = [starts[session], starts[session + 1]];
    if (from === to) continue;
    const code = customer.codes[from];
    number = code === last ? number + 1 : 1;
    last = code;
    let sum = 0;
    for (let row = from; row < to; row++) if (!Number.isNaN(value[row])) sum += value[row];
    if (!Number.isFinite(sum))
      refuse(caller, "invalid-value", "log.value", "small enough to add up", describeValue(sum));
    values.set([code, time[from], time[to - 1] - time[from], to - from, sum], ids.length * columns.length);
    ids.push(`${customer.names[code]}#${number}`);
  }
  return { ids, names: [...columns], values: values.slice(0, ids.length * columns.length) };
}
