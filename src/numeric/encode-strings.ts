import { encodeText, type Presence, type TextColumn } from "./encode-text.ts";
import { bytesPerUnit, writeUtf8 } from "./utf8.ts";

/** A list of strings as a dictionary. */
export interface EncodedStrings {
  /** One code per string, in the order of first appearance; 0xffffffff = missing. */
  readonly codes: Uint32Array;
  /** The distinct strings by code: of equal ones the first. */
  readonly names: string[];
}

const missing = 0xffffffff;
/** Up to so many names a `Map` stays in the cache, and knows strings that are one object without looking at them. */
const few = 4096;
/** A function that is called often is compiled once and for good. */
const blockRows = 4096;
const mostBytes = 0xffffffff;

/**
 * Encodes strings as a dictionary: few distinct ones in a `Map`, many by their bytes, see {@link encodeText}. A large `Map`
 * waits for memory at every look into its table and at every comparison of two strings, several times while it grows.
 *
 * @param strings - any strings; `null` and `undefined` are missing.
 * @returns codes and names as a `Map` would number them. Strings that were made to collide in the kernel's table, and more
 * than 4 GiB of text, are numbered by a `Map`, whose hash is the engine's secret. Cost O(characters); beside the result the
 * text of all strings and a table of the distinct ones.
 */
export function encodeStrings(strings: readonly (string | null | undefined)[]): EncodedStrings {
  return encodeByMap(strings, few) ?? encodeByBytes(strings) ?? encodeByMap(strings, Infinity)!;
}

/** Numbers strings in a `Map`; `undefined` when there are more than `most` distinct ones. */
function encodeByMap(strings: readonly (string | null | undefined)[], most: number): EncodedStrings | undefined {
  const codeByName = new Map<string, number>();
  const names: string[] = [];
  const codes = new Uint32Array(strings.length);
  for (let row = 0; row < strings.length; row++) {
    const text = strings[row];
    if (text === null || text === undefined) {
      codes[row] = missing;
      continue;
    }
    let code = codeByName.get(text);
    if (code === undefined) {
      code = names.length;
      if (code >= most) return undefined;
      codeByName.set(text, code);
      names.push(text);
    }
    codes[row] = code;
  }
  return { codes, names };
}

/** Numbers strings by their bytes; `undefined` when the kernel cannot. */
function encodeByBytes(strings: readonly (string | null | undefined)[]): EncodedStrings | undefined {
  const written = writeColumn(strings);
  if (written === undefined) return undefined;
  const encoded = encodeText(written.column, written.presence);
  if (encoded === "crowded" || encoded === "too-large") return undefined;
  const { codes } = encoded;
  const names = new Array<string>(encoded.names.offsets.length - 1);
  let found = 0;
  for (let row = 0; found < names.length; row++) if (codes[row] === found) names[found++] = strings[row] as string;
  return { codes, names };
}

/** All strings in one block of bytes; `undefined` when it would be too large. */
function writeColumn(
  strings: readonly (string | null | undefined)[],
): { column: TextColumn; presence: Presence | undefined } | undefined {
  const offsets = new Uint32Array(strings.length + 1);
  const bits = new Uint8Array(Math.ceil(strings.length / 8)).fill(255);
  let bytes = new Uint8Array(16 * strings.length);
  let someMissing = false;
  for (let from = 0; from < strings.length; from += blockRows) {
    const to = Math.min(strings.length, from + blockRows);
    const most = offsets[from] + bytesPerUnit * unitsOf(strings, from, to);
    if (most > mostBytes) return undefined;
    if (most > bytes.length) {
      const larger = new Uint8Array(Math.min(mostBytes, 2 * most));
      larger.set(bytes.subarray(0, offsets[from]));
      bytes = larger;
    }
    if (!writeBlock(strings, from, to, bytes, offsets, bits)) someMissing = true;
  }
  return { column: { bytes, offsets }, presence: someMissing ? { bits, firstBit: 0 } : undefined };
}

function unitsOf(strings: readonly (string | null | undefined)[], from: number, to: number): number {
  let units = 0;
  for (let row = from; row < to; row++) units += strings[row]?.length ?? 0;
  return units;
}

/** Writes some rows; false when one is missing. */
function writeBlock(
  strings: readonly (string | null | undefined)[],
  from: number,
  to: number,
  bytes: Uint8Array,
  offsets: Uint32Array,
  bits: Uint8Array,
): boolean {
  let complete = true;
  let end = offsets[from];
  for (let row = from; row < to; row++) {
    const text = strings[row];
    if (text === null || text === undefined) {
      bits[row >>> 3] &= ~(1 << (row & 7));
      complete = false;
    } else {
      end = Math.abs(writeUtf8(text, bytes, end));
    }
    offsets[row + 1] = end;
  }
  return complete;
}
