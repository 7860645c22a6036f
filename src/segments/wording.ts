import { formatNumber, formatShare } from "../core/numbers.ts";

const identifier = /^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$/;

/**
 * A feature's or a stage's name as a reader would write it: `daysSinceLastPurchase` is "days since last purchase",
 * `averageRFMScore` "average RFM score", `orders_per_week` "orders per week".
 *
 * @param name - any string.
 * @returns words; a name that is no identifier, as it is.
 */
export function readableName(name: string): string {
  if (!identifier.test(name)) return name;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[ _]/);
  return words.map((word) => (/^[A-Z0-9]{2,}$/.test(word) ? word : word.toLowerCase())).join(" ");
}

/** A share as English writes it: `37.5%`. */
export function percentText(share: number): string {
  return formatShare(share).replace(" ", "");
}

const fractions: readonly (readonly [number, string])[] = [
  [1 / 5, "one in five"],
  [1 / 4, "one in four"],
  [1 / 3, "one in three"],
  [2 / 5, "two in five"],
  [1 / 2, "half of all"],
  [3 / 5, "three in five"],
  [2 / 3, "two in three"],
  [3 / 4, "three in four"],
  [4 / 5, "four in five"],
  [9 / 10, "nine in ten"],
];
const smallNumbers = ["six", "seven", "eight", "nine", "ten"];

/**
 * How many customers a share is, in words that stand before "customers": "about one in three", "half of all", "nearly all".
 *
 * @param share - between 0 and 1.
 * @returns words; "about" is left out where they are exact.
 */
export function shareInWords(share: number): string {
  if (share <= 0) return "no";
  if (share >= 1) return "all";
  if (share > 0.95) return "nearly all";
  const [fraction, words] = share < 2 / 11 ? oneIn(Math.round(1 / share)) : nearest(share);
  return Math.abs(share - fraction) < 1e-9 ? words : `about ${words}`;
}

function oneIn(n: number): readonly [number, string] {
  return [1 / n, `one in ${smallNumbers[n - 6] ?? formatNumber(n)}`];
}

function nearest(share: number): readonly [number, string] {
  return fractions.reduce((best, one) => (Math.abs(one[0] - share) < Math.abs(best[0] - share) ? one : best));
}

const countedUnits = /^(second|minute|hour|day|week|month|quarter|year|period|session|visit|order|event|item|point)$/;

/**
 * A number with its unit: "1 day", "90 days", "310 EUR", "$310", "12%".
 *
 * @param value - a finite number.
 * @param unit - as the table has it; absent = the number alone.
 */
export function amountText(value: number, unit: string | undefined): string {
  const number = formatNumber(value);
  if (unit === undefined || unit === "") return number;
  if (unit === "%") return `${number}%`;
  if (/^[$€£¥]$/.test(unit)) return value < 0 ? `-${unit}${number.slice(1)}` : `${unit}${number}`;
  return `${number} ${countedUnits.test(unit) && number !== "1" ? `${unit}s` : unit}`;
}

// Words that end in s and are amounts, not things that can be counted.
const amounts = /^(sales|earnings|savings|expenses|costs|savings|proceeds|spendings?)$/;

/**
 * Whether a readable name counts things, as "days since last purchase", "orders" or "basket items per visit" do: many or
 * few of them; otherwise the name is a quantity, high or low.
 *
 * @param name - made by {@link readableName}.
 */
export function countsThings(name: string): boolean {
  const head = name.split(/ (?:since|to|from|until|per|of|in|with|without|before|after|between|by|for|on)(?: |$)/)[0];
  const noun = head.slice(head.lastIndexOf(" ") + 1);
  return /^[a-z]+[^sui]s$/.test(noun) && !amounts.test(noun);
}

/** The sentence with a capital letter; only ASCII letters change, so no language's rules are asked. */
export function capitalized(text: string): string {
  return /^[a-z]/.test(text) ? `${text[0].toUpperCase()}${text.slice(1)}` : text;
}
