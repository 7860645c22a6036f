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
      const needed = length + 4 + 3 * text.length; // a UTF-16 unit takes at most three bytes
      if (needed > buffer.length) {
        const larger = new Uint8Array(2 * needed);
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      const start = length + 4;
      const end = encode(text, buffer, start);
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

/** Writes UTF-8 and returns where it ends, negative when there was a lone surrogate. */
function encode(text: string, into: Uint8Array, from: number): number {
  let at = from;
  let wellFormed = true;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      into[at++] = unit;
    } else if (unit < 0x800) {
      into[at++] = 0xc0 | (unit >> 6);
      into[at++] = 0x80 | (unit & 63);
    } else {
      const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      const isPair = unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000;
      if (isPair) {
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff);
        into[at++] = 0xf0 | (point >> 18);
        into[at++] = 0x80 | ((point >> 12) & 63);
        into[at++] = 0x80 | ((point >> 6) & 63);
        into[at++] = 0x80 | (point & 63);
        i++;
      } else {
        if (unit >= 0xd800 && unit < 0xe000) wellFormed = false;
        into[at++] = 0xe0 | (unit >> 12);
        into[at++] = 0x80 | ((unit >> 6) & 63);
        into[at++] = 0x80 | (unit & 63);
      }
    }
  }
  return wellFormed ? at : -at;
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
// Two digits at a time: half the concatenations.
const pairs = Array.from({ length: 4096 }, (_, bits) => digits[bits >> 6] + digits[bits & 63]);

/** Bytes as base64url without padding (RFC 4648, section 5). */
export function base64url(bytes: Uint8Array): string {
  let text = "";
  const whole = bytes.length - (bytes.length % 3);
  for (let i = 0; i < whole; i += 3) {
    text += pairs[(bytes[i] << 4) | (bytes[i + 1] >> 4)] + pairs[((bytes[i + 1] & 15) << 8) | bytes[i + 2]];
  }
  if (whole + 1 === bytes.length) return text + pairs[bytes[whole] << 4];
  if (whole + 2 !== bytes.length) return text;
  return text + pairs[(bytes[whole] << 4) | (bytes[whole + 1] >> 4)] + digits[(bytes[whole + 1] & 15) << 2];
}

/** Bytes as lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (byte < 16 ? "0" : "") + byte.toString(16);
  return text;
}
