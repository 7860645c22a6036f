import { dayMs } from "../core/durations.ts";
import type { Note } from "../core/note.ts";
import { custom, instant, type OptionTable, readOptions, real, textOrTexts } from "../core/options.ts";
import { adjusted } from "../numeric/adjust.ts";
import { testTwoByTwo } from "../numeric/two-by-two.ts";
import type { EventLog } from "../tables/event-log.ts";
import { type PathOptions, pathOptions, pathsOf, type PathTable, timesOf, withGoals } from "./paths.ts";

/** Options of {@link measureMarkers}. */
export interface MeasureMarkersOptions extends PathOptions {
  /** Event type, or types, that are the goal. */
  readonly goal: string | readonly string[];
  /** Length of the window in which events are counted, in days of 24 hours from a customer's first step. */
  readonly withinDays: number;
  /** How often an event must happen within the window to be a marker. Default: 1, 2, 3 and 5 times. */
  readonly times?: readonly number[] | undefined;
  /** Days after the window in which the goal counts. Default: as long as the window. */
  readonly horizonDays?: number | undefined;
  /** Last instant that is known, in epoch milliseconds; later events are not read. Default: that of the last event. */
  readonly asOf?: number | undefined;
  /** 1 − level of the intervals. Default: 0.05. */
  readonly alpha?: number | undefined;
}

/** Option table of {@link measureMarkers}. */
export const measureMarkersOptions: OptionTable<MeasureMarkersOptions, "per" | "states" | "horizonDays" | "asOf"> = {
  ...pathOptions,
  goal: textOrTexts(),
  withinDays: real({ above: 0, max: 36_500 }),
  times: custom(
    "a non-empty list of distinct whole numbers from 1 on",
    isTimes,
    [null, 1, [], [0], [1.5], ["1"], [2, 2]],
    {
      default: [1, 2, 3, 5],
    },
  ),
  horizonDays: real({ above: 0, max: 36_500, optional: true }),
  asOf: instant({ optional: true }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

function isTimes(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || new Set(value).size < value.length) return false;
  return value.every((count) => Number.isSafeInteger(count) && count >= 1);
}

/** An event done so often in the first days, and what it says about the goal. */
export interface Marker {
  /** Event type. */
  readonly event: string;
  /** At least how often. */
  readonly times: number;
  /** Customers who did it so often. */
  readonly customers: number;
  /** Those of them who reached the goal after the window. */
  readonly converted: number;
  /** Share of the customers with the marker who converted. */
  readonly precision: number;
  /** Share of the customers who converted that had the marker. */
  readonly recall: number;
  /** `precision / baseRate`: above 1 where a purchase is likelier, below 1 where it is less likely. */
  readonly lift: number;
  /** Odds of converting with the marker against those without; half a customer is added to each count if one is 0. */
  readonly oddsRatio: number;
  /** Interval of the odds ratio, by the normal approximation of its logarithm. */
  readonly interval: readonly [number, number];
  /** Fisher's exact test when an expected count is below 10, Pearson's χ² without correction otherwise. */
  readonly test: "fisher" | "chi-square";
  /** Probability of at least such a difference if marker and goal had nothing to do with each other. */
  readonly pValue: number;
  /** The same for all markers at once (Benjamini–Hochberg): below 0.05, at most about 5 % of the findings are false. */
  readonly adjustedPValue: number;
}

/** What {@link measureMarkers} finds. */
export interface MarkersReport {
  /** Customers who are compared: known through window and horizon, and not converted within the window. */
  readonly customers: number;
  /** Those who reached the goal after the window. */
  readonly converted: number;
  /** `converted / customers`; 0 without customers. */
  readonly baseRate: number;
  /** Customers who are not compared. */
  readonly excluded: {
    /** First seen too late for a whole window. */
    readonly shortHistory: number;
    /** Reached the goal within the window: what they did there may be its consequence. */
    readonly convertedInWindow: number;
    /** Known through the window, but not through the horizon. */
    readonly shortFollowUp: number;
  };
  /** The horizon that was used, in days. */
  readonly horizonDays: number;
  /** The last instant that was read. */
  readonly asOf: number | null;
  /** The surest first. */
  readonly markers: readonly Marker[];
  /** Pairs of event and times that nobody has, or everybody; nothing can be compared. */
  readonly untested: number;
  /** Events whose type is no state. */
  readonly ignored: number;
  /** Groups that have events, but no step. */
  readonly emptied: number;
  /** Events of states after `asOf`; who has no others is not among the customers. */
  readonly later: number;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/**
 * Finds early behavior that marks customers who are about to buy: each event, done so many times within a customer's first
 * days, against reaching the goal afterwards. Whatever the log holds can be a marker: pages, opened e-mails, service contacts.
 *
 * Nothing leaks and everybody is watched alike: events count in a window of fixed length from the first step, the goal
 * counts in a horizon of fixed length after it, and customers who convert within the window, or who are not known through
 * both, are left out and counted. A marker goes along with the goal; whether it causes it, only an experiment shows.
 *
 * @param log - the events, sorted as always. Customers who were there before the log begins look like new ones.
 * @param options - the goal and the window are required.
 * @returns markers with their evidence; p-values are adjusted for the number of markers.
 * @throws {ClienteleError} `shape-mismatch` for a damaged log or a partition that is not one of it; `invalid-option` for a
 * state that is listed twice; `invalid-value` for an event called `(start)` or `(end)`. Cost: linear in the rows, and a
 * test per event and number of times.
 * @example
 * const day = 86_400_000;
 * const events = ["ann", "bob", "cat", "dan"].flatMap((who, i) => [
 *   { who, what: i < 2 ? "save" : "look", at: 0 },
 *   { who, what: i < 2 ? "paid" : "look", at: 8 * day },
 *   { who, what: "look", at: 14 * day },
 * ]);
 * const { log } = readEvents(events, { customer: "who", type: "what", time: "at" });
 * const { markers, baseRate } = measureMarkers(log, { goal: "paid", withinDays: 7, times: [1] });
 * baseRate; // 0.5
 * markers.map(({ event, precision, lift }) => [event, precision, lift]); // [["save", 1, 2], ["look", 0, 0]]
 * @see Haldane (1956) and Anscombe (1956) for counts of 0; Woolf (1955) for the interval.
 */
export function measureMarkers(log: EventLog, options: MeasureMarkersOptions): MarkersReport {
  const caller = "measureMarkers";
  const read = readOptions(caller, measureMarkersOptions, options);
  const { goal, withinDays, horizonDays = withinDays, alpha, per, states, selfLoops } = read;
  const goals = typeof goal === "string" ? [goal] : goal;
  const paths = pathsOf(caller, log, { per, states: withGoals(states, goals), selfLoops });
  const time = timesOf(log, paths);
  const last = log.time.reduce((latest, at) => Math.max(latest, at), -Infinity);
  const { asOf = last } = read;
  const named = new Set(goals);
  const times = [...read.times].sort((a, b) => a - b);
  const rules = { withinMs: withinDays * dayMs, horizonMs: horizonDays * dayMs, asOf, times };
  const counts = countedMarkers(
    paths,
    time,
    paths.states.map((name) => named.has(name)),
    rules,
  );
  const { customers, converted, excluded } = counts;
  const tested = markersOf(paths.states, times, counts, alpha);
  const adjustedValues = adjusted(
    tested.map(({ pValue }) => pValue),
    "bh",
  );
  const markers = tested.map((marker, i): Marker => ({
    ...marker,
    adjustedPValue: adjustedValues[i] ?? marker.pValue,
  }));
  const candidates = paths.states.filter((name) => !named.has(name)).length * times.length;
  return {
    customers,
    converted,
    baseRate: customers === 0 ? 0 : converted / customers,
    excluded,
    horizonDays,
    asOf: Number.isFinite(asOf) ? asOf : null,
    markers: markers.sort((a, b) => a.pValue - b.pValue || b.lift - a.lift),
    untested: candidates - markers.length,
    ignored: paths.ignored,
    emptied: paths.emptied,
    later: time.reduce((count, at) => count + (at > asOf ? 1 : 0), 0),
    notes: notesOf(counts),
  };
}

/** Counts over the customers who are compared. */
interface MarkerCounts {
  readonly customers: number;
  readonly converted: number;
  readonly excluded: { shortHistory: number; convertedInWindow: number; shortFollowUp: number };
  /** Customers with each marker; those of one state lie side by side. */
  readonly withMarker: Uint32Array;
  /** Those who converted. */
  readonly convertedWith: Uint32Array;
}

function countedMarkers(
  { states, codes, starts }: PathTable,
  time: Float64Array,
  isGoal: readonly boolean[],
  { withinMs, horizonMs, asOf, times }: { withinMs: number; horizonMs: number; asOf: number; times: readonly number[] },
): MarkerCounts {
  const excluded = { shortHistory: 0, convertedInWindow: 0, shortFollowUp: 0 };
  const withMarker = new Uint32Array(states.length * times.length);
  const convertedWith = new Uint32Array(states.length * times.length);
  const done = new Uint32Array(states.length);
  let [customers, converted] = [0, 0];
  for (let path = 0; path + 1 < starts.length; path++) {
    const begin = time[starts[path]];
    if (begin > asOf) continue;
    const windowEnd = begin + withinMs;
    if (windowEnd > asOf) {
      excluded.shortHistory++;
      continue;
    }
    let after = starts[path];
    let reached = false;
    for (; after < starts[path + 1] && time[after] < windowEnd; after++) reached ||= isGoal[codes[after]];
    if (reached) {
      excluded.convertedInWindow++;
      continue;
    }
    const end = windowEnd + horizonMs;
    if (end > asOf) {
      excluded.shortFollowUp++;
      continue;
    }
    for (let step = after; !reached && step < starts[path + 1] && time[step] < end; step++)
      reached = isGoal[codes[step]];
    customers++;
    if (reached) converted++;
    for (let step = starts[path]; step < after; step++) {
      const place = times.indexOf(++done[codes[step]]);
      if (place < 0) continue;
      withMarker[codes[step] * times.length + place]++;
      if (reached) convertedWith[codes[step] * times.length + place]++;
    }
    for (let step = starts[path]; step < after; step++) done[codes[step]] = 0;
  }
  return { customers, converted, excluded, withMarker, convertedWith };
}

/** Every marker that some customers have and others have not, before the p-values are adjusted. */
function markersOf(
  states: readonly string[],
  times: readonly number[],
  { customers, converted, withMarker, convertedWith }: MarkerCounts,
  alpha: number,
): Omit<Marker, "adjustedPValue">[] {
  return Array.from(withMarker.keys()).flatMap((marker) => {
    const [marked, a] = [withMarker[marker], convertedWith[marker]];
    const c = converted - a;
    const odds = testTwoByTwo({ a, b: marked - a, c, d: customers - marked - c }, alpha);
    if (odds === null) return [];
    return {
      event: states[Math.floor(marker / times.length)],
      times: times[marker % times.length],
      customers: marked,
      converted: a,
      precision: a / marked,
      recall: a / converted,
      lift: a / marked / (converted / customers),
      oddsRatio: odds.oddsRatio,
      interval: odds.interval,
      test: odds.isExact ? "fisher" : "chi-square",
      pValue: odds.pValue,
    };
  });
}

function notesOf({ customers, converted, excluded }: MarkerCounts): Note[] {
  const notes: Note[] = [];
  if (customers === 0) {
    notes.push({ code: "no-customers", message: "Nobody is known through window and horizon; shorten them." });
  } else if (converted === 0) {
    notes.push({
      code: "no-conversion",
      message: "Nobody reaches the goal after the window; nothing can be compared.",
    });
  } else if (converted === customers) {
    notes.push({
      code: "all-converted",
      message: "Everybody reaches the goal after the window; nothing can be compared.",
    });
  }
  if (excluded.convertedInWindow > converted) {
    const message = `${excluded.convertedInWindow} customers reach the goal within the window, ${converted} after it; a shorter window sees more.`;
    notes.push({ code: "early-conversion", message });
  }
  return notes;
}
