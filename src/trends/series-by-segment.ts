import { refuse } from "../core/errors.ts";
import { type OptionTable, readOptions, texts } from "../core/options.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import { checkGrouping, type LabeledIds } from "../tables/join-labels.ts";
import type { Series } from "../tables/series.ts";
import { stepsOf } from "./calendar-steps.ts";
import { measured, type SeriesOfOptions, seriesOfOptions } from "./series-of.ts";

/** Options of {@link seriesBySegment}: those of {@link seriesOf}, and names. */
export interface SeriesBySegmentOptions extends SeriesOfOptions {
  /** Names of the segments by group number; default `Segment 1`, `Segment 2`, … */
  readonly names?: readonly string[] | undefined;
}

/** The series of one segment. */
export interface SegmentSeries {
  /** Group number. */
  readonly segment: number;
  /** Name for people. */
  readonly name: string;
  /** Number of its customers who are in the log. */
  readonly customers: number;
  /** What they did, by calendar step. */
  readonly series: Series;
}

/** Result of {@link seriesBySegment}. */
export interface SegmentSeriesReport {
  /** One entry per segment, also for one without customers in the log. */
  readonly segments: readonly SegmentSeries[];
  /** Customers of the log who are in no segment, with the label −1 or not among the ids, and what they did. */
  readonly rest: Omit<SegmentSeries, "segment" | "name">;
  /** Ids that are not in the log; they did nothing that it knows of. */
  readonly absent: number;
}

/** Option table of {@link seriesBySegment}. */
export const seriesBySegmentOptions: OptionTable<SeriesBySegmentOptions, "event" | "from" | "to" | "names"> = {
  ...seriesOfOptions,
  names: texts({ optional: true }),
};

const mostCells = 2 ** 24;

/**
 * Counts a log's events by segment and calendar step: which segment's orders fall, and which segment makes the total rise?
 *
 * Segments are those of one day for the whole span: a customer counts in the same one from first to last. For counts, customers and
 * sums the series of all segments and the rest add up to that of {@link seriesOf}.
 *
 * @param log - events, as `readEvents` returns them.
 * @param grouping - customer ids with their labels, for example a table's `ids` and what an assign function made of it.
 * @param options - see {@link SeriesBySegmentOptions}.
 * @returns one series per segment and one of the customers in none, all over the same periods.
 * @throws {ClienteleError} as {@link seriesOf} does; `shape-mismatch` or `invalid-value` for ids and labels that do not fit or
 * repeat, or too few names; `too-large` beyond 16 million cells. Cost: one pass over the events.
 * @example
 * const { log } = readEventColumns({
 *   customer: ["a", "b", "a", "c"], type: ["buy", "buy", "buy", "buy"],
 *   time: [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 2)],
 * });
 * const { segments, rest } = seriesBySegment(
 *   log, { ids: ["a", "b"], labels: labelsOf([0, 1]) }, { period: "day", names: ["Loyal", "New"] });
 * segments.map(({ name, series }) => [name, ...series.values]); // [["Loyal", 1, 1], ["New", 1, 0]]
 * rest.series.values; // Float64Array [0, 1]
 */
export function seriesBySegment(
  log: EventLog,
  grouping: LabeledIds,
  options: SeriesBySegmentOptions,
): SegmentSeriesReport {
  const caller = "seriesBySegment";
  const { event, value, names, ...span } = readOptions(caller, seriesBySegmentOptions, options);
  checkLog(caller, log);
  checkGrouping(caller, "grouping", grouping);
  const { ids, labels } = grouping;
  const groups = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  if (names !== undefined && names.length < groups) {
    refuse(caller, "shape-mismatch", "options.names", `${groups} names, one per group`, String(names.length));
  }
  const count = Math.max(groups, names?.length ?? 0);
  const steps = stepsOf(caller, log, span);
  if ((count + 1) * steps.exists.length > mostCells) {
    refuse(caller, "too-large", "grouping.labels", `at most ${mostCells} segments × periods`, "more");
  }
  const segmentOf = new Map(ids.map((id, row) => [id, labels[row] < 0 ? count : labels[row]]));
  const customers = new Float64Array(count + 1);
  let known = 0;
  const segments = Int32Array.from(log.customer.names, (name) => {
    const segment = segmentOf.get(name);
    if (segment !== undefined) known++;
    customers[segment ?? count]++;
    return segment ?? count;
  });
  const columns = measured(caller, log, steps, { event, value, segments, count: count + 1 });
  const { period, timeZone } = span;
  const all = columns.map((values, s) => ({
    customers: customers[s],
    series: { start: steps.start, period, timeZone, values },
  }));
  return {
    segments: all.slice(0, count).map((own, segment) => ({
      segment,
      name: names?.[segment] ?? `Segment ${segment + 1}`,
      ...own,
    })),
    rest: all[count],
    absent: ids.length - known,
  };
}
