import type { Accumulator } from "../core/accumulate.ts";
import { lookUp, put } from "../core/dictionary.ts";
import { dayMs } from "../core/durations.ts";
import { asCalledBy, describeCell, refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { exp } from "../numeric/elementary.ts";
import { calendarOf } from "../tables/calendar.ts";
import { codesOf } from "../tables/codes.ts";
import { type EventLog, sortedLog } from "../tables/event-log.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { sessionNames } from "./activity.ts";
import { type ActivityState, activityTotals } from "./activity-totals.ts";
import { type BehaviorRule, behaviorRuleOptions, behaviorTable } from "./behavior.ts";
import { textAt } from "./counted-event.ts";
import { purchaseTables, type ViewOptions, viewSpecs } from "./customer-view.ts";
import { checkPastEvent, checkState, type DayTotalsHeader, entriesInOrder, firstDateOf, mergeEntries } from "./day-totals.ts"; // prettier-ignore
import { exposureWeeksOf } from "./elapsed-days.ts";
import { checkCancel } from "./purchases.ts";
import type { PurchaseEvent } from "./rfm-totals.ts";
import { type UsageState, usageTotals } from "./usage-totals.ts";
import { checkScoreOptions, type CustomerView, viewOf } from "./view-columns.ts";
import {
  addFading,
  addRow,
  addVisit,
  type FadingSum,
  type KeptRows,
  kind,
  kindNames,
  mergeRows,
  mergeVisits,
  noRows,
  noVisits,
  type VisitSpans,
} from "./view-sums.ts";

/** Options of {@link customerViewTotals}. */
export interface CustomerViewTotalsOptions extends ViewOptions {
  /** The longest pause inside a session; adds the columns per session. Absent: no sessions. */
  readonly timeoutMinutes?: number | undefined;
  /** How many dates of activity, use and sessions to keep per customer, counted back from the newest; at least `windowDays`. */
  readonly keepDays?: number | undefined;
}

/** Option table of {@link customerViewTotals}. */
export const customerViewTotalsOptions: OptionTable<
  CustomerViewTotalsOptions,
  Exclude<keyof CustomerViewTotalsOptions, "asOf" | "purchase" | "refunds">
> = {
  ...viewSpecs,
  timeoutMinutes: real({ above: 0, optional: true }),
  keepDays: integer({ min: 1, optional: true }),
};

/** State of {@link customerViewTotals}: plain JSON. */
export interface CustomerViewState extends DayTotalsHeader {
  /** What this is. */
  readonly kind: "customer-view-totals";
  /** Version of the layout. */
  readonly version: 1;
  /** The names and rules that events were read by, as text; a state is added to by the same ones. */
  readonly definition: string;
  /** See {@link activityTotals}. */
  activity: ActivityState;
  /** See {@link usageTotals}; null without features. */
  usage: UsageState | null;
  /** Visits by customer. */
  readonly visits: Record<string, VisitSpans>;
  /** Points by customer, one sum per rule. */
  readonly points: Record<string, FadingSum[]>;
  /** Purchases, refunds and browses by customer. */
  readonly rows: Record<string, KeptRows>;
}

const caller = "customerViewTotals";

/**
 * The sums behind {@link customerView}, to go on with every morning: yesterday's state plus today's events is the view of
 * today, and states of shards, by customer or by time, merge.
 *
 * Counts, dates, ages, money and velocities are those of `customerView` to the bit, for purchases, refunds and browses are
 * kept one by one, in the order of time. Points of rules with a half-life, and engagement made of them, agree to within
 * 1e-12 of what their events are worth: they are kept as one sum that fades. Where two of a customer's purchases, refunds and
 * browses have one time, the one that was added first comes first, as in a log; merge parts in the order of arrival then.
 *
 * The state grows with customers × active dates (and × event names with `features`), sessions, and purchases, refunds and
 * browses, not with other events. `keepDays` bounds dates and sessions. Declared attributes
 * are no part of it: they are an option of each day's run, whose `finish` compares customers anew.
 *
 * @param options - see {@link CustomerViewTotalsOptions}. From run to run `asOf`, `windowDays`, `features`, `attributes`,
 * `attributeLevels`, `rfmScores`, `engagement`, `periodDays`, `unit`, `refunds`, the points and caps may change.
 * @returns an accumulator of events as `toEvents` gives them; its result is the view with customers in code-unit order.
 * Session columns are those of `sessionize` with the same `timeoutMinutes` and nothing else that cuts.
 * @throws {ClienteleError} `invalid-option` as {@link activityTotals} and {@link customerView}; `invalid-value` for an event
 * that cannot be read or comes after `asOf`; `incompatible-model` for a state of another definition.
 * @example
 * const day = 86_400_000;
 * const monday = customerViewTotals({ asOf: day, purchase: "buy" });
 * const stored = JSON.stringify(monday.add(monday.init(), { customer: "ann", type: "buy", time: day, value: 20 }));
 * const tuesday = customerViewTotals({ asOf: 2 * day, purchase: "buy" });
 * const today = [{ customer: "ann", type: "buy", time: 2 * day, value: 5 }, { customer: "bob", type: "view", time: 2 * day }];
 * const view = tuesday.finish(today.reduce(tuesday.add, JSON.parse(stored)));
 * toRows(selectFeatures(view, ["activeDays", "orderCount", "revenue"]));
 * // [{ id: "ann", activeDays: 2, orderCount: 2, revenue: 25 }, { id: "bob", activeDays: 1, orderCount: 0, revenue: 0 }]
 * @see customerView. Cost: O(1) an event that comes in order of time, O(the customer's dates and rows) a late one.
 */
export function customerViewTotals(
  options: CustomerViewTotalsOptions,
): Accumulator<PurchaseEvent, CustomerViewState, CustomerView> {
  const read = readOptions(caller, customerViewTotalsOptions, options);
  const { asOf, timeZone, windowDays, keepDays, featureColumn, features, order, timeoutMinutes } = read;
  const rules = (read.rules ?? []).map((rule, i) =>
    readOptions(caller, behaviorRuleOptions, rule, `options.rules[${i}]`),
  );
  checkScoreOptions(caller, read);
  checkCancel(caller, read.refunds, order);
  const window = { asOf, timeZone, windowDays, keepDays };
  const activity = asCalledBy(caller, "options", () => activityTotals(window));
  const usesFeatures = features !== undefined || featureColumn !== undefined;
  const usage = usesFeatures
    ? asCalledBy(caller, "options", () => usageTotals({ ...window, features, featureColumn }))
    : undefined;
  const calendar = calendarOf(timeZone ?? "UTC");
  const dayOf = (time: number): number => calendar.dayOf(time);
  const visitRules = { timeoutMs: (timeoutMinutes ?? 0) * 60_000, dayOf, keepDays: keepDays ?? Infinity };
  const kindOf = kindsOf(read);
  const rulesOf = rulesByType(rules.map(({ event }) => event));
  // Ages are counted on this scale: the instants, or with a zone the dates.
  const positionOf = timeZone === undefined ? (time: number): number => time + 0 : (time: number): number => dayOf(time) + 0; // prettier-ignore
  const unit = timeZone === undefined ? dayMs : 1;
  const fades = rules.map(({ halfLifeDays }) => fadeOf(halfLifeDays, unit));
  const init = (): CustomerViewState => ({
    kind: "customer-view-totals",
    version: 1,
    timeZone: timeZone ?? "UTC",
    keepDays: keepDays ?? null,
    definition: definitionOf(read, rules),
    activity: activity.init(),
    usage: usage?.init() ?? null,
    visits: {},
    points: {},
    rows: {},
  });
  const header = init();
  const check = (state: CustomerViewState): void => {
    checkState(caller, state, header);
    if (state.definition === header.definition) return;
    refuse(caller, "incompatible-model", "state", "a state of the same event names and rules", "another one");
  };
  const behaviorOf = (ids: readonly string[], points: CustomerViewState["points"]): FeatureTable => {
    const today = positionOf(asOf);
    const sumsOf = ids.map((id) => lookUp(points, id));
    return behaviorTable(ids, rules, (row, i) => {
      const { at, sum } = sumsOf[row]?.[i] ?? noPoint;
      return at === null ? 0 : sum * fades[i](today - at);
    });
  };
  const noPoints = (): FadingSum[] => rules.map(() => ({ at: null, sum: 0 }));
  const mergePoints = (a: FadingSum[], b: FadingSum[]): FadingSum[] =>
    a.map((sum, i) => {
      const merged = { ...sum };
      if (b[i].at !== null) addFading(merged, b[i].at, b[i].sum, fades[i]);
      return merged;
    });
  return {
    init,
    add(state, event) {
      check(state);
      // All that can be refused is looked at first: a refused event must not be half in the state.
      checkPastEvent(caller, event, asOf);
      const value = checkedValue(event);
      const orderId = order === undefined ? undefined : textAt(caller, event, order);
      if (featureColumn !== undefined) textAt(caller, event, featureColumn);
      const { customer, type } = event;
      const time = event.time + 0;
      state.activity = activity.add(state.activity, event);
      if (usage !== undefined && state.usage !== null) state.usage = usage.add(state.usage, event);
      if (timeoutMinutes !== undefined) addVisit(ownOf(state.visits, customer, noVisits), time, time, visitRules);
      const kept = kindOf.get(type);
      if (kept === kind.browse) addRow(ownOf(state.rows, customer, noRows), time, kept, null, null);
      else if (kept !== undefined) addRow(ownOf(state.rows, customer, noRows), time, kept, value, orderId ?? null);
      const counting = rulesOf.get(type);
      if (counting === undefined) return state;
      const points = ownOf(state.points, customer, noPoints);
      for (const i of counting) addFading(points[i], positionOf(time), 1, fades[i]);
      return state;
    },
    merge(a, b) {
      check(a);
      check(b);
      return {
        ...a,
        activity: activity.merge(a.activity, b.activity),
        usage: usage === undefined || a.usage === null || b.usage === null ? null : usage.merge(a.usage, b.usage),
        visits: mergeEntries(a.visits, b.visits, (x, y) => mergeVisits(x, y, visitRules), noVisits),
        points: mergeEntries(a.points, b.points, mergePoints, noPoints),
        rows: mergeEntries(a.rows, b.rows, mergeRows, noRows),
      };
    },
    finish(state) {
      check(state);
      const known = asCalledBy(caller, "options", () => activity.finish(state.activity));
      const from = firstDateOf(dayOf(asOf), windowDays ?? Infinity);
      const names = {
        purchase: "purchase",
        refund: "refund",
        browse: read.browse === undefined ? undefined : "browse",
      };
      const log = logOf(state.rows);
      const tables = {
        activity:
          timeoutMinutes === undefined
            ? known
            : withVisits(known, state.visits, (time) => dayOf(time) >= from, windowDays ?? Infinity),
        ...asCalledBy(caller, "options", () =>
          purchaseTables(log, { ...read, ...names, order: order === undefined ? undefined : "order" }),
        ),
        usage: usage === undefined || state.usage === null ? undefined : asCalledBy(caller, "options", () => usage.finish(state.usage as UsageState)), // prettier-ignore
        behavior: read.rules === undefined ? undefined : behaviorOf(known.ids, state.points),
      };
      return viewOf(caller, tables, read);
    },
  };
}

const noPoint: FadingSum = { at: null, sum: 0 };

/** The entry of a dictionary, made when it is not there. */
function ownOf<T>(dictionary: Record<string, T>, key: string, make: () => T): T {
  let entry = lookUp(dictionary, key);
  if (entry === undefined) put(dictionary, key, (entry = make()));
  return entry;
}

/** The value of an event as JSON can carry it; null = none. */
function checkedValue(event: PurchaseEvent): number | null {
  const value: unknown = event.value ?? null;
  if (value === null || Number.isNaN(value)) return null;
  if (typeof value === "number" && Number.isFinite(value)) return value + 0;
  return refuse(caller, "invalid-value", "event.value", "finite or missing", describeCell(value));
}

function namesOf(types: string | readonly string[] | undefined): string[] {
  const names = typeof types === "string" ? [types] : (types ?? []);
  return [...new Set(names)].sort();
}

/** What is kept of the events of a name: what is a refund is no purchase, and what is a purchase is no browse. */
function kindsOf({ purchase, refund, browse }: ViewOptions): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const name of namesOf(browse)) kinds.set(name, kind.browse);
  for (const name of namesOf(purchase)) kinds.set(name, kind.purchase);
  for (const name of namesOf(refund)) kinds.set(name, kind.refund);
  return kinds;
}

/** The positions of the rules that count an event, by its name. */
function rulesByType(events: readonly (string | readonly string[])[]): ReadonlyMap<string, readonly number[]> {
  const rules = new Map<string, number[]>();
  events.forEach((types, i) => {
    for (const name of namesOf(types)) rules.set(name, [...(rules.get(name) ?? []), i]);
  });
  return rules;
}

/** By how much the worth of an event fades over a distance of `unit`s to the day. */
function fadeOf(halfLifeDays: number | undefined, unit: number): (distance: number) => number {
  if (halfLifeDays === undefined) return () => 1;
  const rate = -Math.LN2 / halfLifeDays;
  return (distance) => (distance === 0 ? 1 : exp(rate * (distance / unit)));
}

/** What decides how an event is read into a state; what only decides how a state is finished is not in it. */
function definitionOf(options: CustomerViewTotalsOptions, rules: readonly BehaviorRule[]): string {
  const { purchase, refund, browse, order, timeoutMinutes, features, featureColumn } = options;
  return JSON.stringify({
    purchase: namesOf(purchase),
    refund: namesOf(refund),
    browse: namesOf(browse),
    order: order ?? null,
    timeoutMinutes: timeoutMinutes ?? null,
    use: features !== undefined || featureColumn !== undefined,
    rules: rules.map(({ event, halfLifeDays }) => [namesOf(event), halfLifeDays ?? null]),
  });
}

/** A log of the rows that are kept, customers in code-unit order. */
function logOf(kept: Readonly<Record<string, KeptRows>>): EventLog {
  const customers = entriesInOrder(kept);
  const length = customers.reduce((sum, [, { times }]) => sum + times.length, 0);
  const [customer, type] = [new Uint32Array(length), new Uint32Array(length)];
  const [time, value] = [new Float64Array(length), new Float64Array(length)];
  const orders: (string | null)[] = [];
  customers.forEach(([, rows], code) => {
    for (let i = 0; i < rows.times.length; i++) {
      const row = orders.length;
      customer[row] = code;
      type[row] = rows.kinds[i];
      time[row] = rows.times[i];
      value[row] = rows.values[i] ?? NaN;
      orders.push(rows.orders[i]);
    }
  });
  return sortedLog({
    customer: { codes: customer, names: customers.map(([id]) => id) },
    type: { codes: type, names: kindNames },
    time,
    value,
    extra: { order: codesOf(orders) },
  });
}

/** The table of activity with the features per session. */
function withVisits(
  { ids, names, values, units }: FeatureTable,
  visits: CustomerViewState["visits"],
  isInWindow: (time: number) => boolean,
  windowDays: number,
): FeatureTable {
  const [width, wide] = [names.length, names.length + sessionNames.length];
  const [tenure, events] = [names.indexOf("tenureDays"), names.indexOf("events")];
  const all = new Float64Array(ids.length * wide);
  ids.forEach((id, row) => {
    const own = values.subarray(row * width, (row + 1) * width);
    const ends = lookUp(visits, id)?.ends ?? [];
    let count = 0;
    for (let i = ends.length; i > 0 && isInWindow(ends[i - 1]); i--) count++;
    all.set(own, row * wide);
    const exposureWeeks = exposureWeeksOf(own[tenure], windowDays);
    all.set([count, count / exposureWeeks, count > 0 ? own[events] / count : NaN], row * wide + width);
  });
  return { ids, names: [...names, ...sessionNames], values: all, units: units ?? {} };
}
