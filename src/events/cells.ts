import type { Codes } from "../tables/codes.ts";
import { dictionaryEncoder, missingCode } from "../tables/codes.ts";
import type { ExtraColumn } from "../tables/event-log.ts";
import type { Utf8Names } from "../tables/utf8.ts";
import type { Refuse, RejectionCode } from "./intake.ts";

/** A column as it comes: any cells by position. */
export type Cells = ArrayLike<unknown>;

/** A dictionary that came with its column, checked. */
export interface GivenCodes extends Codes {
  /** Whether every row has a code. */
  readonly isFull: boolean;
}

/** What a column of names does with cells that are no names; a fault that is absent makes the cell missing. */
export interface NameRules {
  /** The fault of a cell that holds nothing. */
  readonly missing?: RejectionCode;
  /** The fault of a cell that cannot be a name. */
  readonly invalid: RejectionCode;
  /** Whether `""` holds nothing. */
  readonly emptyIsMissing: boolean;
}

/**
 * A cell as a name: a string is itself, a finite number or a bigint is written out.
 *
 * @param cell - any cell.
 * @returns the name; `null` when the cell holds nothing, `undefined` when it cannot be a name.
 */
export function nameOf(cell: unknown): string | null | undefined {
  if (typeof cell === "string") return cell;
  if (cell === null || cell === undefined) return null;
  return typeof cell === "bigint" || (typeof cell === "number" && Number.isFinite(cell)) ? String(cell) : undefined;
}

/** A cell as a number, NaN for none; `undefined` when it is neither. */
export function numberOf(cell: unknown): number | undefined {
  if (typeof cell === "number") return cell === Infinity || cell === -Infinity ? undefined : cell;
  if (cell === null || cell === undefined || cell === "") return NaN;
  const number = typeof cell === "bigint" ? Number(cell) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** Encodes cells as a dictionary in the order of appearance, and refuses rows without a name. */
export function encodeNames(cells: Cells, rules: NameRules, refuse: Refuse): Codes {
  const encoder = dictionaryEncoder();
  const codes = new Uint32Array(cells.length);
  for (let row = 0; row < codes.length; row++) {
    const name = nameOf(cells[row]);
    if (typeof name === "string" && !(name === "" && rules.emptyIsMissing)) {
      codes[row] = encoder.codeOf(name);
      continue;
    }
    codes[row] = missingCode;
    const fault = name === undefined ? rules.invalid : rules.missing;
    if (fault !== undefined) refuse(row, fault);
  }
  return { codes, names: encoder.names };
}

/** Takes a dictionary as it is, and refuses rows without a name. */
export function takeNames({ codes, names, isFull }: GivenCodes, rules: NameRules, refuse: Refuse): Codes {
  const empty = rules.emptyIsMissing ? names.indexOf("") : -1;
  if (rules.missing !== undefined && (!isFull || (empty >= 0 && codes.includes(empty)))) {
    for (let row = 0; row < codes.length; row++) {
      if (codes[row] === missingCode || codes[row] === empty) refuse(row, rules.missing);
    }
  }
  return { codes, names: [...names] };
}

/** Takes names that were encoded from UTF-8 as {@link encodeNames} takes strings; names that lose all rows stay. */
export function takeText({ rowCodes, names }: Utf8Names, rules: NameRules, refuse: Refuse): Codes {
  const isGap = (name: string | undefined): boolean => name === "" && rules.emptyIsMissing;
  const texts = names.map((name) => name ?? "");
  const odd = Uint8Array.from(names, (name) => Number(name === undefined || isGap(name)));
  const isMissingFault = rules.missing !== undefined && rowCodes.includes(missingCode);
  if (!odd.includes(1) && !isMissingFault) return { codes: rowCodes, names: texts };
  const codes = rowCodes.slice();
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row];
    if (code !== missingCode && odd[code] === 0) continue;
    codes[row] = missingCode;
    const fault = code !== missingCode && names[code] === undefined ? rules.invalid : rules.missing;
    if (fault !== undefined) refuse(row, fault);
  }
  return { codes, names: texts };
}

/** Reads cells as numbers, NaN for none, and refuses rows that hold anything else. */
export function encodeNumbers(cells: Cells, invalid: RejectionCode, refuse: Refuse): Float64Array {
  const numbers = new Float64Array(cells.length);
  for (let row = 0; row < numbers.length; row++) {
    const number = numberOf(cells[row]);
    numbers[row] = number ?? NaN;
    if (number === undefined) refuse(row, invalid);
  }
  return numbers;
}

/** Takes numbers as they are, without a copy, and refuses rows that hold an infinite one. */
export function takeNumbers(numbers: Float64Array, invalid: RejectionCode, refuse: Refuse): Float64Array {
  for (let row = 0; row < numbers.length; row++) {
    if (numbers[row] === Infinity || numbers[row] === -Infinity) refuse(row, invalid);
  }
  return numbers;
}

/**
 * Reads a further column by its content: numbers if all it holds is numbers, otherwise text, with numbers and booleans
 * written out. Nothing (`null`, `undefined`, NaN) is missing in both. `""` is a text, but does not make a column of
 * numbers one of text: there it is missing. A bigint is a number as long as no digit is lost.
 *
 * @param cells - the column.
 * @param marks - faults found so far: refused rows have no say in what kind of column it is.
 * @param refuse - called for rows that hold an object, a function, a symbol or an infinite number.
 * @returns the column, with names in the order of appearance.
 */
export function encodeExtra(cells: Cells, marks: Uint32Array, refuse: Refuse): ExtraColumn {
  let texts = false;
  let numbers = false;
  for (let row = 0; row < cells.length; row++) {
    if (marks[row] !== 0) continue;
    const cell = cells[row];
    if (typeof cell === "number") numbers ||= Number.isFinite(cell);
    else if (typeof cell === "bigint" && Number.isSafeInteger(Number(cell))) numbers = true;
    else if (cell !== "") texts ||= typeof cell === "string" || typeof cell === "boolean" || typeof cell === "bigint";
  }
  if (numbers && !texts) return encodeNumbers(cells, "invalid-extra", refuse);
  const encoder = dictionaryEncoder();
  const codes = new Uint32Array(cells.length);
  for (let row = 0; row < codes.length; row++) {
    const cell = cells[row];
    const text = typeof cell === "boolean" ? String(cell) : Number.isNaN(cell) ? null : nameOf(cell);
    codes[row] = typeof text === "string" ? encoder.codeOf(text) : missingCode;
    if (text === undefined) refuse(row, "invalid-extra");
  }
  return { codes, names: encoder.names };
}
