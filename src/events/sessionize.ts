import { minuteMs } from "../core/durations.ts";
import { custom, flag, isTextList, type OptionTable, readOptions, real, text, timeZone } from "../core/options.ts";
import { calendarOf } from "../tables/calendar.ts";
import { type Codes, missingCode } from "../tables/codes.ts";
import { checkLog, codesColumn, type EventLog, typeMask } from "../tables/event-log.ts";
import type { Partition } from "../tables/partition.ts";

/** Options of {@link sessionize}. */
export interface SessionizeOptions {
  /** The longest pause inside a session, in minutes; a longer one ends it, one of exactly this length does not. Default 30. */
  readonly timeoutMinutes?: number | undefined;
  /** Event types that always begin a session, such as `"app_open"`. */
  readonly startOn?: readonly string[] | undefined;
  /** Whether a session ends with the local day, as Universal Analytics had it; default false. */
  readonly splitAtMidnight?: boolean | undefined;
  /** The name of a further column: a session ends where a present value differs from the session's. `""` is not present. */
  readonly campaign?: string | undefined;
  /** IANA time zone whose midnight splits; default `"UTC"`. */
  readonly timeZone?: string | undefined;
}

/** Option table of {@link sessionize}. */
export const sessionizeOptions: OptionTable<SessionizeOptions, "startOn" | "campaign"> = {
  timeoutMinutes: real({ min: 0, default: 30 }),
  startOn: custom("a list of strings", isTextList, ["a", [1], null, {}], { optional: true }),
  splitAtMidnight: flag({ default: false }),
  campaign: text({ optional: true }),
  timeZone: timeZone(),
};

/**
 * Cuts every customer's events into sessions: visits, the unit in which people browse, for journeys and activity.
 *
 * A new session begins with a customer's first event, and where one of these holds: the pause since the event before is
 * *longer than* the timeout; the event's type is in `startOn`; with `splitAtMidnight`, the local date differs from that of
 * the event before; with `campaign`, the event has a value there that differs from the session's value, which is the
 * first one it had. Sessions do not end at midnight unless asked.
 *
 * @param log - any log.
 * @param options - see {@link SessionizeOptions}.
 * @returns sessions in the order of the log, none of them empty: each event is in exactly one, each in one customer.
 * @throws {ClienteleError} `invalid-option`, also when `campaign` is not a column of the log; `unknown-option`;
 * `shape-mismatch` or `invalid-value` when `log` is not a log.
 * @example
 * const minute = 60_000;
 * const { log } = readEventColumns({
 *   customer: ["ann", "ann", "ann", "bo"],
 *   type: ["view", "view", "view", "view"],
 *   time: [0, 30 * minute, 61 * minute, 0],
 * });
 * sessionize(log).starts; // Uint32Array [0, 2, 3, 4]
 * @see stepSession for the same cuts on a stream. Cost: one pass over the rows.
 */
export function sessionize(log: EventLog, options?: SessionizeOptions): Partition {
  const caller = "sessionize";
  const read = readOptions(caller, sessionizeOptions, options);
  checkLog(caller, log);
  const campaign =
    read.campaign === undefined ? undefined : codesColumn(caller, log, "options.campaign", read.campaign);
  const starters = read.startOn === undefined ? undefined : typeMask(log, read.startOn);
  const dayOf = read.splitAtMidnight ? calendarOf(read.timeZone).dayOf : undefined;
  const timeout = read.timeoutMinutes * minuteMs;
  if (starters === undefined && dayOf === undefined && campaign === undefined) return cutAtPauses(log, timeout);

  const { time, type, byCustomer } = log;
  const campaigns = campaign === undefined ? undefined : presentCodes(campaign);
  const starts = new Uint32Array(log.length + 1);
  let sessions = 0;
  for (let customer = 0; customer + 1 < byCustomer.starts.length; customer++) {
    const first = byCustomer.starts[customer];
    let current = missingCode;
    for (let row = first; row < byCustomer.starts[customer + 1]; row++) {
      const value = campaigns === undefined ? missingCode : campaigns[row];
      if (
        row === first ||
        time[row] - time[row - 1] > timeout ||
        (starters !== undefined && starters[type.codes[row]] === 1) ||
        (dayOf !== undefined && dayOf(time[row]) !== dayOf(time[row - 1])) ||
        (value !== missingCode && current !== missingCode && value !== current)
      ) {
        starts[sessions++] = row;
        current = value;
      } else if (current === missingCode) {
        current = value;
      }
    }
  }
  starts[sessions] = log.length;
  return { starts: starts.slice(0, sessions + 1) };
}

/** The common case in one tight pass: nothing but pauses cuts. */
function cutAtPauses({ length, time, byCustomer }: EventLog, timeout: number): Partition {
  const starts = new Uint32Array(length + 1);
  let sessions = 0;
  for (let customer = 0; customer + 1 < byCustomer.starts.length; customer++) {
    const end = byCustomer.starts[customer + 1];
    let before = -Infinity;
    for (let row = byCustomer.starts[customer]; row < end; row++) {
      const now = time[row];
      if (now - before > timeout) starts[sessions++] = row;
      before = now;
    }
  }
  starts[sessions] = length;
  return { starts: starts.slice(0, sessions + 1) };
}

/** The codes of a column in which `""` counts as missing. */
function presentCodes({ codes, names }: Codes): Uint32Array {
  const empty = names.indexOf("");
  return empty < 0 ? codes : codes.map((code) => (code === empty ? missingCode : code));
}
