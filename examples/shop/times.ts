import { UserError } from "./user-error.ts";

/** Reads the cells of a time column. */
export interface TimeReader {
  /** Epoch milliseconds, UTC, or NaN when the text is not such a time. */
  read(text: string): number;
  /** How many of the times read so far were given without an offset; runs of equal texts count once. */
  withoutOffset: number;
}

/** A time taken apart; the offset is that of the text, in minutes east of UTC, when it has one. */
interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly milliseconds: number;
  readonly offset: number | undefined;
}

const hour = 3_600_000;
const day = 24 * hour;
const latest = 8.64e15; // the last instant that a Date can hold
const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * Makes the reader of a time column.
 *
 * @param format - `auto`, `iso`, `epoch-ms`, `epoch-s` or a pattern such as `DD/MM/YYYY HH:mm`.
 * @param timeZone - IANA zone of the texts that carry no offset.
 * @returns the reader.
 * @throws {UserError} when the pattern lacks a year, month or day or holds a letter that is no token.
 */
export function timeReader(format: string, timeZone: string): TimeReader {
  if (format === "epoch-ms" || format === "epoch-s") return epochReader(format === "epoch-s" ? 1000 : 1);
  const pattern = format === "auto" || format === "iso" ? isoPattern : compile(format);
  const fromWall = zoneReader(timeZone);
  let lastText = "";
  let lastTime = NaN;
  const reader: TimeReader = {
    withoutOffset: 0,
    read(text) {
      // Lines of one order carry the same time: reading a text once saves most of the work.
      if (text !== lastText) {
        const parts = partsOf(pattern.exec(text)?.groups);
        if (parts !== undefined && parts.offset === undefined) reader.withoutOffset++;
        lastTime = parts === undefined ? NaN : instantOf(parts);
        lastText = text;
      }
      return lastTime;
    },
  };
  const instantOf = (parts: Parts): number => {
    const wall = wallTime(parts);
    if (parts.offset !== undefined) return wall - parts.offset * 60_000;
    return format === "iso" ? NaN : fromWall(wall);
  };
  return reader;
}

/**
 * The midnight that begins the day after an instant, in a zone.
 *
 * @param time - epoch milliseconds, UTC.
 * @param timeZone - IANA zone whose calendar counts.
 * @returns epoch milliseconds, UTC.
 */
export function nextMidnight(time: number, timeZone: string): number {
  const wall = time + offsetOf(timeZone)(time);
  return zoneReader(timeZone)((Math.floor(wall / day) + 1) * day);
}

function epochReader(unit: number): TimeReader {
  return {
    withoutOffset: 0,
    read(text) {
      const time = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) * unit : NaN;
      return Math.abs(time) <= latest ? time : NaN;
    },
  };
}

const isoPattern =
  /^(?<YYYY>\d{4})-(?<MM>\d\d)-(?<DD>\d\d)(?:[Tt ](?<HH>\d\d):(?<mm>\d\d)(?::(?<ss>\d\d)(?:[.,](?<SSS>\d{1,9}))?)?(?<Z> ?(?:[Zz]|UTC|[+-]\d\d(?::?\d\d)?))?)?$/;

const tokens: Readonly<Record<string, string>> = {
  YYYY: "\\d{4}",
  YY: "\\d\\d",
  MMM: "[A-Za-z]{3}",
  MM: "\\d\\d",
  M: "\\d\\d?",
  DD: "\\d\\d",
  D: "\\d\\d?",
  HH: "\\d\\d",
  H: "\\d\\d?",
  hh: "\\d\\d",
  h: "\\d\\d?",
  mm: "\\d\\d",
  m: "\\d\\d?",
  ss: "\\d\\d",
  s: "\\d\\d?",
  SSS: "\\d{1,9}",
  A: "[AaPp]\\.?[Mm]\\.?",
  Z: "[Zz]|UTC|[+-]\\d\\d(?::?\\d\\d)?",
};

/** Turns a pattern into a regular expression with one named group per token. */
function compile(format: string): RegExp {
  let source = "";
  const seen = new Set<string>();
  for (const [piece] of format.matchAll(/YYYY|YY|MMM|MM?|DD?|HH?|hh?|mm?|ss?|SSS|A|Z|./gsu)) {
    const token = tokens[piece];
    if (token !== undefined && seen.has(piece)) throw badFormat(format, `has ${piece} twice`);
    if (token === undefined && /[A-SU-Za-z%]/.test(piece)) throw badFormat(format, `has "${piece}", which is no token`);
    seen.add(piece);
    source += token === undefined ? piece.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&") : `(?<${piece}>${token})`;
  }
  const has = (...choices: string[]): boolean => choices.some((choice) => seen.has(choice));
  if (!has("YYYY", "YY") || !has("MMM", "MM", "M") || !has("DD", "D")) {
    throw badFormat(format, "must have a year, a month and a day");
  }
  if (has("hh", "h") !== has("A")) throw badFormat(format, "must have both h and A, or neither");
  return new RegExp(`^${source}$`);
}

function badFormat(format: string, problem: string): UserError {
  return new UserError(`--time-format '${format}' ${problem}; a format reads like 'DD/MM/YYYY HH:mm', see --help.`);
}

function partsOf(groups: Readonly<Record<string, string | undefined>> | undefined): Parts | undefined {
  if (groups === undefined) return undefined;
  const number = (...names: string[]): number | undefined => {
    const name = names.find((one) => groups[one] !== undefined);
    return name === undefined ? undefined : Number(groups[name]);
  };
  const short = number("YY");
  const year = number("YYYY") ?? (short === undefined ? NaN : short + (short < 70 ? 2000 : 1900));
  const month =
    groups["MMM"] === undefined ? (number("MM", "M") ?? NaN) : months.indexOf(groups["MMM"].toLowerCase()) + 1;
  const dayOfMonth = number("DD", "D") ?? NaN;
  const minute = number("mm", "m") ?? 0;
  const second = number("ss", "s") ?? 0;
  const offset = groups["Z"] === undefined ? undefined : minutesEast(groups["Z"].trim());
  let hourOfDay = number("HH", "H", "hh", "h") ?? 0;
  if (groups["A"] !== undefined) {
    if (hourOfDay < 1 || hourOfDay > 12) return undefined;
    hourOfDay = (hourOfDay % 12) + (/^p/i.test(groups["A"]) ? 12 : 0);
  }
  // Date.UTC reads the years 0 to 99 as 1900 to 1999, so they are no times here.
  const sound =
    year >= 100 &&
    month >= 1 &&
    month <= 12 &&
    dayOfMonth >= 1 &&
    dayOfMonth <= daysIn(year, month) &&
    hourOfDay < 24 &&
    minute < 60 &&
    second < 60 &&
    Math.abs(offset ?? 0) < 24 * 60;
  const milliseconds = groups["SSS"] === undefined ? 0 : Number(`0.${groups["SSS"]}`) * 1000;
  return sound ? { year, month, day: dayOfMonth, hour: hourOfDay, minute, second, milliseconds, offset } : undefined;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function minutesEast(text: string): number {
  if (/^(z|utc)$/i.test(text)) return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(":", "") || "0");
  return text.startsWith("-") ? -minutes : minutes;
}

/** What the clock on the wall shows, as if it were UTC. */
function wallTime({ year, month, day: dayOfMonth, hour: hourOfDay, minute, second, milliseconds }: Parts): number {
  return Date.UTC(year, month - 1, dayOfMonth, hourOfDay, minute, second) + milliseconds;
}

/**
 * From the time on the wall to the instant. An hour that happens twice is the first one; an hour that never happens
 * counts from the offset before the change, so 2:30 becomes 3:30.
 */
function zoneReader(timeZone: string): (wall: number) => number {
  if (timeZone === "UTC") return (wall) => wall;
  const offsetAt = offsetOf(timeZone);
  const byDay = new Map<number, { before: number; after: number }>();
  return (wall) => {
    const date = Math.floor(wall / day);
    let offsets = byDay.get(date);
    if (offsets === undefined) {
      // No zone is more than a day off UTC, so these two instants embrace the local day.
      offsets = { before: offsetAt((date - 1) * day), after: offsetAt((date + 2) * day) };
      byDay.set(date, offsets);
    }
    const { before, after } = offsets;
    if (before === after || offsetAt(wall - before) === before) return wall - before;
    return offsetAt(wall - after) === after ? wall - after : wall - before;
  };
}

/** Milliseconds that a zone's clocks are ahead of UTC at an instant. */
function offsetOf(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (time) => {
    const shown: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(time)) shown[type] = Number(value);
    const { year = 0, month = 0, day: dayOfMonth = 0, hour: hourOfDay = 0, minute = 0, second = 0 } = shown;
    return Date.UTC(year, month - 1, dayOfMonth, hourOfDay, minute, second) - Math.floor(time / 1000) * 1000;
  };
}
