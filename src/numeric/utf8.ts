/** Bytes that one UTF-16 code unit takes in UTF-8 at most. */
export const bytesPerUnit = 3;

/**
 * Writes a string as UTF-8. A lone surrogate is written as UTF-8 would write its number, which no other string gives: two
 * strings have the same bytes if and only if they are equal.
 *
 * @param text - any string.
 * @param into - with room for {@link bytesPerUnit} bytes per code unit.
 * @param from - where to begin.
 * @returns where it ends, negative when there was a lone surrogate, which strict UTF-8 has no bytes for.
 */
export function writeUtf8(text: string, into: Uint8Array, from: number): number {
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
