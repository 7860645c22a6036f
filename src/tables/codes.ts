import { describeValue, refuse } from "../core/errors.ts";
import { block } from "../numeric/move-rows.ts";
import { hasRepeatedString } from "../numeric/repeated-strings.ts";
import { stringOrder } from "../numeric/string-order.ts";

/**
 * A column of strings as a dictionary: `names[codes[i]]` is the string of row `i`, or nothing where the code is
 * {@link missingCode}. Algorithms use only the codes, so dropping `names` pseudonymizes whatever follows.
 */
export interface Codes {
  /** One code per row. */
  readonly codes: Uint32Array;
  /** Distinct strings; the position of a string is its code. */
  readonly names: readonly string[];
}

/** The code that stands for "no value". */
export const missingCode = 0xffffffff;

/**
 * Encodes a column of strings as a dictionary.
 *
 * @param values - one string per row; `null` and `undefined` are missing. Any string is a name, also `""` and `__proto__`.
 * @returns codes in order of first appearance. Cost: one hash lookup per row.
 * @throws {ClienteleError} `invalid-value` at the first value that is neither a string nor missing; `shape-mismatch` when
 * `values` cannot be iterated.
 * @example
 * codesOf(["cart", "buy", "cart"]).names; // ["cart", "buy"]
 */
export function codesOf(values: Iterable<string | null | undefined>): Codes {
  if (typeof (values as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
    refuse("codesOf", "shape-mismatch", "values", "an iterator of strings", describeValue(values));
  }
  const encoder = dictionaryEncoder();
  const codes: number[] = [];
  let row = 0;
  for (const value of values) {
    if (value === null || value === undefined) codes.push(missingCode);
    else if (typeof value === "string") codes.push(encoder.codeOf(value));
    else refuse("codesOf", "invalid-value", `values[${row}]`, "a string or missing", describeValue(value));
    row++;
  }
  return { codes: Uint32Array.from(codes), names: encoder.names };
}

/** Encodes a column of numbers as a dictionary, so that numbers can serve as names; NaN is missing. */
export function codesOfNumbers(values: Float64Array): Codes {
  const codeByNumber = new Map<number, number>();
  const codes = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    let code = codeByNumber.get(value);
    if (code === undefined) {
      code = Number.isNaN(value) ? missingCode : codeByNumber.size - (codeByNumber.has(NaN) ? 1 : 0);
      codeByNumber.set(value, code);
    }
    codes[row] = code;
  }
  return { codes, names: [...codeByNumber.keys()].filter((value) => !Number.isNaN(value)).map(String) };
}

/**
 * Reads one cell of a dictionary column.
 *
 * @param column - the column.
 * @param row - which row.
 * @returns the string, or `undefined` where it is missing.
 * @example
 * nameAt(codesOf(["cart", null]), 0); // "cart"
 */
export function nameAt(column: Codes, row: number): string | undefined {
  return column.names[column.codes[row]];
}

/** A growing dictionary: gives each new string the next code. */
export interface DictionaryEncoder {
  /** Strings so far, by code. */
  readonly names: string[];
  /** The code of a string, new or known. */
  codeOf(name: string): number;
}

/** Opens an empty dictionary. */
export function dictionaryEncoder(): DictionaryEncoder {
  const codeByName = new Map<string, number>();
  const names: string[] = [];
  return {
    names,
    codeOf(name) {
      let code = codeByName.get(name);
      if (code === undefined) {
        code = names.length;
        codeByName.set(name, code);
        names.push(name);
      }
      return code;
    },
  };
}

/**
 * Renumbers a dictionary so that names are in code-unit order: then nothing later depends on the order of arrival.
 *
 * @param column - a dictionary column with distinct names.
 * @returns the same strings with codes in the order of the names. Cost: one sort of the names, one pass over the codes.
 */
export function sortNames(column: Codes): Codes {
  const { codes, names } = column;
  if (names.every((name, code) => code === 0 || names[code - 1] < name)) return column;
  const order = stringOrder(names);
  const rank = new Uint32Array(names.length);
  for (let position = 0; position < order.length; position++) rank[order[position]] = position;
  const renumbered = new Uint32Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row];
    renumbered[row] = code === missingCode ? missingCode : rank[code];
  }
  return { codes: renumbered, names: Array.from(order, (code) => names[code]) };
}

/**
 * Drops the names of a dictionary that no row uses; the others keep their order.
 *
 * @param column - a dictionary column.
 * @returns the same strings by row; the same column when every name is used. Cost: two passes over the codes.
 */
export function usedNames(column: Codes): Codes {
  const { codes, names } = column;
  const rank = new Uint32Array(names.length);
  for (const code of codes) if (code !== missingCode) rank[code] = 1;
  let used = 0;
  for (let code = 0; code < rank.length; code++) rank[code] = rank[code] === 0 ? missingCode : used++;
  if (used === names.length) return column;
  return {
    codes: codes.map((code) => (code === missingCode ? missingCode : rank[code])),
    names: names.filter((_, code) => rank[code] !== missingCode),
  };
}

/**
 * Renumbers a dictionary in the order in which its names appear, and drops names that do not.
 *
 * @param column - a dictionary column.
 * @returns the same strings by row.
 */
export function byAppearance({ codes, names }: Codes): Codes {
  const rank = new Uint32Array(names.length).fill(missingCode);
  const renumbered = new Uint32Array(codes.length);
  const found: string[] = [];
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row];
    if (code !== missingCode && rank[code] === missingCode) {
      rank[code] = found.length;
      found.push(names[code]);
    }
    renumbered[row] = code === missingCode ? missingCode : rank[code];
  }
  return { codes: renumbered, names: found };
}

/** Refuses a dictionary column whose shape or codes are broken; tells whether no row is missing its name. */
export function checkCodes(caller: string, path: string, column: Codes, length?: number): boolean {
  const { codes, names } = column;
  if (!(codes instanceof Uint32Array) || !Array.isArray(names)) {
    refuse(caller, "shape-mismatch", path, "codes in a Uint32Array and a list of names", "another shape");
  }
  if (length !== undefined && codes.length !== length) {
    refuse(caller, "shape-mismatch", `${path}.codes`, `${length} rows`, String(codes.length));
  }
  const size = names.length;
  const first = firstFrom(codes, size);
  for (let row = first; row < codes.length; row++) {
    const code = codes[row];
    if (code >= size && code !== missingCode) {
      refuse(caller, "invalid-value", `${path}.codes[${row}]`, `a code below ${size}`, describeValue(code));
    }
  }
  return first === codes.length;
}

/** The first row with a code of at least `least`, or the number of rows. In blocks, twice as fast as `includes`. */
function firstFrom(codes: Uint32Array, least: number): number {
  let row = 0;
  for (let end = 0; row === end && row < codes.length;) {
    end = Math.min(codes.length, end + block);
    row = firstWithin(codes, least, row, end);
  }
  return row;
}

function firstWithin(codes: Uint32Array, least: number, from: number, to: number): number {
  let row = from;
  while (row < to && codes[row] < least) row++;
  return row;
}

/** Refuses a dictionary with a repeated name, at the door where dictionaries come from outside. */
export function checkDistinct(caller: string, path: string, { names }: Codes): void {
  if (hasRepeatedString(names)) {
    refuse(caller, "invalid-value", `${path}.names`, "distinct names", "a repeated name");
  }
}
