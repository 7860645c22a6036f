import { isRecord, lookUp } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";

/** One event as the accumulators of this room take it; `toEvents` makes such from a log. */
export interface CountedEvent {
  /** Who. */
  readonly customer: string;
  /** What. */
  readonly type: string;
  /** When: epoch milliseconds, UTC. */
  readonly time: number;
  /** Further properties. */
  readonly [column: string]: unknown;
}

/** Refuses what is not an event: an empty customer is a missing one, as it is to `readEvents`. */
export function checkEvent(caller: string, event: CountedEvent): void {
  if (!isRecord(event)) refuse(caller, "invalid-value", "event", "an object", describeValue(event));
  const { customer, type, time } = event;
  if (typeof customer !== "string" || customer === "") {
    const received = customer === "" ? "an empty string" : describeCell(customer);
    refuse(caller, "invalid-value", "event.customer", "a customer", received);
  }
  if (typeof type !== "string") refuse(caller, "invalid-value", "event.type", "a string", describeCell(type));
  if (!Number.isFinite(time)) {
    refuse(caller, "invalid-value", "event.time", "finite epoch milliseconds", describeCell(time));
  }
}

/**
 * A further property of an event as the columns of a log have it: a number is its text.
 *
 * @param caller - the public function, for messages.
 * @param event - a checked event.
 * @param key - name of the property.
 * @returns the text; `undefined` where it is absent, null or NaN.
 */
export function textAt(caller: string, event: CountedEvent, key: string): string | undefined {
  const value = lookUp(event, key);
  if (value === undefined || value === null || Number.isNaN(value)) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return refuse(caller, "invalid-value", `event.${key}`, "text, a number or missing", describeCell(value));
}
