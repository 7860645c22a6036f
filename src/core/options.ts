import { isRecord } from "./dictionary.ts";
import { editDistance } from "./edit-distance.ts";
import { describeValue, refuse } from "./errors.ts";

/**
 * One row of an option table: what the option is, its default, and how a value is checked.
 *
 * The same table is read by {@link readOptions} and by the tests that pass every refused value to every function, so the
 * two cannot disagree.
 */
export interface OptionSpec<T> {
  /** What the option takes, as a noun phrase for messages. */
  readonly expected: string;
  /** Whether the option must be given. */
  readonly required: boolean;
  /** The value when the option is absent; `undefined` = absent stays absent. */
  readonly fallback: T | undefined;
  /** True when a given value can be used. */
  readonly accepts: (value: unknown) => boolean;
  /** Values that must be refused; used by the bad-option tests. */
  readonly refused: readonly unknown[];
}

/** All options of one function by name. `Absent` lists the keys that have neither a default nor a duty. */
export type OptionTable<O, Absent extends keyof O = never> = {
  readonly [K in keyof O]-?: OptionSpec<Exclude<O[K], undefined>>;
} & { readonly [absent]?: Absent };

declare const absent: unique symbol;

/** Options after reading: every default filled in. */
export type ReadOptions<O, Absent extends keyof O = never> = {
  readonly [K in keyof O]-?: K extends Absent ? O[K] | undefined : Exclude<O[K], undefined>;
};

/** How an option is present: required (no default given), with a default, or optional. */
export interface Presence<T> {
  /** The default value; makes the option optional. */
  readonly default?: T;
  /** An option without a default that may be absent. */
  readonly optional?: boolean;
}

function spec<T>(
  expected: string,
  presence: Presence<T>,
  accepts: (value: unknown) => boolean,
  refused: readonly unknown[],
): OptionSpec<T> {
  const required = presence.default === undefined && presence.optional !== true;
  return { expected, required, fallback: presence.default, accepts, refused };
}

/** Bounds of a numeric option, both inclusive unless `above`/`below` are used. */
export interface Bounds {
  /** Smallest accepted value. */
  readonly min?: number;
  /** Largest accepted value. */
  readonly max?: number;
  /** Every accepted value is greater than this. */
  readonly above?: number;
  /** Every accepted value is less than this. */
  readonly below?: number;
}

function within(value: number, bounds: Bounds): boolean {
  return (
    value >= (bounds.min ?? -Infinity) &&
    value <= (bounds.max ?? Infinity) &&
    value > (bounds.above ?? -Infinity) &&
    value < (bounds.below ?? Infinity)
  );
}

function rangeText({ min, max, above, below }: Bounds): string {
  if (min === undefined && max === undefined && above === undefined && below === undefined) return "";
  const low = min !== undefined ? `[${min}` : `(${above ?? "-∞"}`;
  const high = max !== undefined ? `${max}]` : `${below ?? "∞"})`;
  return ` in ${low}, ${high}`;
}

function outside({ min, max, above, below }: Bounds): number[] {
  const values: number[] = [];
  if (min !== undefined) values.push(min - 1);
  if (max !== undefined) values.push(max + 1);
  if (above !== undefined) values.push(above);
  if (below !== undefined) values.push(below);
  return values;
}

const notNumbers: readonly unknown[] = [NaN, Infinity, -Infinity, "1", null, true, [1], {}, 1n];

/**
 * An option that takes an integer.
 *
 * @param bounds - accepted range, and the default if there is one.
 * @returns a row for an {@link OptionTable}.
 */
export function integer(bounds: Bounds & Presence<number> = {}): OptionSpec<number> {
  const accepts = (value: unknown): boolean => Number.isSafeInteger(value) && within(value as number, bounds);
  return spec(`an integer${rangeText(bounds)}`, bounds, accepts, [...notNumbers, 1.5, ...outside(bounds)]);
}

/**
 * An option that takes a finite number.
 *
 * @param bounds - accepted range, and the default if there is one.
 * @returns a row for an {@link OptionTable}.
 */
export function real(bounds: Bounds & Presence<number> = {}): OptionSpec<number> {
  const accepts = (value: unknown): boolean => Number.isFinite(value) && within(value as number, bounds);
  return spec(`a number${rangeText(bounds)}`, bounds, accepts, [...notNumbers, ...outside(bounds)]);
}

/**
 * An option that takes a random seed: any 32-bit integer, signed or not.
 *
 * @returns a row for an {@link OptionTable}; the default is 42.
 */
export function seed(): OptionSpec<number> {
  return integer({ min: -2147483648, max: 4294967295, default: 42 });
}

/**
 * An option that takes a point in time as epoch milliseconds, UTC.
 *
 * @param presence - default or optional.
 * @returns a row for an {@link OptionTable}.
 */
export function instant(presence: Presence<number> = {}): OptionSpec<number> {
  const accepts = (value: unknown): boolean => Number.isFinite(value) && Math.abs(value as number) <= 8.64e15;
  return spec("a time in epoch milliseconds", presence, accepts, [...notNumbers, 8.64e15 + 1024, "2024-01-01"]);
}

/**
 * An option that takes an IANA time zone name such as `"Europe/Berlin"`.
 *
 * @param presence - default or optional; `"UTC"` unless said otherwise.
 * @returns a row for an {@link OptionTable}.
 */
export function timeZone(presence: Presence<string> = { default: "UTC" }): OptionSpec<string> {
  return spec("an IANA time zone", presence, isTimeZone, ["Mars/Olympus", "", "+25:00", 1, null, {}]);
}

/** Tells whether a value names a time zone that the runtime knows. */
export function isTimeZone(value: unknown): boolean {
  if (typeof value !== "string" || value.length > 64) return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: value }) !== undefined;
  } catch {
    return false;
  }
}

/**
 * An option that takes true or false.
 *
 * @param presence - default or optional.
 * @returns a row for an {@link OptionTable}.
 */
export function flag(presence: Presence<boolean> = {}): OptionSpec<boolean> {
  const accepts = (value: unknown): boolean => typeof value === "boolean";
  return spec("true or false", presence, accepts, [0, 1, "true", null, {}]);
}

/**
 * An option that takes one of a few words.
 *
 * @param words - the accepted words.
 * @param presence - default or optional.
 * @returns a row for an {@link OptionTable}.
 */
export function oneOf<const W extends string>(words: readonly W[], presence: Presence<W> = {}): OptionSpec<W> {
  const expected = words.map((word) => `"${word}"`).join(" or ");
  const accepts = (value: unknown): boolean => words.includes(value as W);
  return spec(expected, presence, accepts, ["no such word", "", `${words[0]} `, 0, null, {}, [words[0]]]);
}

/**
 * An option that takes any string, such as the name of an event or a column.
 *
 * @param presence - default or optional.
 * @returns a row for an {@link OptionTable}.
 */
export function text(presence: Presence<string> = {}): OptionSpec<string> {
  const accepts = (value: unknown): boolean => typeof value === "string";
  return spec("a string", presence, accepts, [1, null, true, {}, ["a"]]);
}

/**
 * An option that takes a list of at least one string.
 *
 * @param presence - default or optional.
 * @returns a row for an {@link OptionTable}.
 */
export function texts(presence: Presence<readonly string[]> = {}): OptionSpec<readonly string[]> {
  return spec("a non-empty list of strings", presence, isTexts, [[], [1], "a", null, {}, [null]]);
}

/**
 * An option that takes one string or a non-empty list of strings.
 *
 * @param presence - default or optional.
 * @returns a row for an {@link OptionTable}.
 */
export function textOrTexts(
  presence: Presence<string | readonly string[]> = {},
): OptionSpec<string | readonly string[]> {
  const accepts = (value: unknown): boolean => typeof value === "string" || isTexts(value);
  return spec("a string or a non-empty list of strings", presence, accepts, [[], [1], 1, null, {}]);
}

function isTexts(value: unknown): boolean {
  return isTextList(value) && value.length > 0;
}

/** Tells whether a value is a list of strings; an empty one is. */
export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/**
 * An option with a check of its own, for shapes the other rows do not cover.
 *
 * @param expected - what the option takes, as a noun phrase.
 * @param accepts - true when a given value can be used; must not throw.
 * @param refused - at least one value that must be refused, for the bad-option tests.
 * @param presence - default or optional.
 * @returns a row for an {@link OptionTable}.
 */
export function custom<T>(
  expected: string,
  accepts: (value: unknown) => boolean,
  refused: readonly [unknown, ...unknown[]],
  presence: Presence<T> = {},
): OptionSpec<T> {
  return spec(expected, presence, accepts, refused);
}

/**
 * Reads an options object against its table: refuses unknown keys and bad values, fills in defaults key by key.
 *
 * `undefined` counts as absent. Each key is read once, so a getter cannot answer twice differently.
 *
 * @param caller - the public function, for the message.
 * @param table - its option table.
 * @param options - what the user passed; may be `undefined` when nothing is required.
 * @param path - what the argument is called.
 * @returns a new object with every default filled in.
 * @throws {ClienteleError} `unknown-option` with a suggestion; `invalid-option` for a missing or bad value.
 */
export function readOptions<O extends object, Absent extends keyof O = never>(
  caller: string,
  table: OptionTable<O, Absent>,
  options: O | undefined,
  path = "options",
): ReadOptions<O, Absent> {
  const given: unknown = options ?? {};
  if (options === null || !isRecord(given)) {
    refuse(caller, "invalid-option", path, "an object", describeValue(options));
  }
  const specs = table as Readonly<Record<string, OptionSpec<unknown>>>;
  const known = Object.keys(specs);
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(specs, key)) refuseUnknown(caller, path, key, known);
  }
  const read: Record<string, unknown> = {};
  for (const key of known) {
    const row = specs[key];
    const value = given[key];
    if (value === undefined && !row.required) {
      read[key] = row.fallback;
    } else if (value === undefined || !row.accepts(value)) {
      refuse(caller, "invalid-option", `${path}.${key}`, row.expected, describeValue(value));
    } else {
      read[key] = value;
    }
  }
  return read as ReadOptions<O, Absent>;
}

function refuseUnknown(caller: string, path: string, key: string, known: readonly string[]): never {
  const near = known.find((name) => editDistance(name.toLowerCase(), key.toLowerCase().slice(0, 40), 2) <= 2);
  const suggestion = near === undefined ? "" : ` (did you mean ${near}?)`;
  const expected = `one of ${known.join(", ")}${suggestion}`;
  refuse(caller, "unknown-option", `${path}.${key.slice(0, 40)}`, expected, "an unknown key");
}
