import { encodeText, type TextColumn } from "./encode-text.ts";
import { bytesPerUnit, writeUtf8 } from "./utf8.ts";

/** A list of strings as a dictionary. */
export interface EncodedStrings {
  /** One code per string, in the order of first appearance. */
  readonly codes: Uint32Array;
  /** The distinct strings by code: of equal ones the first. */
  readonly names: string[];
}

/** Up to so many names a `Map` stays in the cache, and knows strings that are one object without looking at them. */
const few = 4096;
/** A function that is called often is compiled once and for good. */
const blockRows = 4096;
const mostBytes = 0xffffffff;

/**
 * Encodes strings as a dictionary: few distinct ones in a `Map`, many by their bytes, see {@link encodeText}. A large `Map`
 * waits for memory at every look into its table and at every comparison of two strings, several times while it grows.
 *
 * @param strings - any strings.
 * @returns codes and names as a `Map` would number them. Strings that were made to collide in the kernel's table, and more
 * than 4 GiB of text, are numbered by a `Map`, whose hash is the engine's secret. Cost O(characters); beside the result the
 * text of all strings and a table of the distinct ones.
 */
export function encodeStrings(strings: readonly string[]): EncodedStrings {
  const byMap = encodeByMap(strings, few);
  if (byMap.codes.length === strings.length) return byMap;
  return encodeByBytes(strings) ?? encodeByMap(strings, Infinity);
}

/** Numbers strings in a `Map`, up to the one that would be the first of more than `most` distinct ones. */
function encodeByMap(strings: readonly string[], most: number): EncodedStrings {
  const codeByName = new Map<string, number>();
  const names: string[] = [];
  const codes = new Uint32Array(strings.length);
  for (let row = 0; row < strings.length; row++) {
    let code = codeByName.get(strings[row]);
    if (code === undefined) {
      code = names.length;
      if (code === most) return { codes: codes.subarray(0, row), names };
      codeByName.set(strings[row], code);
      names.push(strings[row]);
    }
    codes[row] = code;
  }
  return { codes, names };
}

/** Numbers strings by their bytes; `undefined` when the kernel cannot. */
function encodeByBytes(strings: readonly string[]): EncodedStrings | undefined {
  const column = writeColumn(strings);
  if (column === undefined) return undefined;
  const encoded = encodeText(column);
  if (encoded === "crowded" || encoded === "too-large") return undefined;
  const { codes } = encoded;
  const names = new Array<string>(encoded.names.offsets.length - 1);
  let found = 0;
  for (let row = 0; found < names.length; row++) if (codes[row] === found) names[found++] = strings[row];
  return { codes, names };
}

/** All strings in one block of bytes; `undefined` when it would be too large. */
function writeColumn(strings: readonly string[]): TextColumn | undefined {
  const offsets = new Uint32Array(strings.length + 1);
  let bytes = new Uint8Array(Math.min(mostBytes, 16 * strings.length));
  for (let from = 0; from < strings.length; from += blockRows) {
    const to = Math.min(strings.length, from + blockRows);
    const most = offsets[from] + bytesPerUnit * unitsOf(strings, from, to);
    if (most > mostBytes) return undefined;
    if (most > bytes.length) {
      const larger = new Uint8Array(Math.min(mostBytes, 2 * most));
      larger.set(bytes.subarray(0, offsets[from]));
      bytes = larger;
    }
    writeBlock(strings, from, to, bytes, offsets);
  }
  return { bytes, offsets };
}

function unitsOf(strings: readonly string[], from: number, to: number): number {
  let units = 0;
  for (let row = from; row < to; row++) units += strings[row].length;
  return units;
}

function writeBlock(
  strings: readonly string[],
  from: number,
  to: number,
  bytes: Uint8Array,
  offsets: Uint32Array,
): void {
  for (let row = from; row < to; row++) offsets[row + 1] = Math.abs(writeUtf8(strings[row], bytes, offsets[row]));
}
