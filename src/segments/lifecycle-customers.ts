import { lookUp } from "../core/dictionary.ts";
import { missingCode } from "../tables/codes.ts";
import { codesColumn, type EventLog, typeMask } from "../tables/event-log.ts";

/** What of the options says who has bought, and whose profile was created when. */
export interface LifecycleReading {
  readonly asOf: number;
  readonly purchase: string | readonly string[];
  readonly order?: string | undefined;
  readonly created?: string | readonly string[] | undefined;
  readonly createdAt?: Readonly<Record<string, number>> | undefined;
}

/** The customers of a log who have an event up to `asOf`. */
export interface LifecycleCustomers {
  /**
   * Visits each, in the order of the log.
   *
   * @param visit - gets the id, the times of purchases (ascending, only valid during the visit), the time of the first
   * event or of the creation if that was earlier, and the time of the creation, NaN when not known or not yet.
   */
  forEach(visit: (id: string, purchases: Float64Array, firstSeen: number, created: number) => void): void;
}

/**
 * Reads purchases and creations of profiles from a log.
 *
 * @param caller - the public function.
 * @param log - a checked log.
 * @param reading - the options, read.
 * @throws {ClienteleError} `invalid-option` for an unknown order column.
 */
export function customersOf(caller: string, log: EventLog, reading: LifecycleReading): LifecycleCustomers {
  const { asOf, purchase, order, created, createdAt } = reading;
  const buys = typeMask(log, purchase);
  const creates = typeMask(log, created ?? []);
  const orders = order === undefined ? undefined : codesColumn(caller, log, "options.order", order);
  const { starts } = log.byCustomer;
  const { names } = log.customer;
  return {
    forEach(visit) {
      // Which customer last had an order: ids of different customers are different orders.
      const ownerOf = new Int32Array(orders?.names.length ?? 0).fill(-1);
      let times = new Float64Array(64);
      for (let customer = 0; customer < names.length; customer++) {
        const [start, end] = [starts[customer], starts[customer + 1]];
        if (start === end || log.time[start] > asOf) continue;
        if (times.length < end - start) times = new Float64Array(2 * (end - start));
        let count = 0;
        let since = createdAt === undefined ? NaN : (lookUp(createdAt, names[customer]) ?? NaN);
        for (let row = start; row < end && log.time[row] <= asOf; row++) {
          const type = log.type.codes[row];
          const time = log.time[row];
          if (creates[type] === 1 && !(since <= time)) since = time;
          if (buys[type] === 0 || log.value[row] < 0) continue;
          const code = orders === undefined ? missingCode : orders.codes[row];
          if (code !== missingCode) {
            if (ownerOf[code] === customer) continue;
            ownerOf[code] = customer;
          }
          times[count++] = time;
        }
        if (since > asOf) since = NaN;
        const firstSeen = since < log.time[start] ? since : log.time[start];
        visit(names[customer], times.subarray(0, count), firstSeen, since);
      }
    },
  };
}
