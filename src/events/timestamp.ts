import { lastInstant } from "../core/durations.ts";

/** The unit of times that are given as numbers: epoch seconds, milliseconds, microseconds or nanoseconds. */
export type TimeUnit = "s" | "ms" | "us" | "ns";

/** Longer than any timestamp with nanoseconds; a longer string is refused before its first character is read. */
const longestTimestamp = 64;

/** Why a time was refused. */
export type TimeFault = "missing-time" | "invalid-time" | "time-without-offset" | "time-out-of-range";

/**
 * Reads a point in time strictly: nothing is guessed, nothing rolls over.
 *
 * @param raw - a number or bigint in `unit`, a `Date`, or an RFC 3339 string with offset.
 * @param unit - the unit of numbers and bigints.
 * @returns epoch milliseconds; NaN when refused: {@link timeFaultOf} says why.
 */
export function readTime(raw: unknown, unit: TimeUnit): number {
  if (typeof raw === "string") return parseTimestamp(raw);
  if (typeof raw === "object") return raw === null ? NaN : dateTime(raw);
  if (typeof raw !== "number" && typeof raw !== "bigint") return NaN;
  const time = typeof raw === "number" ? scaled(raw, unit) : scaledBigint(raw, unit);
  return inRange(time) ? time : NaN;
}

/**
 * Names the reason for which {@link readTime} refused.
 *
 * @param raw - what was refused.
 * @returns a code; a string that only lacks its offset is told apart, because then the caller knows what to add.
 */
export function timeFaultOf(raw: unknown): TimeFault {
  if (raw === null || raw === undefined || raw === "") return "missing-time";
  if (typeof raw === "bigint" || (typeof raw === "number" && Number.isFinite(raw))) return "time-out-of-range";
  if (typeof raw !== "string" || raw.length > longestTimestamp) return "invalid-time";
  const text = raw.replace(" ", "T");
  const complete = [`${text}Z`, `${text}:00Z`, `${text}T00:00:00Z`];
  return complete.some((whole) => !Number.isNaN(parseTimestamp(whole))) ? "time-without-offset" : "invalid-time";
}

/** What numbers in a unit are multiplied with, then divided by, to be epoch milliseconds; both steps round at most once. */
export const scales: Readonly<Record<TimeUnit, { readonly up: number; readonly down: number }>> = {
  s: { up: 1000, down: 1 },
  ms: { up: 1, down: 1 },
  us: { up: 1, down: 1000 },
  ns: { up: 1, down: 1_000_000 },
};

/** Epoch milliseconds of a number in some unit; −0 becomes 0. */
function scaled(time: number, unit: TimeUnit): number {
  return (time * scales[unit].up) / scales[unit].down + 0;
}

/** Epoch milliseconds of a bigint in some unit; what is finer than a microsecond is dropped, as in strings. */
function scaledBigint(time: bigint, unit: TimeUnit): number {
  if (unit !== "ns") return scaled(Number(time), unit);
  // Rounded down, also before 1970, so that order is kept; the quotient is exact where the number would not be.
  return scaled(Number((time < 0n ? time - 999n : time) / 1000n), "us");
}

/** Whether ECMAScript dates can hold a time. */
export function inRange(time: number): boolean {
  return time >= -lastInstant && time <= lastInstant;
}

/** The time of a `Date`, also one from another realm; NaN for an invalid one and for every other object. */
function dateTime(raw: object): number {
  try {
    return Date.prototype.getTime.call(raw);
  } catch {
    return NaN;
  }
}

const [zero, nine, dash, colon, dot, plus] = [..."09-:.+"].map((character) => character.charCodeAt(0));
const [upperT, lowerT, upperZ, lowerZ] = [..."TtZz"].map((character) => character.charCodeAt(0));

/**
 * Reads `2024-02-29T12:30:00.123456+01:00` and nothing looser: RFC 3339, section 5.6, with the offset it demands.
 * February 30, the hour 24 and the leap second 60 are refused. `t` and `z` may be small, as the RFC says.
 *
 * @param text - any string; looked at character by character, so its cost is bounded.
 * @returns epoch milliseconds with microseconds as a fraction, what is finer dropped; NaN when the text is not one.
 */
export function parseTimestamp(text: string): number {
  if (text.length < 20 || text.length > longestTimestamp) return NaN;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const separator = text.charCodeAt(10);
  if (text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return NaN;
  if (separator !== upperT && separator !== lowerT) return NaN;
  if (text.charCodeAt(13) !== colon || text.charCodeAt(16) !== colon) return NaN;
  // A digit that is missing makes its number negative.
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return NaN;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return NaN;
  let at = 19;
  let micros = 0;
  if (text.charCodeAt(at) === dot) {
    let weight = 100_000;
    const first = ++at;
    for (let code = text.charCodeAt(at); code >= zero && code <= nine; code = text.charCodeAt(++at)) {
      micros += (code - zero) * weight;
      weight = weight === 1 ? 0 : weight / 10;
    }
    if (at === first) return NaN;
  }
  const offset = offsetMinutes(text, at);
  const minutes = (daysFromCivil(year, month, day) * 24 + hour) * 60 + minute - offset;
  const seconds = minutes * 60 + second;
  // Whole milliseconds stay exact; finer times are rounded once, from whole microseconds.
  return micros % 1000 === 0 ? seconds * 1000 + micros / 1000 : (seconds * 1_000_000 + micros) / 1000;
}

/** Minutes east of UTC from the rest of the text; NaN when the rest is anything but an offset. */
function offsetMinutes(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === upperZ || code === lowerZ) return text.length === at + 1 ? 0 : NaN;
  if ((code !== plus && code !== dash) || text.length !== at + 6 || text.charCodeAt(at + 3) !== colon) return NaN;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return NaN;
  return code === plus ? hours * 60 + minutes : -(hours * 60 + minutes);
}

/** The number at a place; negative when one of the characters is not a digit. */
function digits(text: string, at: number, count: number): number {
  let number = 0;
  for (let i = at; i < at + count; i++) {
    const code = text.charCodeAt(i);
    if (!(code >= zero && code <= nine)) return -1;
    number = number * 10 + (code - zero);
  }
  return number;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 in the Gregorian calendar: Hinnant, chrono-compatible low-level date algorithms. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
