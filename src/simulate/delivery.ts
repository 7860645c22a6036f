import { hourMs } from "../core/durations.ts";
import type { Random } from "../core/random.ts";
import { rowOrder } from "../numeric/row-order.ts";
import { sampleExponential } from "../numeric/samplers.ts";
import type { LifeColumns } from "./life.ts";
import { purchaseState } from "./paths.ts";
import type { ShopEvent, ShopTruth } from "./truth.ts";

/** Deliveries in the order of events: which event, and when it arrives; the second of an event is its duplicate. */
export interface Arrivals {
  /** Index of the event. */
  readonly event: number[];
  /** When the row arrives, epoch milliseconds. */
  readonly time: number[];
}

/** Sends the events from `from` on: most at once, some late, some twice. */
export function deliver(
  random: Random,
  times: readonly number[],
  from: number,
  { lateShare, duplicateShare }: { readonly lateShare: number; readonly duplicateShare: number },
  arrivals: Arrivals,
): void {
  for (let event = from; event < times.length; event++) {
    const late = random.next() < lateShare;
    const twice = random.next() < duplicateShare;
    // An hour and more; two days are the patience of the tracker's queue.
    const arrival = times[event] + (late ? Math.min(1 + sampleExponential(random, 1 / 6), 48) * hourMs : 0);
    arrivals.event.push(event);
    arrivals.time.push(arrival);
    if (!twice) continue;
    arrivals.event.push(event);
    arrivals.time.push(arrival + random.next() * 10_000);
  }
}

/** Puts the deliveries in the order of arrival and makes their rows. */
export function deliveredRows(
  columns: LifeColumns,
  arrivals: Arrivals,
  states: readonly string[],
): { readonly rows: ShopEvent[]; readonly truth: Pick<ShopTruth, "rows" | "duplicates" | "late"> } {
  const { event, time } = arrivals;
  const order = rowOrder(Float64Array.from(time), time.length, 1);
  const session = new Uint32Array(order.length);
  const duplicate = new Uint8Array(order.length);
  const late = new Uint8Array(order.length);
  const last = columns.sessions.at(-1)?.customer ?? -1;
  const ids = Array.from({ length: last + 1 }, (_, customer) => `c${customer}`);
  // Rows jump between customers: what each needs is read from flat columns, not from objects far apart.
  const types = Uint8Array.from(columns.type);
  const times = Float64Array.from(columns.time);
  const customers = columns.sessions.map(({ customer }) => ids[customer]);
  const devices = columns.sessions.map(({ device }) => device);
  const rows = new Array<ShopEvent>(order.length);
  let [latest, duplicates, lateRows] = [-Infinity, 0, 0];
  for (let row = 0; row < order.length; row++) {
    const delivery = order[row];
    const at = event[delivery];
    const visit = columns.session[at];
    const type = types[at];
    const happened = times[at];
    rows[row] = {
      id: `e${at}`,
      customer: customers[visit],
      type: states[type],
      time: happened,
      value: type === purchaseState ? (columns.sessions[visit].value ?? undefined) : undefined,
      device: devices[visit],
    };
    session[row] = visit;
    // The second delivery of an event follows the first.
    if (delivery > 0 && event[delivery - 1] === at) duplicates += duplicate[row] = 1;
    if (happened < latest) lateRows += late[row] = 1;
    latest = Math.max(latest, happened);
  }
  return { rows, truth: { rows: { session, duplicate, late }, duplicates, late: lateRows } };
}
