import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";

/** What a field of an event or of a context may hold; anything else counts as missing. */
export type Cell = string | number | boolean;

/** A simple condition on one field. A missing field compares with nothing: no comparison holds for it. */
export type FieldCondition =
  | {
      /** Name of the field. */
      readonly field: string;
      /** What the field must be; `5` and `"5"` are the same, as in a log whose column holds texts. */
      readonly equals: Cell;
    }
  | {
      /** Name of the field. */
      readonly field: string;
      /** What the field must be one of. */
      readonly oneOf: readonly Cell[];
    }
  | {
      /** Name of the field, which must hold a number. */
      readonly field: string;
      /** The number is not less. */
      readonly atLeast?: number;
      /** The number is greater. */
      readonly above?: number;
      /** The number is not greater. */
      readonly atMost?: number;
      /** The number is less. */
      readonly below?: number;
    }
  | {
      /** Name of the field. */
      readonly field: string;
      /** Whether there must be something in the field, or nothing. */
      readonly present: boolean;
    };

/** A condition as JSON: on one field, or made of others by `all`, `any` and `not`, up to 32 deep. */
export type Condition =
  | FieldCondition
  | {
      /** Every one of these holds. */
      readonly all: readonly Condition[];
    }
  | {
      /** At least one of these holds. */
      readonly any: readonly Condition[];
    }
  | {
      /** This does not hold. */
      readonly not: Condition;
    };

/** Looks a field up; `undefined` = missing. A field that holds a list is as good as each of its values. */
export type FieldReader = (field: string) => Cell | readonly Cell[] | undefined;

/** A condition after reading. */
export type Holds = (field: FieldReader) => boolean;

/** Reads a simple condition of another kind: given its keys, a reader; `undefined` when it is none of that kind. */
export type ReadOther = (condition: Readonly<Record<string, unknown>>, path: string) => Holds | undefined;

const deepest = 32;
const mostConditions = 1000;
const bounds = ["atLeast", "above", "atMost", "below"] as const;

/**
 * Reads a condition from JSON, and refuses what is none, with the path of what is wrong.
 *
 * @param caller - the public function.
 * @param condition - what the user passed.
 * @param path - how to call it in the message.
 * @param readOther - further kinds of simple conditions.
 * @returns whether it holds, given the fields.
 * @throws {ClienteleError} `invalid-option`, and `unknown-option` for a key that a condition does not have.
 */
export function readCondition(caller: string, condition: unknown, path: string, readOther?: ReadOther): Holds {
  let conditions = 0;
  const read = (given: unknown, at: string, depth: number): Holds => {
    if (depth > deepest) refuse(caller, "invalid-option", at, `at most ${deepest} conditions deep`, "a deeper one");
    if (++conditions > mostConditions) {
      refuse(caller, "invalid-option", path, `at most ${mostConditions} conditions in all`, "more");
    }
    if (!isRecord(given)) refuse(caller, "invalid-option", at, "a condition", describeValue(given));
    const word = ["all", "any", "not"].find((key) => Object.hasOwn(given, key));
    if (word === undefined) return readOther?.(given, at) ?? readField(caller, given, at);
    checkKeys(caller, given, [word], at);
    if (word === "not") {
      const part = read(given["not"], `${at}.not`, depth + 1);
      return (field) => !part(field);
    }
    const list = given[word];
    if (!Array.isArray(list) || list.length === 0) {
      refuse(caller, "invalid-option", `${at}.${word}`, "a non-empty list of conditions", describeValue(list));
    }
    const parts = list.map((part, i) => read(part, `${at}.${word}[${i}]`, depth + 1));
    return word === "all"
      ? (field) => parts.every((part) => part(field))
      : (field) => parts.some((part) => part(field));
  };
  return read(condition, path, 1);
}

/** Refuses keys that a rule or condition does not have; a misspelled one would silently widen it. */
export function checkKeys(
  caller: string,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  at: string,
): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    refuse(caller, "unknown-option", `${at}.${key.slice(0, 40)}`, `one of ${known.join(", ")}`, "an unknown key");
  }
}

/** A cell as conditions see it: missing unless it is a text, a finite number or a boolean; big integers are texts. */
export function cellOf(value: unknown): Cell | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "bigint") return String(value);
  return typeof value === "boolean" ? value : undefined;
}

function readField(caller: string, given: Readonly<Record<string, unknown>>, at: string): Holds {
  const kinds = ["equals", "oneOf", "present", ...bounds];
  const kind = kinds.find((key) => given[key] !== undefined);
  const isRange = kind !== undefined && (bounds as readonly string[]).includes(kind);
  checkKeys(caller, given, ["field", ...(kind === undefined ? kinds : isRange ? bounds : [kind])], at);
  if (kind === undefined) {
    refuse(caller, "invalid-option", at, `a condition with one of ${kinds.join(", ")}, or all, any, not`, "none of them"); // prettier-ignore
  }
  const name = given["field"];
  if (typeof name !== "string") refuse(caller, "invalid-option", `${at}.field`, "a string", describeValue(name));
  if (isRange) return rangeOf(caller, name, given, at);
  const value = given[kind];
  if (kind === "present") {
    if (typeof value !== "boolean") refuse(caller, "invalid-option", `${at}.present`, "true or false", describeValue(value)); // prettier-ignore
    return (field) => (field(name) !== undefined) === value;
  }
  const isList = kind === "oneOf";
  if (isList && (!Array.isArray(value) || value.length === 0)) {
    refuse(caller, "invalid-option", `${at}.oneOf`, "a non-empty list of texts, numbers or booleans", describeValue(value)); // prettier-ignore
  }
  const wanted = (isList ? (value as readonly unknown[]) : [value]).map((one, i) => {
    if (typeof one === "string" || typeof one === "boolean" || Number.isFinite(one)) return String(one);
    const path = isList ? `${at}.oneOf[${i}]` : `${at}.equals`;
    return refuse(caller, "invalid-option", path, "a text, a finite number or a boolean", describeValue(one));
  });
  const set = new Set(wanted);
  return (field) => {
    const cell = field(name);
    return someOf(cell, (one) => set.has(typeof one === "string" ? one : String(one)));
  };
}

function rangeOf(caller: string, name: string, given: Readonly<Record<string, unknown>>, at: string): Holds {
  const [atLeast, above, atMost, below] = bounds.map((key, i) => {
    const bound = given[key];
    if (bound === undefined) return i < 2 ? -Infinity : Infinity;
    if (typeof bound === "number" && Number.isFinite(bound)) return bound;
    return refuse(caller, "invalid-option", `${at}.${key}`, "a finite number", describeValue(bound));
  });
  return (field) => {
    const cell = field(name);
    const isInside = (one: Cell): boolean =>
      typeof one === "number" && one >= atLeast && one > above && one <= atMost && one < below;
    return someOf(cell, isInside);
  };
}

function someOf(cell: Cell | readonly Cell[] | undefined, holds: (one: Cell) => boolean): boolean {
  if (cell === undefined) return false;
  return typeof cell === "object" ? cell.some(holds) : holds(cell);
}
