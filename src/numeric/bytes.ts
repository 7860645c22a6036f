import { bytesPerUnit, writeUtf8 } from "./utf8.ts";

/** Text as bytes, each string with its length before it, so that no two lists of strings give the same bytes. */
export interface ByteWriter {
  /** Forgets what was written. */
  clear(): void;
  /**
   * Appends a string as UTF-8 behind its length in bytes, an unsigned 32-bit integer, most significant byte first.
   *
   * @param text - any string. A lone surrogate is written as UTF-8 would write its number, which no other string gives.
   * @returns false when there was a lone surrogate, which strict UTF-8 has no bytes for.
   */
  write(text: string): boolean;
  /** What was written: a view that the next call invalidates. */
  bytes(): Uint8Array;
}

/** Opens an empty writer. */
export function byteWriter(): ByteWriter {
  let buffer = new Uint8Array(256);
  let length = 0;
  return {
    clear() {
      length = 0;
    },
    write(text) {
      const needed = length + 4 + bytesPerUnit * text.length;
      if (needed > buffer.length) {
        const larger = new Uint8Array(2 * needed);
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      const start = length + 4;
      const end = writeUtf8(text, buffer, start);
      const size = Math.abs(end) - start;
      buffer[length] = size >>> 24;
      buffer[length + 1] = size >>> 16;
      buffer[length + 2] = size >>> 8;
      buffer[length + 3] = size;
      length = start + size;
      return end > 0;
    },
    bytes: () => buffer.subarray(0, length),
  };
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const digitCodes = Uint8Array.from(digits, (digit) => digit.charCodeAt(0));

/** Bytes as base64url without padding (RFC 4648, section 5). */
export function base64url(bytes: Uint8Array): string {
  const text = new Uint8Array(base64Length(bytes.length));
  writeBase64url(bytes, text, 0);
  return new TextDecoder().decode(text);
}

/** How many digits that many bytes take. */
export function base64Length(bytes: number): number {
  return Math.ceil((4 * bytes) / 3);
}

/** Writes the digits of {@link base64url}: text as bytes needs no string for every step. */
export function writeBase64url(bytes: Uint8Array, into: Uint8Array, from: number): void {
  let at = from;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = (bytes[i] << 16) | (left > 1 ? bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
    into[at++] = digitCodes[bits >> 18];
    into[at++] = digitCodes[(bits >> 12) & 63];
    if (left > 1) into[at++] = digitCodes[(bits >> 6) & 63];
    if (left > 2) into[at++] = digitCodes[bits & 63];
  }
}

/** Bytes as lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (byte < 16 ? "0" : "") + byte.toString(16);
  return text;
}
