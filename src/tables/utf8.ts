import { describeValue, refuse } from "../core/errors.ts";
import { encodeText, type Presence, type TextColumn } from "../numeric/encode-text.ts";
import { type Codes, missingCode } from "./codes.ts";

/**
 * A column of strings in UTF-8, as Arrow lays out its types Utf8 and LargeUtf8: the string of row `i` is
 * `bytes[offsets[i]]` up to, not including, `bytes[offsets[i + 1]]`. Views of larger buffers will do: the first offset need
 * not be 0.
 */
export interface Utf8Column {
  /** The text of all rows, one after another. */
  readonly bytes: Uint8Array;
  /** One more than there are rows. */
  readonly offsets: Int32Array | Uint32Array | BigInt64Array;
  /** One bit per row, the lowest bit of a byte first: 0 = missing. Absent, null or empty when no row is missing. */
  readonly validity?: Uint8Array | null | undefined;
  /** Which bit of `validity` belongs to the first row; default 0. A slice of an Arrow column begins in the middle. */
  readonly validityOffset?: number | undefined;
}

/** Tells whether a value looks like a {@link Utf8Column}. */
export function isUtf8(value: unknown): value is Utf8Column {
  return typeof value === "object" && value !== null && "bytes" in value && "offsets" in value;
}

/**
 * Encodes a column of UTF-8 strings as a dictionary without making a string of every row: several times faster than
 * {@link codesOf} for the columns of Arrow and Parquet files.
 *
 * @param column - see {@link Utf8Column}; it is not changed.
 * @returns what `codesOf` gives for the decoded strings: codes in order of first appearance. Any string is a name, also `""`.
 * @throws {ClienteleError} `invalid-value` at the first offset that decreases or lies outside the bytes, and at a row that is
 * no valid UTF-8: nothing is replaced, so different bytes never become one name. `shape-mismatch` when the column is no such
 * column or `validity` is too short; `too-large` beyond 4 GiB of text, or of distinct text.
 * @example
 * const column = { bytes: Uint8Array.of(97, 98, 99, 97, 98), offsets: Int32Array.of(0, 2, 3, 5) };
 * codesOfUtf8(column); // { codes: Uint32Array [0, 1, 0], names: ["ab", "c"] }
 * @see Arrow columnar format, variable-size binary layout. Cost: one pass over the bytes, a lookup per row.
 */
export function codesOfUtf8(column: Utf8Column): Codes {
  const { rowCodes, names } = encodeUtf8("codesOfUtf8", "column", column);
  const fault = names.indexOf(undefined);
  if (fault >= 0) {
    refuse("codesOfUtf8", "invalid-value", `column[${rowCodes.indexOf(fault)}]`, "valid UTF-8", "other bytes");
  }
  return { codes: rowCodes, names: names as readonly string[] };
}

/** A column of which every row has been given a name, and the bytes that are no text `undefined` for a name. */
export interface Utf8Names {
  /** One code per row. */
  readonly rowCodes: Uint32Array;
  /** Distinct strings by code, in order of first appearance. */
  readonly names: readonly (string | undefined)[];
}

/** {@link codesOfUtf8} for a caller that treats bytes that are no UTF-8 in its own way. */
export function encodeUtf8(caller: string, path: string, column: Utf8Column): Utf8Names {
  const { text, presence } = readColumn(caller, path, column);
  const encoded = encodeText(text, presence);
  if (encoded === "too-large") refuse(caller, "too-large", path, "at most 4 GiB of distinct text", "more");
  if (encoded === "crowded") return encodeByStrings(text, presence);
  return { rowCodes: encoded.codes, names: decodeNames(encoded.names) };
}

const most = 2 ** 32 - 1;

/** Checks a column, and brings its parts into one form. */
function readColumn(
  caller: string,
  path: string,
  column: Utf8Column,
): { text: TextColumn; presence: Presence | undefined } {
  if (!isUtf8(column)) refuse(caller, "shape-mismatch", path, "bytes with offsets", describeValue(column));
  const { bytes, validity, validityOffset = 0 } = column;
  if (!(bytes instanceof Uint8Array)) {
    refuse(caller, "shape-mismatch", `${path}.bytes`, "a Uint8Array", describeValue(bytes));
  }
  if (bytes.length > most) refuse(caller, "too-large", `${path}.bytes`, `at most ${most} bytes`, String(bytes.length));
  const offsets = readOffsets(caller, `${path}.offsets`, column.offsets, bytes.length);
  if (validity === undefined || validity === null || validity.length === 0) {
    return { text: { bytes, offsets }, presence: undefined };
  }
  if (!Number.isSafeInteger(validityOffset) || validityOffset < 0) {
    refuse(caller, "invalid-value", `${path}.validityOffset`, "a number of bits", describeValue(validityOffset));
  }
  const bits = validityOffset + offsets.length - 1;
  if (!(validity instanceof Uint8Array) || validity.length * 8 < bits) {
    const found = validity instanceof Uint8Array ? String(validity.length) : describeValue(validity);
    refuse(
      caller,
      "shape-mismatch",
      `${path}.validity`,
      `a Uint8Array of at least ${Math.ceil(bits / 8)} bytes`,
      found,
    );
  }
  return { text: { bytes, offsets }, presence: { bits: validity, firstBit: validityOffset } };
}

/** Offsets as unsigned numbers that never decrease and end within the bytes; a column without rows may have none. */
function readOffsets(caller: string, path: string, offsets: Utf8Column["offsets"], end: number): Uint32Array {
  const isLarge = offsets instanceof BigInt64Array;
  if (!isLarge && !(offsets instanceof Int32Array) && !(offsets instanceof Uint32Array)) {
    refuse(caller, "shape-mismatch", path, "an Int32Array, Uint32Array or BigInt64Array", describeValue(offsets));
  }
  if (offsets.length === 0) return new Uint32Array(1);
  const numbers = isLarge
    ? lowWords(offsets, end)
    : // The same bits: a negative offset becomes one that is larger than any column.
      new Uint32Array(offsets.buffer, offsets.byteOffset, offsets.length);
  const fault = firstFault(numbers, end);
  if (fault >= 0) {
    const before = fault === 0 ? 0 : numbers[fault - 1];
    refuse(
      caller,
      "invalid-value",
      `${path}[${fault}]`,
      `from ${before} to ${end}`,
      describeValue(Number(offsets[fault])),
    );
  }
  return numbers;
}

/** 64-bit offsets in 32 bits; those that lie outside the bytes keep doing so. */
function lowWords(offsets: BigInt64Array, end: number): Uint32Array {
  const words = new Uint32Array(offsets.length);
  for (let i = 0; i < words.length; i++) {
    const offset = Number(offsets[i]);
    words[i] = offset >= 0 && offset <= end ? offset : most;
  }
  return words;
}

/** The position of the first offset below its predecessor or beyond the bytes; −1 when there is none. */
function firstFault(offsets: Uint32Array, end: number): number {
  const block = 4096;
  for (let from = 0; from < offsets.length; from += block) {
    if (!ascend(offsets, Math.max(1, from), Math.min(offsets.length, from + block))) {
      return offsets.findIndex((offset, i) => offset > end || (i > 0 && offset < offsets[i - 1]));
    }
  }
  return offsets[offsets.length - 1] <= end ? -1 : offsets.findIndex((offset) => offset > end);
}

/** A function that is called often is compiled once and for good. */
function ascend(offsets: Uint32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (offsets[i] < offsets[i - 1]) return false;
  return true;
}

/** Bytes that are decoded by one call. */
const chunkBytes: number = 2 ** 14;

/** Decodes many short texts: by the chunk, because a call of the decoder costs as much as a hundred bytes. */
function decodeNames({ bytes, offsets }: TextColumn): (string | undefined)[] {
  const decode = utf8Decoder();
  const count = offsets.length - 1;
  const names = new Array<string | undefined>(count);
  for (let first = 0; first < count;) {
    const start = offsets[first];
    let end = first + 1;
    while (end < count && offsets[end + 1] - start <= chunkBytes) end++;
    const text = decode(bytes.subarray(start, offsets[end]));
    if (text !== undefined && text.length === offsets[end] - start) {
      // One code unit per byte: ASCII.
      for (let name = first; name < end; name++)
        names[name] = text.slice(offsets[name] - start, offsets[name + 1] - start);
    } else {
      for (let name = first; name < end; name++) {
        names[name] = decode(bytes.subarray(offsets[name], offsets[name + 1]));
      }
    }
    first = end;
  }
  return names;
}

/** Decodes bytes strictly: what is no UTF-8 is `undefined`; a byte order mark is a character like others. */
function utf8Decoder(): (bytes: Uint8Array) => string | undefined {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  };
}

/** The slow way, for names that somebody made to collide: engines keep strings in tables whose hash nobody can foresee. */
function encodeByStrings({ bytes, offsets }: TextColumn, presence: Presence | undefined): Utf8Names {
  const decode = utf8Decoder();
  const codeByName = new Map<string | undefined, number>();
  const rowCodes = new Uint32Array(offsets.length - 1).fill(missingCode);
  for (let row = 0; row < rowCodes.length; row++) {
    const bit = (presence?.firstBit ?? 0) + row;
    if (presence !== undefined && ((presence.bits[bit >>> 3] >>> (bit & 7)) & 1) === 0) continue;
    // A copy, because a decoder may refuse shared memory.
    const name = decode(bytes.slice(offsets[row], offsets[row + 1]));
    const code = codeByName.get(name) ?? codeByName.size;
    codeByName.set(name, code);
    rowCodes[row] = code;
  }
  return { rowCodes, names: [...codeByName.keys()] };
}
