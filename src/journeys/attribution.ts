import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real, text, textOrTexts } from "../core/options.ts";
import type { EventLog } from "../tables/event-log.ts";
import {
  attribute,
  type AttributionMethodOptions,
  attributionMethodOptions,
  type PathAttributionReport,
} from "./attribution-report.ts";
import { pathOptions } from "./paths.ts";
import { type TouchOptions, touchPathsOf } from "./touch-paths.ts";

/**
 * Options of {@link measureAttribution}. A path is all events of a customer, or what `per` says, up to a conversion; `states`
 * are the event types that can be touches; with `selfLoops: "collapse"` touches of one channel in a row are one touch.
 */
export interface MeasureAttributionOptions extends TouchOptions, AttributionMethodOptions {}

/** Option table of {@link measureAttribution}. */
export const measureAttributionOptions: OptionTable<
  MeasureAttributionOptions,
  "per" | "states" | "value" | "lookbackDays"
> = {
  ...pathOptions,
  goal: textOrTexts(),
  channel: text(),
  value: text({ optional: true }),
  lookbackDays: real({ above: 0, optional: true }),
  ...attributionMethodOptions,
};

/** What {@link measureAttribution} finds. */
export interface AttributionReport extends PathAttributionReport {
  /** Events that could be touches, but name no channel. */
  readonly withoutChannel: number;
  /** Touches that `lookbackDays` leaves out. */
  readonly outdated: number;
  /** Events whose type is neither a touch nor the goal. */
  readonly ignored: number;
  /** Groups that have events, but neither a touch nor a conversion. */
  readonly emptied: number;
}

/**
 * Credits conversions to the channels that customers came by: for whoever plans budgets, by the usual rules, or by what a
 * model of the paths says would be lost without a channel.
 *
 * A conversion ends a path, and what follows begins the next one; touches that no conversion follows are a null path. The
 * event of the conversion is no touch itself. With `lookbackDays`, touches longer before the conversion do not count for it.
 *
 * - Rules: `"first"`, `"last"`, `"last-non-direct"` (the last touch that is not `direct`, if there is one), `"linear"`,
 *   `"position"` (`weights`; two touches share by those of the ends), `"time-decay"` (half as much per `halfLifeDays`).
 * - `"markov"`: removal effects of a chain of the given `order`, in closed form; conversions and value are shared in
 *   proportion to them. Null paths matter: `nulls: false` leaves them out. With order 1, repeated touches make no difference.
 * - `"shapley"`: a set of channels is worth the conversions of the paths that use no other channel; at most 15 channels.
 *
 * Credits describe the paths there were. What a channel causes, only an experiment shows.
 *
 * @param log - the events, sorted as always.
 * @param options - the goal, the channel and the method are required.
 * @returns credits that add up to the conversions and the value to the last bit, and what is not in them.
 * @throws {ClienteleError} `invalid-option` for a column that is not there; `too-large` for more than 15 channels of
 * `"shapley"`, more than 3,000 states of `"markov"`, or values whose sum overflows; `shape-mismatch` for a damaged log. Cost:
 * linear in the rows; `"markov"` adds the third power of its states.
 * @example
 * const { log } = readEvents(
 *   [
 *     { who: "ann", what: "visit", by: "ads", at: 0 },
 *     { who: "ann", what: "visit", by: "mail", at: 1 },
 *     { who: "ann", what: "paid", at: 2, worth: 100 },
 *     { who: "bob", what: "visit", by: "ads", at: 0 },
 *   ],
 *   { customer: "who", type: "what", time: "at", value: "worth", extra: { by: "by" } },
 * );
 * measureAttribution(log, { goal: "paid", channel: "by", method: "markov" }).channels;
 * // [
 * //   { channel: "ads", conversions: 0.5, value: 50, removalEffect: 1 },
 * //   { channel: "mail", conversions: 0.5, value: 50, removalEffect: 1 },
 * // ]
 * @see Anderl et al. (2016) for removal effects; Shapley (1953), "A value for n-person games".
 */
export function measureAttribution(log: EventLog, options: MeasureAttributionOptions): AttributionReport {
  const caller = "measureAttribution";
  const read = readOptions(caller, measureAttributionOptions, options);
  const { paths, unattributed, withoutValue, ...leftOut } = touchPathsOf(caller, log, read);
  const report = attribute(caller, paths, unattributed, read);
  const notes: Note[] = [...report.notes];
  const goals = report.conversions + unattributed.conversions;
  if (withoutValue > 0 && withoutValue < goals) {
    notes.push({
      code: "missing-values",
      message: `${withoutValue} of ${goals} conversions have no value; they add 0.`,
    });
  }
  return { ...report, ...leftOut, notes };
}
