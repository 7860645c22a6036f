import type { EventLog } from "../tables/event-log.ts";

/**
 * The most events in a minute that pass for a person's when nothing else is said: one every two seconds, a whole minute long.
 * The busiest people of the data sets in the tests have 16, the calmest bots of a simulated shop 36.
 */
export const humanEventsPerMinute = 30;

/**
 * The most events that each customer has in any window of a length: what tells a program from a person.
 *
 * A window holds the events from an instant up to, not including, the instant `windowMs` later; it may begin anywhere, so
 * no burst hides behind the border of a calendar minute.
 *
 * @param log - a checked log.
 * @param windowMs - length of the window in milliseconds, > 0.
 * @returns one count per customer of the log; 0 for a customer without events. Cost: one pass over the events.
 */
export function busiestWindows({ time, byCustomer }: EventLog, windowMs: number): Uint32Array {
  const { starts } = byCustomer;
  const most = new Uint32Array(starts.length - 1);
  for (let customer = 0; customer < most.length; customer++) {
    let from = starts[customer];
    for (let row = from; row < starts[customer + 1]; row++) {
      while (time[row] - time[from] >= windowMs) from++;
      if (row - from >= most[customer]) most[customer] = row - from + 1;
    }
  }
  return most;
}
