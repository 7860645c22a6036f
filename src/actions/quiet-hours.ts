import { dayMs, hourMs } from "../core/durations.ts";
import type { LocalCalendar } from "../tables/calendar.ts";
import type { QuietHours } from "./trigger-rule.ts";

/**
 * When a message that is due may go out.
 *
 * @param calendar - of the customer's zone.
 * @param hours - the quiet hours; `from` is quiet, `to` is not.
 * @param time - when it is due.
 * @returns the same time, or the next instant at which the local clock shows `to`. Where the clock shows `to` twice, the
 * first; where it skips it, as much later as it was put forward.
 */
export function quietUntil(calendar: LocalCalendar, hours: Pick<QuietHours, "from" | "to">, time: number): number {
  const local = calendar.localOf(time);
  if (!isQuiet(local, hours)) return time;
  let wanted = Math.floor(local / dayMs) * dayMs + hours.to * hourMs;
  if (wanted <= local) wanted += dayMs;
  const offsetOf = (at: number): number => calendar.localOf(at) - at;
  const before = wanted - offsetOf(time);
  const after = wanted - offsetOf(before);
  const [early, late] = before < after ? [before, after] : [after, before];
  return early > time && !isQuiet(calendar.localOf(early), hours) ? early : late;
}

function isQuiet(local: number, { from, to }: Pick<QuietHours, "from" | "to">): boolean {
  const hour = (local - Math.floor(local / dayMs) * dayMs) / hourMs;
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}
