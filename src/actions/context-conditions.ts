import { isRecord } from "../core/dictionary.ts";
import { dayMs, hourMs } from "../core/durations.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { isTimeZone } from "../core/options.ts";
import { calendarOf, type LocalCalendar, weekdayOfDay } from "../tables/calendar.ts";
import { cellOf, checkKeys, type Condition, type FieldReader, type Holds, type ReadOther } from "./conditions.ts";

/** A day of the week. */
export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

const weekdays: readonly Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** A part of the local day of the context's `now`. */
export interface HoursCondition {
  /** From this local hour, 0 up to 24, on, until before `to`; over midnight where `to` is not greater. 17.5 = half past five. */
  readonly hours: {
    /** The first hour, 0 to 23. */
    readonly from: number;
    /** The hour at which it is over; before `from` = on the next day. */
    readonly to: number;
  };
  /** The zone where the context has no `timeZone`; default UTC. */
  readonly timeZone?: string | undefined;
}

/** A day of the week of the context's `now`. */
export interface WeekdaysCondition {
  /** The days, `"monday"` to `"sunday"`. */
  readonly weekdays: readonly Weekday[];
  /** The zone where the context has no `timeZone`; default UTC. */
  readonly timeZone?: string | undefined;
}

/** A condition on a context: on its fields, on the local time of its `now`, or made of others by `all`, `any` and `not`. */
export type ContextCondition =
  | Exclude<
      Condition,
      | {
          /** Conditions that must all hold. */
          readonly all: unknown;
        }
      | {
          /** Conditions of which one must hold. */
          readonly any: unknown;
        }
      | {
          /** The condition that must not hold. */
          readonly not: unknown;
        }
    >
  | HoursCondition
  | WeekdaysCondition
  | {
      /** Every one of these holds. */
      readonly all: readonly ContextCondition[];
    }
  | {
      /** At least one of these holds. */
      readonly any: readonly ContextCondition[];
    }
  | {
      /** This does not hold. */
      readonly not: ContextCondition;
    };

/** What is known at the moment of a choice. */
export type Context = Readonly<Record<string, unknown>>;

/**
 * Reads fields of a context: texts, finite numbers, booleans, and lists of them. Anything else counts as missing.
 *
 * @param context - own fields only, whatever they are called.
 * @param asked - every field that was asked for and is missing is added.
 */
export function contextReader(context: Context, asked?: Set<string>): FieldReader {
  return (field) => {
    const value = Object.hasOwn(context, field) ? context[field] : undefined;
    const cell = Array.isArray(value) ? value.map(cellOf).filter((one) => one !== undefined) : cellOf(value);
    if (cell === undefined) asked?.add(field);
    return cell;
  };
}

/** Reads the conditions on local time; see `readCondition`. */
export function readLocalTime(caller: string): ReadOther {
  // One calendar per zone for all rules and contexts of a call.
  const calendars = new Map<string, LocalCalendar>();
  const localTime = (field: FieldReader, zone: string): { readonly day: number; readonly hour: number } | undefined => {
    const now = field("now");
    if (typeof now !== "number" || Math.abs(now) > 8.64e15) return undefined;
    const own = field("timeZone");
    const name = typeof own === "string" && (calendars.has(own) || isTimeZone(own)) ? own : zone;
    const calendar = calendars.get(name) ?? calendarOf(name);
    calendars.set(name, calendar);
    const local = calendar.localOf(now);
    const day = Math.floor(local / dayMs);
    return { day, hour: (local - day * dayMs) / hourMs };
  };
  return (given, path) => {
    const kind = ["hours", "weekdays"].find((key) => Object.hasOwn(given, key));
    if (kind === undefined) return undefined;
    checkKeys(caller, given, [kind, "timeZone"], path);
    const zone = given["timeZone"] ?? "UTC";
    if (typeof zone !== "string" || !isTimeZone(zone)) {
      refuse(caller, "invalid-option", `${path}.timeZone`, "an IANA time zone", describeValue(zone));
    }
    const holds = kind === "hours" ? hoursOf(caller, given["hours"], path) : daysOf(caller, given["weekdays"], path);
    const isThen: Holds = (field) => {
      const local = localTime(field, zone);
      return local !== undefined && holds(local.day, local.hour);
    };
    return isThen;
  };
}

type IsThen = (day: number, hour: number) => boolean;

function hoursOf(caller: string, hours: unknown, path: string): IsThen {
  if (!isRecord(hours)) refuse(caller, "invalid-option", `${path}.hours`, "{ from, to }", describeValue(hours));
  checkKeys(caller, hours, ["from", "to"], `${path}.hours`);
  const [from, to] = ["from", "to"].map((key) => {
    const hour = hours[key];
    if (typeof hour === "number" && hour >= 0 && hour <= 24) return hour;
    return refuse(caller, "invalid-option", `${path}.hours.${key}`, "an hour in [0, 24]", describeValue(hour));
  });
  return (_, hour) => (from < to ? hour >= from && hour < to : hour >= from || hour < to);
}

function daysOf(caller: string, days: unknown, path: string): IsThen {
  const isKnown = (day: unknown): boolean => (weekdays as readonly unknown[]).includes(day);
  if (!Array.isArray(days) || days.length === 0 || !days.every(isKnown)) {
    const wanted = `a non-empty list of ${weekdays.join(", ")}`;
    refuse(caller, "invalid-option", `${path}.weekdays`, wanted, describeValue(days));
  }
  const wanted = new Set(days.map((day) => (weekdays as readonly unknown[]).indexOf(day)));
  return (day) => wanted.has(weekdayOfDay(day));
}
