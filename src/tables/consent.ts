import { isRecord } from "../core/dictionary.ts";
import { lastInstant } from "../core/durations.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { sortEvents } from "../numeric/sort-events.ts";

/**
 * One consent of one customer to one purpose: given at an instant, perhaps withdrawn later. Several records of a customer
 * and purpose are a history.
 */
export interface ConsentRecord {
  /** Who consented, as the log calls the customer. */
  readonly customer: string;
  /** What for: `"analytics"`, `"marketing"`. Compared character by character. */
  readonly purpose: string;
  /** When it was given, epoch milliseconds. */
  readonly granted: number;
  /** When it was withdrawn, epoch milliseconds, not before `granted`; absent = it was not. */
  readonly withdrawn?: number | null | undefined;
  /** Which text the customer agreed to. */
  readonly version?: string | null | undefined;
}

/**
 * Where a customer stands at an instant: never asked, not asked yet, agreed, or withdrew.
 * The words serve as reasons for which an event is dropped.
 */
export type ConsentState = "no-consent" | "before-consent" | "granted" | "withdrawn";

/** The grants and withdrawals of one purpose, by customer and time. */
export interface ConsentLedger {
  /** The customers with a record, and their position in `starts`. */
  readonly codeByCustomer: ReadonlyMap<string, number>;
  /** Customer c owns the acts starts[c] … starts[c + 1] − 1. */
  readonly starts: Uint32Array;
  /** When, in order. */
  readonly time: Float64Array;
  /** 1 = granted, 0 = withdrawn. */
  readonly granted: Uint8Array;
}

/**
 * Reads consent records into the history of one purpose. The state at an instant is what the last act up to it says, so a
 * withdrawal ends every consent given before it, whichever record it is written in. At one instant a withdrawal of an
 * earlier consent comes first, then a grant, then the withdrawal of that very grant.
 *
 * @param caller - the public function.
 * @param consents - records of any purposes, in any order; a list already.
 * @param purpose - the purpose to keep.
 * @param path - what the list is called.
 * @returns the ledger. Cost: a hash lookup and a share of a sort per record.
 * @throws {ClienteleError} `invalid-value` at the first broken record, of whichever purpose.
 */
export function consentLedger(
  caller: string,
  consents: readonly ConsentRecord[],
  purpose: string,
  path: string,
): ConsentLedger {
  const codeByCustomer = new Map<string, number>();
  const owner = new Uint32Array(consents.length);
  const records = new Uint32Array(consents.length);
  let found = 0;
  let withdrawals = 0;
  for (let i = 0; i < consents.length; i++) {
    const record = consents[i];
    checkRecord(caller, record, path, i);
    if (record.purpose !== purpose) continue;
    let code = codeByCustomer.get(record.customer);
    if (code === undefined) codeByCustomer.set(record.customer, (code = codeByCustomer.size));
    owner[found] = code;
    records[found++] = i;
    if (isGiven(record.withdrawn)) withdrawals++;
  }
  const acts = found + withdrawals;
  const customer = new Uint32Array(acts);
  const type = new Uint32Array(acts);
  const time = new Float64Array(acts);
  let act = 0;
  // Acts of one customer and instant keep the order in which they are written here.
  for (const kind of [withdrawEarlier, grant, withdrawAtOnce]) {
    for (let r = 0; r < found; r++) {
      const at = timeOf(consents[records[r]], kind);
      if (Number.isNaN(at)) continue;
      customer[act] = owner[r];
      type[act] = kind;
      time[act++] = at;
    }
  }
  const sorted = sortEvents({ customer, type, time, value: undefined }, codeByCustomer.size, []);
  const granted = Uint8Array.from(sorted.type, (kind) => (kind === grant ? 1 : 0));
  return { codeByCustomer, starts: sorted.starts, time: sorted.time, granted };
}

/**
 * Where a customer stands at an instant.
 *
 * @param ledger - the history of one purpose.
 * @param customer - who.
 * @param time - when, epoch milliseconds; an act at this very instant counts.
 * @returns the state. Cost: the logarithm of the customer's acts.
 */
export function consentAt(ledger: ConsentLedger, customer: string, time: number): ConsentState {
  const code = ledger.codeByCustomer.get(customer);
  if (code === undefined) return "no-consent";
  let low = ledger.starts[code];
  let high = ledger.starts[code + 1];
  const first = low;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ledger.time[middle] <= time) low = middle + 1;
    else high = middle;
  }
  if (low === first) return "before-consent";
  return ledger.granted[low - 1] === 1 ? "granted" : "withdrawn";
}

const withdrawEarlier = 0;
const grant = 1;
const withdrawAtOnce = 2;

/** When a record's act of a kind happened; NaN when it has none. */
function timeOf({ granted, withdrawn }: ConsentRecord, kind: number): number {
  if (kind === grant) return granted;
  if (!isGiven(withdrawn)) return NaN;
  return (withdrawn === granted) === (kind === withdrawAtOnce) ? withdrawn : NaN;
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function checkRecord(caller: string, record: ConsentRecord, path: string, i: number): void {
  if (isWhole(record)) return;
  const at = `${path}[${i}]`;
  if (!isRecord(record)) refuse(caller, "invalid-value", at, "a consent record", describeValue(record));
  const { customer, purpose, granted, withdrawn, version } = record as Readonly<Record<string, unknown>>;
  const fail = (field: string, expected: string, received: unknown): never =>
    refuse(caller, "invalid-value", `${at}.${field}`, expected, describeCell(received));
  if (typeof customer !== "string") fail("customer", "a string", customer);
  if (typeof purpose !== "string") fail("purpose", "a string", purpose);
  if (!isInstant(granted)) fail("granted", "a time in epoch milliseconds", granted);
  if (isGiven(version) && typeof version !== "string") fail("version", "a string or absent", version);
  fail("withdrawn", "a time in epoch milliseconds from granted on, or absent", withdrawn);
}

function isWhole(record: ConsentRecord | null): boolean {
  return (
    typeof record?.customer === "string" &&
    typeof record.purpose === "string" &&
    isInstant(record.granted) &&
    (!isGiven(record.withdrawn) || (isInstant(record.withdrawn) && record.withdrawn >= record.granted)) &&
    (!isGiven(record.version) || typeof record.version === "string")
  );
}

function isInstant(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= lastInstant;
}
