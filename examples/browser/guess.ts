// Which column is what: a guess that a person confirms.
import type { Glimpse } from "./csv.ts";

/** A column per role; empty = none. */
export interface Mapping {
  readonly customer: string;
  readonly time: string;
  readonly type: string;
  /** The kind of event that is a purchase. */
  readonly purchase: string;
  readonly value: string;
  readonly order: string;
  readonly variant: string;
  readonly decimal: "." | ",";
}

const names: Readonly<Record<"customer" | "time" | "type" | "value" | "order" | "variant", RegExp>> = {
  customer: /cust|client|user|kund|member|master|buyer|visitor|person|^who$|^uid$/i,
  time: /time|date|datum|when|day|stamp|^ts$|_at$/i,
  type: /event|action|activity|^type$|^kind$|^what$/i,
  value: /amount|revenue|total|value|spend|price|umsatz|betrag|worth|money/i,
  order: /order|invoice|transaction|receipt|basket|bestell/i,
  variant: /variant|treatment|^arm$|^group$|bucket|version/i,
};

const looksLikeTime = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?$/;
const purchaseNames = /purchas|buy|bought|order|paid|payment|checkout_complete|transaction|sale/i;

/**
 * Guesses by names first, then by what the cells look like.
 *
 * @param glimpse - header and first rows.
 * @returns the guess; every role may be empty.
 */
export function guessMapping({ header, rows }: Glimpse): Mapping {
  const cellsOf = (name: string): string[] => {
    const at = header.indexOf(name);
    return rows.map((row) => (row[at] ?? "").trim()).filter((cell) => cell !== "");
  };
  const most = (name: string, test: (cell: string) => boolean): boolean => {
    const cells = cellsOf(name);
    return cells.length > 0 && cells.filter(test).length >= 0.9 * cells.length;
  };
  const isNumber = (cell: string): boolean => /^[+-]?(\d+([.,]\d+)?|[.,]\d+)$/.test(cell);
  const taken = new Set<string>();
  const pick = (role: keyof typeof names, fits: (name: string) => boolean): string => {
    const found = header.find((name) => name !== "" && !taken.has(name) && names[role].test(name) && fits(name)) ?? "";
    if (found !== "") taken.add(found);
    return found;
  };
  const few = (name: string): boolean => new Set(cellsOf(name)).size <= 40;
  const isTime = (name: string): boolean => most(name, (cell) => looksLikeTime.test(cell));
  let time = pick("time", isTime);
  if (time === "") time = header.find(isTime) ?? pick("time", () => true);
  taken.add(time);
  const order = pick("order", (name) => !most(name, (cell) => /[.,]\d/.test(cell)) && !few(name));
  const customer = pick("customer", () => true);
  const variant = pick("variant", few);
  const type = pick("type", (name) => few(name) && !most(name, isNumber));
  const quantity = header.find((name) => /^(quantity|qty|menge)$/i.test(name) && most(name, isNumber));
  const value = pick("value", (name) => most(name, isNumber));
  const isPrice = /price|preis/i.test(value) && quantity !== undefined;
  const kinds = [...new Set(cellsOf(type))];
  return {
    ...{ customer, time, type, order, variant },
    purchase: kinds.find((kind) => purchaseNames.test(kind)) ?? "purchase",
    value: isPrice ? `${quantity}*${value}` : value,
    decimal: most(value, isNumber) && cellsOf(value).some((cell) => cell.includes(",")) ? "," : ".",
  };
}
