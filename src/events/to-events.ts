import { put } from "../core/dictionary.ts";
import { nameAt } from "../tables/codes.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";

/** One event as an object; the further columns of the log are further properties. */
export interface PlainEvent {
  /** Who. */
  readonly customer: string;
  /** What. */
  readonly type: string;
  /** When: epoch milliseconds, UTC. */
  readonly time: number;
  /** Worth; absent = none. */
  readonly value?: number;
  /** A cell of a further column; absent where it is missing. */
  readonly [column: string]: string | number | undefined;
}

/**
 * Turns a log into event objects, for printing, JSON, or a stream of {@link stepSession}.
 *
 * @param log - any log.
 * @returns one object per row, in the order of the log: `customer`, `type`, `time`, then `value` and the further columns
 * where the row has them. `readEvents` reads them back into the same log.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` when `log` is not a log.
 * @example
 * const readers = { customer: "customer", type: "type", time: "time", extra: { page: "page" } };
 * const { log } = readEvents([{ customer: "ann", type: "view", time: 0, page: "/" }], readers);
 * toEvents(log); // [{ customer: "ann", type: "view", time: 0, page: "/" }]
 */
export function toEvents(log: EventLog): PlainEvent[] {
  checkLog("toEvents", log);
  const { customer, type, time, value } = log;
  const extra = Object.entries(log.extra);
  return Array.from({ length: log.length }, (_, row) => {
    const event: Record<string, string | number> = {
      customer: customer.names[customer.codes[row]],
      type: type.names[type.codes[row]],
      time: time[row],
    };
    if (!Number.isNaN(value[row])) event["value"] = value[row];
    for (const [name, column] of extra) {
      const cell = column instanceof Float64Array ? column[row] : nameAt(column, row);
      if (cell !== undefined && !Number.isNaN(cell)) put(event, name, cell);
    }
    return event as unknown as PlainEvent;
  });
}
