// Numbers as people read them, the same on every machine: no locale is asked. Thousands are set off by a comma, decimals
// by a point, a minus is the plain hyphen so that a cell can be pasted into a spreadsheet, and missing is an en dash.

const missing = "–";

/**
 * Writes a number for people: whole numbers whole, others with about four digits that matter.
 *
 * @param value - any number, or null for missing.
 * @returns for example `1,234,567`, `0.1235`, `-12.35`, `1.2e-7`, `–`.
 */
export function formatNumber(value: number | null): string {
  if (value === null || Number.isNaN(value)) return missing;
  const size = Math.abs(value);
  if (size === Infinity) return value < 0 ? "-∞" : "∞";
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return tiny(value);
  if (Number.isInteger(value)) return grouped(value.toFixed(0));
  if (size >= 1000) return grouped(value.toFixed(0));
  if (size < 1) return withoutZeros(value.toPrecision(4));
  return withoutZeros(value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3));
}

/**
 * Writes the numbers of one column alike: the same number of decimals, as many as the column needs and its size allows.
 *
 * @param values - the column; null and NaN are missing.
 * @returns one string per cell.
 */
export function formatColumn(values: readonly (number | null)[]): string[] {
  const finite = values.filter((value): value is number => value !== null && Number.isFinite(value));
  let largest = 0;
  for (const value of finite) largest = Math.max(largest, Math.abs(value));
  const allowed = largest >= 100_000 ? 0 : largest >= 100 ? 2 : largest >= 1 ? 3 : 4;
  let decimals = 0;
  while (decimals < allowed && finite.some((value) => !isRound(value, decimals))) decimals++;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value) || Math.abs(value) >= 1e15) return formatNumber(value);
    const text = value.toFixed(decimals);
    return value !== 0 && Number(text) === 0 ? formatNumber(value) : grouped(text);
  });
}

/**
 * Writes a share of a whole in percent.
 *
 * @param share - between 0 and 1.
 * @returns for example `12.3 %`; `<0.1 %` for a share that is small but there.
 */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return missing;
  return share > 0 && share < 0.0005 ? "<0.1 %" : `${(100 * share).toFixed(1)} %`;
}

/**
 * A share of a whole as a number of percent for a column of a table.
 *
 * @param share - between 0 and 1.
 * @returns percent, rounded to hundredths.
 */
export function percentOf(share: number): number {
  return round(100 * share, 100);
}

/**
 * Writes a count so that it fits into a cell: thousands and millions in short.
 *
 * @param count - at least 0.
 * @param longest - counts from here on are shortened.
 * @returns at most six characters: `12,345`, `123k`, `1.23M`.
 */
export function shortCount(count: number, longest = 100_000): string {
  if (count < longest) return formatNumber(count);
  return count < 999_500 ? `${Math.round(count / 1000)}k` : `${formatNumber(Math.round(count / 1e4) / 100)}M`;
}

/**
 * Rounds to a fraction.
 *
 * @param value - any number.
 * @param unit - parts of one that are kept: 100 = hundredths.
 */
export function round(value: number, unit: number): number {
  return Math.round(value * unit) / unit + 0;
}

function isRound(value: number, decimals: number): boolean {
  return Math.abs(Number(value.toFixed(decimals)) - value) <= 1e-9 * Math.abs(value);
}

function tiny(value: number): string {
  const [digits, exponent] = value.toExponential(1).split("e");
  return `${withoutZeros(digits)}e${exponent.replace("+", "")}`;
}

function withoutZeros(text: string): string {
  const plain = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return plain === "-0" ? "0" : plain;
}

function grouped(text: string): string {
  const [whole, decimals] = text.split(".");
  const sign = whole.startsWith("-") ? "-" : "";
  let digits = whole.slice(sign.length);
  let groups = "";
  for (; digits.length > 3; digits = digits.slice(0, -3)) groups = `,${digits.slice(-3)}${groups}`;
  const number = `${digits}${groups}${decimals === undefined ? "" : `.${decimals}`}`;
  return sign === "" || /^[0.]*$/.test(number) ? number : `-${number}`;
}
