// The door: what comes in is checked here, before it is written down. The rules are those of `readEvents` and stricter, for a
// service knows its fields; what is refused is named by its position, never quoted.
import { stepTriggers } from "clientele/actions";
import { ClienteleError, type ErrorCode } from "clientele/core";
import { readEvents } from "clientele/events";
import type { ServiceEvent } from "./commands.ts";
import { lastInstant, type Settings } from "./settings.ts";

/** What the checks need to know. */
export interface Door {
  readonly settings: Settings;
  /** The time of day, epoch milliseconds. */
  readonly now: number;
}

/** The most events of one request. */
const mostEvents = 1000;
/** How far ahead of the service's clock a time may be: any event moves the clock of all triggers, and one of next year would fire all. */
const mostAheadMinutes = 60;

const longestName = 200;
const longestText = 1000;
const largestValue = 1e15;

/** Refuses a request. */
export function refuse(path: string, expected: string, received: unknown, code: ErrorCode = "invalid-value"): never {
  throw new ClienteleError("request", { code, path, expected, received: describe(received) });
}

/** Says what a thing is without quoting it. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "an object" : `another ${typeof value}`;
}

/**
 * Reads the events of a request.
 *
 * @param body - one event, or a list of them.
 * @param door - see {@link Door}.
 * @returns events as commands carry them.
 * @throws {ClienteleError} at the first thing that is wrong; then none of the events is taken.
 */
export function readEventsBody(body: unknown, door: Door): ServiceEvent[] {
  const list: readonly unknown[] = Array.isArray(body) ? body : [body];
  if (list.length === 0 || list.length > mostEvents) refuse("events", `1 to ${mostEvents} events`, body);
  const known = new Set(door.settings.fields);
  return list.map((event, i) => readEvent(event, `events[${i}]`, known, door));
}

function readEvent(given: unknown, at: string, known: ReadonlySet<string>, door: Door): ServiceEvent {
  if (!isRecord(given)) refuse(at, "an event", given);
  const event: Record<string, string | number | boolean> = {
    id: readName(given["id"], `${at}.id`),
    customer: readName(given["customer"], `${at}.customer`),
    type: readName(given["type"], `${at}.type`),
    time: readTime(given["time"], `${at}.time`, door.now),
  };
  for (const key in given) {
    if (key === "id" || key === "customer" || key === "type" || key === "time") continue;
    const cell = given[key];
    if (key === "value") {
      if (cell === null) continue;
      const isValue = typeof cell === "number" && Math.abs(cell) <= largestValue;
      if (!isValue) refuse(`${at}.value`, `a number between ±${largestValue}, or absent`, cell);
      event["value"] = cell;
    } else if (!known.has(key)) {
      // The name is the sender's text, so it is not repeated.
      const fields = ["id", "customer", "type", "time", "value", ...known].join(", ");
      refuse(at, `without fields but ${fields}`, "an unknown field", "unknown-option");
    } else if (cell !== null) {
      event[key] = readCell(cell, `${at}.${key}`);
      if (key === "timeZone") checkZone(event["timeZone"], `${at}.timeZone`);
    }
  }
  return event as ServiceEvent;
}

function readName(value: unknown, path: string): string {
  if (typeof value === "string" && value !== "" && value.length <= longestName) return value;
  return refuse(path, `a text of 1 to ${longestName} characters`, value);
}

function readCell(value: unknown, path: string): string | number | boolean {
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
  if (typeof value === "string" && value.length <= longestText) return value;
  return refuse(path, `a text of at most ${longestText} characters, a number, true, false or null`, value);
}

/** Reads a time of an event or a tick: a number, or a text as `readEvents` takes it. */
export function readTime(value: unknown, path: string, now: number): number {
  const time = typeof value === "string" ? instantOf(value) : value;
  if (typeof time !== "number" || !(Math.abs(time) <= lastInstant)) {
    return refuse(path, "epoch milliseconds, or a time with offset such as 2025-03-01T09:30:00Z", value);
  }
  if (time <= now + mostAheadMinutes * 60_000) return time + 0;
  return refuse(path, `at most ${mostAheadMinutes} minutes ahead of the service's clock`, value);
}

function instantOf(text: string): number | undefined {
  const { log } = readEvents([{ text }], { customer: () => "x", type: () => "x", time: "text" });
  return log.length === 1 ? log.time[0] : undefined;
}

function checkZone(zone: unknown, path: string): void {
  try {
    stepTriggers([], undefined, { customer: "x", timeZone: zone as string });
  } catch {
    refuse(path, "an IANA time zone or null", zone);
  }
}

/** Reads an object with nothing but some keys. */
export function readObject(body: unknown, path: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isRecord(body)) return refuse(path, "an object", body);
  if (Object.keys(body).every((key) => keys.includes(key))) return body;
  return refuse(path, `without fields but ${keys.join(", ")}`, "an unknown field", "unknown-option");
}

/** Reads a whole number from a body or a query. */
export function readCount(value: unknown, path: string, most: number): number {
  const count = typeof value === "string" && /^\d{1,16}$/u.test(value) ? Number(value) : value;
  if (Number.isSafeInteger(count) && (count as number) >= 0 && (count as number) <= most) return count as number;
  return refuse(path, `a whole number from 0 to ${most}`, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
