import { isRecord, lookUp } from "../core/dictionary.ts";
import { dayMs, lastInstant } from "../core/durations.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import {
  custom,
  instant,
  type OptionTable,
  type ReadOptions,
  readOptions,
  real,
  text,
  textOrTexts,
} from "../core/options.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import type { Labels } from "../tables/labels.ts";
import { customersOf, type LifecycleCustomers } from "./lifecycle-customers.ts";
import { daysMode, type LifecycleRule, ownMode, stageWalker, typicalPause } from "./lifecycle-stages.ts";

/** Name of a stage of {@link labelLifecycle}. */
export type LifecycleStage = "prospect" | "new" | "active" | "atRisk" | "churned" | "reactivated";

/** In the order of the labels. */
const stageNames: readonly LifecycleStage[] = ["prospect", "new", "active", "atRisk", "churned", "reactivated"];

/** Options of {@link labelLifecycle}. */
export interface LabelLifecycleOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** Names of the events that are purchases; one with a value below 0 is a refund and is not read. */
  readonly purchase: string | readonly string[];
  /** Name of a column of `log.extra` with the order id: a customer's rows of one order are one purchase, at the first of them. */
  readonly order?: string | undefined;
  /** Names of the events by which a profile is created, such as `"signup"`; the first one counts. */
  readonly created?: string | readonly string[] | undefined;
  /** When profiles were created, by customer id, in epoch milliseconds; the earlier of this and `created` counts. */
  readonly createdAt?: Readonly<Record<string, number>> | undefined;
  /** How long a buyer is new after the profile was created, in days; default 30. */
  readonly newDays?: number | undefined;
  /** Churned after so many days without a purchase, whoever it is; without it each customer's own rhythm decides. */
  readonly churnDays?: number | undefined;
  /** With `churnDays`: at risk after so many days; default half of them. */
  readonly atRiskDays?: number | undefined;
  /** At risk when silent for longer than this share of the own pauses between purchases; default 0.9. */
  readonly quantile?: number | undefined;
  /** Churned after so many times the silence that puts at risk; at least 1, default 2. */
  readonly churnFactor?: number | undefined;
  /**
   * How many pauses of a typical customer are mixed into each customer's own, so that two purchases do not make a rhythm;
   * default 3. A customer with m pauses has `(m · own + priorPauses · typicalDays) / (m + priorPauses)`.
   */
  readonly priorPauses?: number | undefined;
  /**
   * The pause of a typical customer in days, also that of who has bought once. Default: the median over the repeat buyers of
   * their own quantiles; 90 where nobody has bought twice.
   */
  readonly typicalDays?: number | undefined;
  /**
   * Purchases less than so many days after the first of them are one buying occasion, and nobody is at risk sooner;
   * default 1.
   */
  readonly minDays?: number | undefined;
}

const days = { above: 0, max: 100_000 } as const;

/** Option table of {@link labelLifecycle}. */
export const labelLifecycleOptions: OptionTable<LabelLifecycleOptions, Absent> = {
  asOf: instant(),
  purchase: textOrTexts(),
  order: text({ optional: true }),
  created: textOrTexts({ optional: true }),
  createdAt: custom(
    "times in epoch milliseconds by customer id",
    (value) => isRecord(value) && Object.values(value).every(isTime),
    [null, 1, "a", [1], { ann: "2024-01-01" }, { ann: NaN }, { ann: null }, { ann: 9e15 }],
    { optional: true },
  ),
  newDays: real({ min: 0, max: days.max, default: 30 }),
  churnDays: real({ ...days, optional: true }),
  atRiskDays: real({ ...days, optional: true }),
  quantile: real({ above: 0, max: 1, default: 0.9 }),
  churnFactor: real({ min: 1, max: 1000, default: 2 }),
  priorPauses: real({ min: 0, max: 1e6, default: 3 }),
  typicalDays: real({ ...days, optional: true }),
  minDays: real({ min: 0, max: days.max, default: 1 }),
};

function isTime(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= lastInstant;
}

/** Result of {@link labelLifecycle}: one row per customer. */
export interface Lifecycle {
  /** Customers with an event up to `asOf`, in the order of the log, then those of `createdAt` who have none. */
  readonly ids: readonly string[];
  /** Position in `names` per customer. */
  readonly labels: Labels;
  /** `prospect`, `new`, `active`, `atRisk`, `churned`, `reactivated`. */
  readonly names: readonly LifecycleStage[];
  /** When each customer entered the present stage, in epoch milliseconds. */
  readonly since: Float64Array;
  /** Days without a purchase after which each customer is at risk; for prospects, after the first purchase. */
  readonly atRiskDays: Float64Array;
  /** Days without a purchase after which each customer is churned. */
  readonly churnDays: Float64Array;
  /** The lines between the stages; give it to the next run to keep them. */
  readonly rule: LifecycleRule;
  /** `no-profile-creation`: nobody can be new; `no-repeat-purchases`: no rhythm to learn from. */
  readonly notes: readonly Note[];
}

/**
 * Tells of every customer in which stage of the lifecycle they are, and since when.
 *
 * - `prospect`: has not bought yet.
 * - `new`: has bought, and the profile was created less than `newDays` ago. Only `created` and `createdAt` make anyone
 *   new: the first event of a log says when the log begins, not when the customer did.
 * - `active`: bought recently, for this customer's rhythm.
 * - `atRisk`: silent for unusually long: longer than the `quantile` of the own pauses between purchases.
 * - `churned`: silent for `churnFactor` times as long.
 * - `reactivated`: bought again after having been churned, until the next regular purchase, or until at risk again.
 *
 * Everyone is in exactly one stage. The stages of the past are judged by what was known then: a customer counts as
 * reactivated if the pauses up to the purchase before the silence make it one that churns. Nothing after `asOf` is read.
 * The pause of a typical customer, however, is learned from the log up to `asOf`; pass the `rule` of one run to the next,
 * and a stage changes only on the instant that `since` will say.
 *
 * @param log - events; only purchases and creations at or before `asOf` are read, others show that a customer exists.
 * @param options - see {@link LabelLifecycleOptions}.
 * @returns stage, entry and thresholds per customer, and the rule that was used.
 * @throws {ClienteleError} `invalid-option` for an unknown order column, or when `atRiskDays` is given without `churnDays`
 * or exceeds it. Cost: one pass over the events, and a logarithm per pause.
 * @example
 * const day = 86_400_000;
 * const { log } = readEventColumns({
 *   customer: ["ann", "ann", "bob", "cid", "dan", "dan"], type: ["buy", "buy", "buy", "visit", "buy", "buy"],
 *   time: [0, 90 * day, 10 * day, 95 * day, 0, 60 * day],
 * });
 * const { ids, labels, names, since } = labelLifecycle(log, { asOf: 100 * day, purchase: "buy", churnDays: 60 });
 * ids.map((id, i) => [id, names[labels[i]], since[i] / day]);
 * // [["ann", "reactivated", 90], ["bob", "churned", 70], ["cid", "prospect", 95], ["dan", "atRisk", 90]]
 */
export function labelLifecycle(log: EventLog, options: LabelLifecycleOptions): Lifecycle {
  const caller = "labelLifecycle";
  const read = readOptions(caller, labelLifecycleOptions, options);
  checkThresholds(caller, read.atRiskDays, read.churnDays);
  checkLog(caller, log);
  const customers = customersOf(caller, log, read);
  const { rule, notes } = ruleOf(customers, read);
  if (read.created === undefined && read.createdAt === undefined) {
    const message = "Neither created nor createdAt says when profiles were created: nobody is new.";
    notes.push({ code: "no-profile-creation", message });
  }
  const walk = stageWalker("churnDays" in rule ? daysMode(rule) : ownMode(rule), rule, read.asOf);
  const ids: string[] = [];
  const [labels, since, atRiskDays, churnDays]: number[][] = [[], [], [], []];
  const add = (id: string, place: ReturnType<typeof walk>): void => {
    ids.push(id);
    labels.push(place.stage);
    since.push(place.since);
    atRiskDays.push(place.atRisk / dayMs);
    churnDays.push(place.churn / dayMs);
  };
  customers.forEach((id, purchases, firstSeen, created) => add(id, walk(purchases, firstSeen, created)));
  const listed = new Set(read.createdAt === undefined ? [] : ids);
  for (const id of Object.keys(read.createdAt ?? {})) {
    const created = lookUp(read.createdAt ?? {}, id) as number;
    if (created <= read.asOf && !listed.has(id)) add(id, walk(new Float64Array(0), created, created));
  }
  return {
    ids,
    labels: Int32Array.from(labels),
    names: [...stageNames],
    since: Float64Array.from(since),
    atRiskDays: Float64Array.from(atRiskDays),
    churnDays: Float64Array.from(churnDays),
    rule,
    notes,
  };
}

function checkThresholds(caller: string, atRiskDays: number | undefined, churnDays: number | undefined): void {
  if (atRiskDays === undefined) return;
  if (churnDays === undefined) {
    refuse(caller, "invalid-option", "options.churnDays", "given where options.atRiskDays is", "undefined");
  }
  if (atRiskDays > churnDays) {
    refuse(caller, "invalid-option", "options.atRiskDays", `at most options.churnDays (${churnDays})`, String(atRiskDays)); // prettier-ignore
  }
}

type Absent = "order" | "created" | "createdAt" | "churnDays" | "atRiskDays" | "typicalDays";

function ruleOf(
  customers: LifecycleCustomers,
  read: ReadOptions<LabelLifecycleOptions, Absent>,
): { rule: LifecycleRule; notes: Note[] } {
  const { newDays, minDays, churnDays, quantile, churnFactor, priorPauses } = read;
  if (churnDays !== undefined) {
    return { rule: { newDays, minDays, atRiskDays: read.atRiskDays ?? churnDays / 2, churnDays }, notes: [] };
  }
  const learned = read.typicalDays ?? typicalPause(customers, quantile, minDays);
  const message = `Nobody has bought twice: ${usualDays} days stand for the pause of a typical customer.`;
  return {
    rule: { newDays, minDays, quantile, churnFactor, priorPauses, typicalDays: learned ?? usualDays },
    notes: learned === undefined ? [{ code: "no-repeat-purchases", message }] : [],
  };
}

/** A quarter: what shops without a rhythm of their own often take. */
const usualDays = 90;
