import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, oneOf, type OptionTable, readOptions, type ReadOptions, textOrTexts } from "../core/options.ts";
import type { EventLog } from "../tables/event-log.ts";
import { membersOf } from "../tables/labels.ts";
import { type Friction, frictionOf, type StumblingBlock } from "./friction.ts";
import { attemptsOf } from "./funnel-attempts.ts";
import { type AbsentOfFunnel, type FunnelDefinition, funnelOptions, planOf } from "./funnel-plan.ts";
import { intervalOf, shareOf, spreadOf } from "./funnel-steps.ts";
import { lostAtSteps, lostBeforeGoal, type LostPaths } from "./lost-paths.ts";
import { endState, pathsOf, type PathTable, timesOf } from "./paths.ts";
import { worthOf } from "./worth.ts";

/** Options of {@link measureDropOff}: a funnel, a goal, or neither. */
export interface MeasureDropOffOptions extends Omit<FunnelDefinition, "steps"> {
  /** The steps of a funnel: paths are lost at the last step that they reach. The other options of a funnel need them. */
  readonly steps?: FunnelDefinition["steps"] | undefined;
  /** One or several event types, one of which makes a path a converted one: the others are lost where they end. */
  readonly goal?: string | readonly string[] | undefined;
  /**
   * What a lost path is worth: the mean value of a path that converted, from its entry to its conversion (`"converters"`, the
   * default), or the values that it had gathered itself (`"paths"`), such as those of a cart.
   */
  readonly value?: "converters" | "paths" | undefined;
  /** The longest that any list of events gets. Default 10. */
  readonly top?: number | undefined;
  /** An event is held against the loss only where at least so many paths did it between two points. Default 10. */
  readonly minPaths?: number | undefined;
}

type Absent = AbsentOfFunnel | "steps" | "goal";

/** Option table of {@link measureDropOff}. */
export const measureDropOffOptions: OptionTable<MeasureDropOffOptions, Absent> = {
  ...funnelOptions,
  steps: { ...funnelOptions.steps, required: false },
  goal: textOrTexts({ optional: true }),
  value: oneOf(["converters", "paths"], { default: "converters" }),
  top: integer({ min: 1, max: 10_000, default: 10 }),
  minPaths: integer({ min: 1, default: 10 }),
};

/** An event, and how many lost paths did it. */
export interface DropOffEvent {
  /** The event type; `"(end)"` = nothing more. */
  readonly event: string;
  /** Lost paths. */
  readonly count: number;
  /** `count` of all paths that were lost at the point. */
  readonly share: number;
}

/** A point at which paths are lost. */
export interface DropOffPoint {
  /** The step, or the event type in which the paths end. */
  readonly name: string;
  /** Position in `steps`; null without steps. */
  readonly step: number | null;
  /** Paths that came to the point. */
  readonly reached: number;
  /** Those who came no further, the pending left out. */
  readonly lost: number;
  /** Those who came no further yet, but whose window is open. */
  readonly pending: number;
  /** `lost` of those who came to the point and are not pending; null where nobody came. */
  readonly rate: number | null;
  /** 95 % Wilson interval of the rate. */
  readonly interval: readonly [number, number] | null;
  /** `lost` of all lost paths; null without any. */
  readonly shareOfLost: number | null;
  /** What the lost paths are worth; null where the log has no values to tell. */
  readonly lostValue: number | null;
  /** What the lost did right after they came to the point first, most frequent first. */
  readonly next: readonly DropOffEvent[];
  /** What they did last of all, within the window. */
  readonly last: readonly DropOffEvent[];
  /** Median time from coming to the point to the last event, in milliseconds; null without lost paths. */
  readonly medianMs: number | null;
  /** Lower and upper quartile of that time (type 7). */
  readonly quartilesMs: readonly [number, number] | null;
}

/** What {@link measureDropOff} finds. */
export interface DropOffReport {
  /** Paths that entered: did the first step, or with no steps, anything. */
  readonly entered: number;
  /** Paths that came to the last step, or to the goal. */
  readonly converted: number;
  /** Paths that did not, and will not. */
  readonly lost: number;
  /** Paths that still may. */
  readonly pending: number;
  /** Mean value of a path that converted; null where the log has no values to tell. */
  readonly valuePerConversion: number | null;
  /** What all lost paths are worth. */
  readonly lostValue: number | null;
  /** Every point that paths came to, the greatest loss of value first, then the most lost paths. */
  readonly points: readonly DropOffPoint[];
  /** Events that the lost did more often than those who went on from the same point, the surest first. */
  readonly stumblingBlocks: readonly StumblingBlock[];
  /** Events that the lost did more often at least twice: attempts that had to be made again. */
  readonly loops: readonly StumblingBlock[];
  /** Events whose type is no state. */
  readonly ignored: number;
  /** Groups that have events, but none of a state; they are no paths. */
  readonly emptied: number;
  /** Events of states after `asOf`. */
  readonly later: number;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/**
 * Measures where paths are lost, what their owners do instead, what it costs, and what stands in the way: for whoever decides
 * which page, form or step to mend first.
 *
 * With `steps` a path is lost at the last step of the funnel that it reaches; with a `goal`, in the event in which it ends; with
 * neither, every path is, and the points are where paths end. Stumbling blocks are associations: those who are lost are often
 * watched for longer than those who go on, and whatever takes time to happen then looks like a cause.
 *
 * @param log - the events, sorted as always; `log.value` says what conversions are worth.
 * @param options - the steps of a funnel with its other options, or a goal; what a path is.
 * @returns points of loss, ranked, and events that tell the lost from the others.
 * @throws {ClienteleError} as `measureFunnel` does; `invalid-option` for steps together with a goal, a goal that `states` leaves
 * out, or the options of a funnel without steps; `invalid-value` for values that do not add up to a finite number. Cost: linear
 * in the rows, and states × points numbers.
 * @example
 * const { log } = readEvents(
 *   [
 *     { who: "ann", what: "cart", at: 0 },
 *     { who: "ann", what: "paid", at: 60_000, worth: 40 },
 *     { who: "bob", what: "cart", at: 0 },
 *     { who: "bob", what: "help", at: 90_000 },
 *     { who: "cid", what: "home", at: 0 },
 *   ],
 *   { customer: "who", type: "what", time: "at", value: "worth" },
 * );
 * const { points, lostValue } = measureDropOff(log, { steps: ["cart", "paid"] });
 * points[0]; // { name: "cart", reached: 2, lost: 1, rate: 0.5, lostValue: 40, next: [{ event: "help", count: 1, share: 1 }], medianMs: 90000, … }
 * lostValue; // 40
 * measureDropOff(log, { goal: "paid" }).points.map(({ name, lost }) => [name, lost]); // [["help", 1], ["home", 1], ["cart", 0]]
 */
export function measureDropOff(log: EventLog, options?: MeasureDropOffOptions): DropOffReport {
  const caller = "measureDropOff";
  const read = readOptions(caller, measureDropOffOptions, options);
  const paths = pathsOf(caller, log, read);
  const { lost: lostPaths, later, notes } = read.steps === undefined ? byGoal(caller, log, paths, read) : bySteps(caller, log, paths, { ...read, steps: read.steps }); // prettier-ignore
  const { names, reached, pending, point, converted } = lostPaths;
  const friction = frictionOf(paths, lostPaths, read.minPaths, read.top);
  const worth = worthOf(caller, log, paths, lostPaths, read.value);
  const members = membersOf(point, names.length);
  const time = timesOf(log, paths);
  const waits = new Float64Array(point.length);
  const hasSteps = read.steps !== undefined;
  const points = names.map((name, p): DropOffPoint => {
    const some = members[p];
    some.forEach((i, n) => (waits[n] = time[lostPaths.last[i]] - time[lostPaths.at[i]]));
    const [quartilesMs, medianMs] = spreadOf(waits, some.length);
    const decided = reached[p] - pending[p];
    const eventOf = (i: number): number => lostPaths.at[i] < lostPaths.last[i] ? paths.codes[lostPaths.at[i] + 1] : paths.states.length; // prettier-ignore
    return {
      name,
      step: hasSteps ? p : null,
      reached: reached[p],
      lost: some.length,
      pending: pending[p],
      rate: shareOf(some.length, decided),
      interval: intervalOf(some.length, decided),
      shareOfLost: shareOf(some.length, point.length),
      lostValue: worth.lost(some),
      next: frequent(paths, Uint32Array.from(some, eventOf), read.top),
      last: frequent(paths, Uint32Array.from(some, (i) => paths.codes[lostPaths.last[i]]), read.top), // prettier-ignore
      medianMs,
      quartilesMs,
    };
  });
  // The last step is where nobody is lost; a state that no path came to is no point.
  const real = hasSteps ? points.slice(0, Math.max(1, points.length - 1)) : points.filter((one) => one.reached > 0);
  const pendingAll = pending.reduce((sum, count) => sum + count, 0);
  return {
    entered: point.length + converted.from.length + pendingAll,
    converted: converted.from.length,
    lost: point.length,
    pending: pendingAll,
    valuePerConversion: worth.conversion,
    lostValue: worth.lost(Uint32Array.from(point.keys())),
    points: real.sort((a, b) => (b.lostValue ?? 0) - (a.lostValue ?? 0) || b.lost - a.lost),
    stumblingBlocks: friction.stumblingBlocks,
    loops: friction.loops,
    ignored: paths.ignored,
    emptied: paths.emptied,
    later,
    notes: [...notes, ...notesOf(friction)],
  };
}

/** Lost paths, and what reading them left out or noticed. */
interface Reading {
  readonly lost: LostPaths;
  readonly later: number;
  readonly notes: readonly Note[];
}

function bySteps(
  caller: string,
  log: EventLog,
  paths: PathTable,
  read: ReadOptions<FunnelDefinition, AbsentOfFunnel> & { readonly goal: unknown },
): Reading {
  if (read.goal !== undefined) {
    refuse(
      caller,
      "invalid-option",
      "options.goal",
      "absent where steps are given: the last step is the goal",
      "given",
    );
  }
  const plan = planOf(caller, read, paths);
  const attempts = attemptsOf(log, paths, plan, "unique", read.asOf);
  return { lost: lostAtSteps(plan, attempts), later: attempts.later, notes: plan.notes };
}

function byGoal(
  caller: string,
  log: EventLog,
  paths: PathTable,
  read: ReadOptions<MeasureDropOffOptions, Absent>,
): Reading {
  const { order, reentry } = funnelOptions;
  for (const [name, isGiven] of [
    ["order", read.order !== order.fallback],
    ["reentry", read.reentry !== reentry.fallback],
    ["windowMs", read.windowMs !== undefined],
    ["stepWindowsMs", read.stepWindowsMs !== undefined],
    ["exclude", read.exclude !== undefined],
  ] as const) {
    if (isGiven) refuse(caller, "invalid-option", `options.${name}`, "absent unless options.steps is given", "given");
  }
  const isGoal = new Uint8Array(paths.states.length);
  const goals = typeof read.goal === "string" ? [read.goal] : (read.goal ?? []);
  goals.forEach((goal) => {
    if (read.states?.includes(goal) === false) {
      refuse(caller, "invalid-option", "options.goal", "events of options.states", "another event");
    }
    const code = paths.states.indexOf(goal);
    if (code >= 0) isGoal[code] = 1;
  });
  const ends = paths.starts.slice(1);
  const asOf = read.asOf ?? Infinity;
  let later = 0;
  ends.forEach((end, path) => {
    let last = end;
    while (last > paths.starts[path] && log.time[paths.rows[last - 1]] > asOf) last--;
    later += end - last;
    ends[path] = last;
  });
  const isAbsent = goals.length > 0 && !isGoal.includes(1);
  const notes = isAbsent ? [{ code: "absent-goal", message: "options.goal: no event of the log is a goal." }] : [];
  return { lost: lostBeforeGoal(paths, isGoal, ends), later, notes };
}

/** The most frequent events of a list; the number behind the last state is the end. */
function frequent({ states }: PathTable, codes: Uint32Array, top: number): DropOffEvent[] {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .sort(([code, count], [other, many]) => many - count || code - other)
    .slice(0, top)
    .map(([code, count]) => ({ event: states[code] ?? endState, count, share: count / codes.length }));
}

/** From here on the lost are watched for so much longer that time alone can make a difference. */
const muchLonger = 1.5;

function notesOf({ watched: { lost, advanced } }: Friction): Note[] {
  if (lost === null || advanced === null || lost <= muchLonger * advanced) return [];
  const message = `Between points the lost did ${lost.toFixed(1)} events on average, the others ${advanced.toFixed(1)}: whatever takes time to happen looks like a stumbling block.`;
  return [{ code: "longer-watched", message }];
}
