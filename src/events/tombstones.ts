import { describeValue, refuse } from "../core/errors.ts";
import { custom, isTextList, type OptionTable, readOptions } from "../core/options.ts";
import { isRecord } from "../core/dictionary.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";
import { base64url, byteWriter } from "../numeric/bytes.ts";
import { digestBytes, hmacSha256 } from "../numeric/digest.ts";
import { type CleanedLog, dropRows } from "./log-report.ts";
import { keyOption, type PseudonymKey } from "./pseudonym.ts";

/**
 * What remains of erased customers: keyed codes that recognize them when they come back, and tell nothing to whoever lacks the
 * key. Plain JSON.
 */
export interface Tombstones {
  /** What this is. */
  readonly kind: "tombstones";
  /** Version of the layout. */
  readonly version: 1;
  /** The name of the key. */
  readonly keyId: string;
  /** A code of the key itself, by which another key is refused. */
  readonly keyCode: string;
  /** One code per erased customer, in order. */
  readonly codes: readonly string[];
}

/** Options of {@link filterErased}. */
export interface FilterErasedOptions {
  /** What {@link eraseCustomers} left. */
  readonly tombstones: Tombstones;
  /** The key they were made with. */
  readonly key: Uint8Array;
}

/** Option table of {@link filterErased}. */
export const filterErasedOptions: OptionTable<FilterErasedOptions> = {
  tombstones: custom("tombstones as eraseCustomers makes them", isTombstones, [
    null,
    [],
    {},
    "k1",
    { kind: "k-means" },
  ]),
  key: keyOption,
};

/**
 * Keeps erased customers out of new data: run it on every log that is read, before anything else.
 *
 * @param log - any log, with the ids as they were when they were erased.
 * @param options - see {@link FilterErasedOptions}.
 * @returns the log without erased customers, and how many rows were dropped as `"erased"`.
 * @throws {ClienteleError} `invalid-option`, also at `options.key` when the tombstones were made with another one;
 * `shape-mismatch` or `invalid-value` when `log` is not a log.
 * @example
 * const secret = { key: new Uint8Array(32).fill(7), keyId: "k1" }; // yours: random
 * const { log } = readEventColumns({ customer: ["ann", "bo"], type: ["view", "buy"], time: [1, 2] });
 * const { tombstones } = eraseCustomers(log, ["ann"], secret);
 * filterErased(log, { tombstones: tombstones!, key: secret.key }).report.dropped; // { erased: 1 }
 * @see eraseCustomers. Cost: one HMAC per customer of the log.
 */
export function filterErased(log: EventLog, options: FilterErasedOptions): CleanedLog {
  const caller = "filterErased";
  const { tombstones, key } = readOptions(caller, filterErasedOptions, options);
  checkLog(caller, log);
  checkKey(caller, tombstones, key, "options.key");
  const erased = new Set(tombstones.codes);
  const codeOf = tombstoneCodes(key);
  const { starts } = log.byCustomer;
  const marks = new Uint8Array(log.length);
  log.customer.names.forEach((name, customer) => {
    if (erased.has(codeOf(name))) marks.fill(1, starts[customer], starts[customer + 1]);
  });
  return dropRows(log, marks, ["erased"]);
}

/** Tombstones of some customers, together with earlier ones of the same key. */
export function tombstonesOf(
  caller: string,
  ids: Iterable<string>,
  { key, keyId }: PseudonymKey,
  earlier: Tombstones | undefined,
): Tombstones {
  if (earlier !== undefined) {
    if (earlier.keyId !== keyId) {
      refuse(caller, "invalid-option", "options.keyId", "that of the earlier tombstones", "another one");
    }
    checkKey(caller, earlier, key, "options.key");
  }
  const codes = new Set(earlier?.codes);
  const codeOf = tombstoneCodes(key);
  for (const id of ids) codes.add(codeOf(id));
  return { kind: "tombstones", version: 1, keyId, keyCode: keyCodeOf(key), codes: [...codes].sort() };
}

/** Tells whether a value, perhaps read from a file, is a set of tombstones. */
export function isTombstones(value: unknown): boolean {
  if (!isRecord(value) || value.kind !== "tombstones" || value.version !== 1) return false;
  return typeof value.keyId === "string" && typeof value.keyCode === "string" && isTextList(value.codes);
}

// Fields of their own: a tombstone is not the pseudonym of the same customer under the same key.
const tombstoneField = "clientele: erased customer";
const keyField = "clientele: key of tombstones";

function tombstoneCodes(key: Uint8Array): (id: string) => string {
  const keyed = hmacSha256(key);
  const message = byteWriter();
  const code = new Uint8Array(digestBytes);
  return (id) => {
    message.clear();
    message.write(tombstoneField);
    message.write(id);
    keyed(message.bytes(), code);
    return base64url(code);
  };
}

function keyCodeOf(key: Uint8Array): string {
  const message = byteWriter();
  message.write(keyField);
  const code = new Uint8Array(digestBytes);
  hmacSha256(key)(message.bytes(), code);
  return base64url(code);
}

function checkKey(caller: string, { keyCode }: Tombstones, key: Uint8Array, path: string): void {
  if (keyCodeOf(key) !== keyCode) {
    refuse(caller, "invalid-option", path, "the key of the tombstones", `another key, ${describeValue(key)}`);
  }
}
