import { isRecord, lookUp } from "../core/dictionary.ts";
import { dayMs, minuteMs } from "../core/durations.ts";
import { custom, type OptionTable, real, type ReadOptions, text, timeZone } from "../core/options.ts";
import { calendarOf, type LocalCalendar } from "../tables/calendar.ts";
import {
  consentAt,
  type ConsentLedger,
  consentLedger,
  type ConsentRecord,
  type ConsentState,
} from "../tables/consent.ts";
import { slotPrefix } from "./trigger-memory.ts";
import type { TriggerRule } from "./trigger-rule.ts";
import { readTriggerRules, type ReadRule } from "./trigger-rules.ts";

/** What rules need to know beside the events; the same for live steps and for history. */
export interface TriggerContext {
  /**
   * Consents of any purposes, for rules with a `purpose`: what the records say at the time the message goes out. A customer
   * whose consents came in a {@link CustomerUpdate} is judged by those alone.
   */
  readonly consents?: readonly ConsentRecord[] | undefined;
  /** Segments by customer; for one whose events carry a `segment`, the latest of those counts. */
  readonly segments?: Readonly<Record<string, string>> | undefined;
  /** IANA time zones by customer; for one whose events carry a `timeZone`, the latest of those counts. */
  readonly timeZones?: Readonly<Record<string, string>> | undefined;
  /** At most so many messages per customer in any so many days of 24 hours, over all rules that are `capped`. */
  readonly frequencyCap?:
    | {
        /** So many messages at most, of all rules together. */
        readonly messages: number;
        /** Within so many days. */
        readonly days: number;
      }
    | undefined;
  /** How late events may come and still be set against what went out before; default 1440, a day. */
  readonly latenessMinutes?: number | undefined;
  /** Part of every idempotency key and of the draw of hold-outs: another one draws anew. Default `""`. */
  readonly salt?: string | undefined;
}

type Absent = "consents" | "segments" | "timeZones" | "frequencyCap";

/** Option table of what rules need to know beside the events. */
export const triggerContextOptions: OptionTable<TriggerContext, Absent> = {
  consents: custom("a list of consent records", Array.isArray, [null, {}, "ann", 1], { optional: true }),
  segments: custom("a record of segments by customer", isRecord, [null, [], "a", 1], { optional: true }),
  timeZones: custom("a record of time zones by customer", isRecord, [null, [], "UTC", 1], { optional: true }),
  frequencyCap: custom("{ messages, days } with an integer of at least 1 and days above 0", isCap, [null, {}, { messages: 0, days: 1 }, { messages: 1.5, days: 1 }, { messages: 1, days: 0 }, { messages: 1, days: 1, hours: 1 }, 3], { optional: true }), // prettier-ignore
  latenessMinutes: real({ min: 0, max: 1e8, default: 1440 }),
  salt: text({ default: "" }),
};

function isCap(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).some((key) => key !== "messages" && key !== "days")) return false;
  const { messages, days } = value;
  const isCount = Number.isSafeInteger(messages) && (messages as number) >= 1 && (messages as number) <= 1000;
  return isCount && typeof days === "number" && days > 0 && days <= 36_500;
}

/** Rules by what they look for. */
export interface RuleBook {
  /** In the order of firing. */
  readonly rules: readonly ReadRule[];
  readonly byName: ReadonlyMap<string, ReadRule>;
  /** By the name of the slot, for rules without a key. */
  readonly byPrefix: ReadonlyMap<string, ReadRule>;
  /** The rules that an event of a type may matter to. */
  readonly rulesFor: (type: string) => readonly ReadRule[];
  /** By the rule's index. */
  readonly prefixes: readonly string[];
  /** The different pauses that end sessions. */
  readonly pauses: readonly number[];
  readonly shortestPause: number;
  readonly usesSegments: boolean;
  readonly usesZones: boolean;
  readonly usesConsents: boolean;
}

/** What rules need to know beside the events, ready to be asked. */
export interface Surroundings {
  readonly lateness: number;
  readonly cap: { readonly messages: number; readonly window: number } | null;
  readonly salt: string;
  /** Where a customer stands; `own` are the consents that came with the events, if any did. */
  readonly consentAt: (
    purpose: string,
    customer: string,
    time: number,
    own: readonly ConsentRecord[] | null,
  ) => ConsentState;
  readonly segmentOf: (customer: string) => string | undefined;
  readonly zoneOf: (customer: string) => string | undefined;
}

/** Reads rules, or takes them from the last call if they are still the same. */
export function ruleBook(caller: string, rules: readonly TriggerRule[]): RuleBook {
  const known = typeof rules === "object" && rules !== null ? books.get(rules) : undefined;
  if (known !== undefined && follows(rules, known.trace, 0) > 0) return known.book;
  const book = newBook(readTriggerRules(caller, rules));
  books.set(rules, { book, trace: traceOf(rules, []) });
  return book;
}

// A live step takes less time than reading its rules. They are looked up by identity and held against a trace of what they
// were when they were read, since a list may be changed between two calls.
const books = new WeakMap<object, { book: RuleBook; trace: readonly unknown[] }>();

/** Marks the end of an object's keys in a trace. */
const end = Symbol("end");

/** Lists a value, and what it is made of, in the order of a walk. */
function traceOf(value: unknown, into: unknown[]): unknown[] {
  into.push(value);
  if (Array.isArray(value)) {
    into.push(value.length);
    for (const item of value) traceOf(item, into);
  } else if (typeof value === "object" && value !== null) {
    for (const key in value) {
      into.push(key);
      traceOf((value as Readonly<Record<string, unknown>>)[key], into);
    }
    into.push(end);
  }
  return into;
}

/** The place in a trace behind a value that has not changed; −1 for one that has. */
function follows(value: unknown, trace: readonly unknown[], place: number): number {
  if (!Object.is(value, trace[place])) return -1;
  let at = place + 1;
  if (typeof value !== "object" || value === null) return at;
  if (Array.isArray(value)) {
    if (trace[at++] !== value.length) return -1;
    for (let i = 0; i < value.length && at > 0; i++) at = follows(value[i], trace, at);
    return at;
  }
  for (const key in value) {
    if (trace[at++] !== key) return -1;
    at = follows((value as Readonly<Record<string, unknown>>)[key], trace, at);
    if (at < 0) return -1;
  }
  return trace[at] === end ? at + 1 : -1;
}

function newBook(rules: readonly ReadRule[]): RuleBook {
  const matches = (rule: ReadRule) => (rule.unless === null ? rule.steps : [...rule.steps, rule.unless]);
  const types = new Set(rules.flatMap((rule) => matches(rule).flatMap((match) => [...(match.types ?? [])])));
  const concerned = (wanted: (named: ReadonlySet<string>) => boolean) =>
    rules.filter((rule) => matches(rule).some((match) => match.types === null || wanted(match.types)));
  const byType = new Map([...types].map((type) => [type, concerned((named) => named.has(type))]));
  const others = concerned(() => false);
  const pauses = [...new Set(rules.flatMap(({ count }) => count?.session ?? []))];
  // Texts that have been keys of an object are compared by address: most time of a step goes into finding slots.
  const prefixes = Object.keys(Object.fromEntries(rules.toSorted((a, b) => a.index - b.index).map(({ name }) => [slotPrefix(name), 0]))); // prettier-ignore
  return {
    rules,
    byName: new Map(rules.map((rule) => [rule.name, rule])),
    byPrefix: new Map(rules.filter(({ by }) => by === null).map((rule) => [prefixes[rule.index], rule])),
    rulesFor: (type) => byType.get(type) ?? others,
    prefixes,
    pauses,
    shortestPause: pauses.reduce((least, pause) => Math.min(least, pause), Infinity),
    usesSegments: rules.some(({ segments, exceptSegments }) => segments !== null || exceptSegments !== null),
    usesZones: rules.some(({ quiet }) => quiet !== null),
    usesConsents: rules.some(({ purpose }) => purpose !== null),
  };
}

/** Makes the options of a call ready to be asked; consents are read when the first message asks for them. */
export function surroundingsOf(caller: string, read: ReadOptions<TriggerContext, Absent>): Surroundings {
  const { segments, timeZones, consents, frequencyCap } = read;
  let ledgers: Map<string, ConsentLedger> | undefined;
  return {
    lateness: read.latenessMinutes * minuteMs,
    cap: frequencyCap ? { messages: frequencyCap.messages, window: frequencyCap.days * dayMs } : null,
    salt: read.salt,
    consentAt(purpose, customer, time, own) {
      if (own !== null) return consentAt(consentLedger(caller, own, purpose, "consents"), customer, time);
      ledgers ??= new Map();
      let ledger = ledgers.get(purpose);
      if (ledger === undefined) {
        ledger = consentLedger(caller, consents ?? [], purpose, "options.consents");
        ledgers.set(purpose, ledger);
      }
      return consentAt(ledger, customer, time);
    },
    segmentOf: (customer) => (segments === undefined ? undefined : lookUp(segments, customer)),
    zoneOf: (customer) => (timeZones === undefined ? undefined : lookUp(timeZones, customer)),
  };
}

// Opening a zone costs more than a step. What is kept is bounded: most shops see few zones.
const calendars = new Map<string, LocalCalendar>();
const mostCalendars = 64;
const zoneSpec = timeZone();

/** The calendar of a zone; `undefined` when the runtime knows none of this name. */
export function calendarIn(zone: string): LocalCalendar | undefined {
  let calendar = calendars.get(zone);
  if (calendar === undefined && zoneSpec.accepts(zone)) {
    calendar = calendarOf(zone);
    if (calendars.size >= mostCalendars) calendars.clear();
    calendars.set(zone, calendar);
  }
  return calendar;
}
