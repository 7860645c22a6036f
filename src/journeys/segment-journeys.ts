import { describeValue, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, type OptionTable, readOptions, texts } from "../core/options.ts";
import { type EventLog, keepRows } from "../tables/event-log.ts";
import { joinLabels } from "../tables/join-labels.ts";
import { checkLabels, type Labels } from "../tables/labels.ts";
import type { Partition } from "../tables/partition.ts";
import { type FunnelReport, measureFunnel } from "./funnel.ts";
import { type PathOptions, pathOptions, pathsOf, type PathTable } from "./paths.ts";
import { countTransitions, type TransitionTable } from "./transitions.ts";
import { compareSteps, variantsOf } from "./variants.ts";

/** Options of {@link measureSegmentJourneys}. */
export interface MeasureSegmentJourneysOptions extends PathOptions {
  /** The segment of each customer of the log, or of each of `ids`; −1 = none. */
  readonly labels: Labels;
  /** Customers that the labels belong to, such as the `ids` of a table; default: those of the log, in its order. */
  readonly ids?: readonly string[] | undefined;
  /** Names of the segments, such as those of their personas; default their numbers. */
  readonly names?: readonly string[] | undefined;
  /** Steps of a funnel to measure in each segment; default: none. */
  readonly steps?: readonly string[] | undefined;
}

/** Option table of {@link measureSegmentJourneys}. */
export const measureSegmentJourneysOptions: OptionTable<
  MeasureSegmentJourneysOptions,
  "per" | "states" | "ids" | "names" | "steps"
> = {
  ...pathOptions,
  labels: custom("labels in an Int32Array", (value) => value instanceof Int32Array, [[], [0], null, "0"]),
  ids: texts({ optional: true }),
  names: texts({ optional: true }),
  steps: texts({ optional: true }),
};

/** The path that most take. */
export interface TypicalPath {
  /** Its steps. */
  readonly steps: readonly string[];
  /** How many paths are the same. */
  readonly paths: number;
  /** `paths` of all paths of the segment. */
  readonly share: number;
}

/** What the customers of one segment do. */
export interface SegmentJourneys {
  /** Number of the segment. */
  readonly segment: number;
  /** Its name. */
  readonly name: string;
  /** Customers with that label, whether they have a path or not. */
  readonly customers: number;
  /** Which step follows which; the states are those of all segments. */
  readonly transitions: TransitionTable;
  /** The most frequent whole path, of equals the first by its states; `null` without a path. */
  readonly typicalPath: TypicalPath | null;
  /** The funnel, when `steps` were given. */
  readonly funnel: FunnelReport | null;
}

/** What {@link measureSegmentJourneys} finds. */
export interface SegmentJourneysReport {
  /** One entry per segment, by number. */
  readonly segments: readonly SegmentJourneys[];
  /** Customers of the log without a segment. */
  readonly unlabeled: number;
  /** Soft problems. */
  readonly notes: readonly Note[];
}

/** More segments than these are refused: each is a pass over the log, and nobody reads so many. */
const mostSegments = 1000;

/**
 * The journeys of each segment or persona: which step follows which, the path that most take, and a funnel. Two entries go into
 * {@link compareJourneys}, which tells where they part.
 *
 * @param log - the events.
 * @param options - the segment of each customer, what a path is, and the steps of a funnel.
 * @returns one entry per segment, all over the same states.
 * @throws {ClienteleError} as {@link countTransitions} and {@link measureFunnel}; `shape-mismatch` for labels that do not fit their
 * customers, or too few names; `too-large` above 1,000 segments. Cost: for each segment one pass over the rows to pick its events, and what is measured of them.
 * @example
 * const at = (who: string, what: string, time: number) => ({ who, what, time });
 * const rows = [at("ann", "home", 0), at("ann", "cart", 1), at("bob", "home", 0), at("cid", "home", 0)];
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "time" });
 * const { segments } = measureSegmentJourneys(log, { labels: labelsOf([0, 1, 1]), names: ["buyers", "others"] });
 * segments[1].typicalPath; // { steps: ["home"], paths: 2, share: 1 }
 * compareJourneys(segments[0].transitions, segments[1].transitions).differences[0].difference; // 1
 */
export function measureSegmentJourneys(log: EventLog, options: MeasureSegmentJourneysOptions): SegmentJourneysReport {
  const caller = "measureSegmentJourneys";
  const read = readOptions(caller, measureSegmentJourneysOptions, options);
  const { states } = pathsOf(caller, log, read);
  const labels = labelsOfLog(caller, log, read.labels, read.ids);
  const sizes: number[] = [];
  let unlabeled = 0;
  for (const label of labels) {
    if (label < 0) unlabeled++;
    else sizes[label] = (sizes[label] ?? 0) + 1;
  }
  if (sizes.length > mostSegments) {
    refuse(caller, "too-large", "options.labels", `at most ${mostSegments} segments`, String(sizes.length));
  }
  const { names } = read;
  if (names !== undefined && names.length < sizes.length) {
    refuse(caller, "shape-mismatch", "options.names", `${sizes.length} names, one per segment`, describeValue(names));
  }
  const segments = Array.from(sizes, (customers = 0, segment): SegmentJourneys => {
    const { log: events, per } = ownEvents(log, read.per, labels, segment);
    // A log without events has no states that could be listed.
    const paths = { per, states: states.length === 0 ? undefined : states, selfLoops: read.selfLoops };
    return {
      segment,
      name: names?.[segment] ?? String(segment),
      customers,
      transitions: countTransitions(events, paths),
      typicalPath: typicalPath(pathsOf(caller, events, paths)),
      funnel: read.steps === undefined ? null : measureFunnel(events, { ...paths, steps: read.steps }),
    };
  });
  return { segments, unlabeled, notes: notesOf(segments) };
}

/** One label per customer of the log. */
function labelsOfLog(caller: string, log: EventLog, labels: Labels, ids: readonly string[] | undefined): Labels {
  const customers = log.customer.names;
  if (ids === undefined) {
    checkLabels(caller, "options.labels", labels, customers.length);
    return labels;
  }
  checkLabels(caller, "options.labels", labels, ids.length);
  const joined = joinLabels([
    { ids: customers, labels: new Int32Array(customers.length) },
    { ids, labels },
  ]);
  return joined.labels[1].subarray(0, customers.length);
}

/** The events of a segment, and its paths. */
function ownEvents(
  log: EventLog,
  per: Partition | undefined,
  labels: Labels,
  segment: number,
): { log: EventLog; per: Partition | undefined } {
  const keep = new Uint8Array(log.length);
  for (let row = 0; row < log.length; row++) if (labels[log.customer.codes[row]] === segment) keep[row] = 1;
  if (per === undefined) return { log: keepRows(log, keep), per };
  const starts = new Uint32Array(per.starts.length);
  for (let group = 0; group + 1 < starts.length; group++) {
    const [first, end] = [per.starts[group], per.starts[group + 1]];
    starts[group + 1] = starts[group] + (end > first && keep[first] === 1 ? end - first : 0);
  }
  return { log: keepRows(log, keep), per: { starts } };
}

function typicalPath(paths: PathTable): TypicalPath | null {
  if (paths.groups.length === 0) return null;
  const { codes, starts, weights } = variantsOf(paths);
  const stepsAt = (variant: number): Uint32Array => codes.subarray(starts[variant], starts[variant + 1]);
  let best = 0;
  for (let variant = 1; variant < weights.length; variant++) {
    const more = weights[variant] - weights[best];
    if (more > 0 || (more === 0 && compareSteps(stepsAt(variant), stepsAt(best)) < 0)) best = variant;
  }
  return {
    steps: Array.from(stepsAt(best), (code) => paths.states[code]),
    paths: weights[best],
    share: weights[best] / paths.groups.length,
  };
}

function notesOf(segments: readonly SegmentJourneys[]): Note[] {
  const few = segments.filter(({ transitions }) => transitions.paths < 30).length;
  if (few === 0) return [];
  return [{ code: "few-paths", message: `${few} of ${segments.length} segments have fewer than 30 paths: their shares say little.` }]; // prettier-ignore
}
