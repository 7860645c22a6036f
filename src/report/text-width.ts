// Advance widths of Helvetica, Arial and Liberation Sans in thousandths of the font size, for the characters from space
// to tilde (Adobe font metrics, Helvetica). Pictures are laid out with these on every machine, whatever fonts it has.
const widths: readonly number[] = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
  556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
  722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
  556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
  260, 334, 584,
];

/**
 * Estimates how wide a line of text is drawn.
 *
 * @param line - one line.
 * @param fontSize - in pixels.
 * @param bold - whether the font is bold.
 * @returns pixels, with a margin for the wider fonts (DejaVu Sans, Verdana) that stand in where there is no Arial.
 */
export function textWidth(line: string, fontSize: number, bold: boolean): number {
  let sum = 0;
  for (let i = 0; i < line.length; i++) sum += unitWidth(line.charCodeAt(i));
  return (sum * fontSize * (bold ? 1.22 : 1.14)) / 1000;
}

/** Outside ASCII: alphabets are about as wide as Latin, East Asian signs fill the square, a pair of surrogates makes one. */
function unitWidth(code: number): number {
  if (code >= 32 && code < 127) return widths[code - 32];
  if (code === 0x2026) return 1000;
  if (code >= 0xd800 && code < 0xe000) return 500;
  return code >= 0x1100 && !(code >= 0x1e00 && code < 0x2e80) ? 1000 : 600;
}
