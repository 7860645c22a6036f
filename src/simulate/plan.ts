/**
 * One planted kind of customer. Purchases follow a BG/NBD process and spend a gamma-gamma model, each with the parameters
 * of this segment, in days and in the shop's currency.
 */
export interface ShopSegment {
  /** The segment's name, in the truth only. */
  readonly name: string;
  /** Weight beside the other segments; 0 = nobody. */
  readonly share: number;
  /** True when its customers buy on their first visit and then again; false when they only ever browse. */
  readonly buys: boolean;
  /** Shape of the gamma distribution of purchase rates. */
  readonly r: number;
  /** Rate of that distribution in days: a customer buys `r / alpha` times a day on average, while active. */
  readonly alpha: number;
  /** First shape of the beta distribution of the chance to leave after a repeat purchase; 0 = nobody leaves. */
  readonly a: number;
  /** Second shape of that distribution: the mean chance is `a / (a + b)`. */
  readonly b: number;
  /** Shape of the gamma distribution of one customer's order values. */
  readonly p: number;
  /** Shape of the gamma distribution of the customers' spend rates, > 1. */
  readonly q: number;
  /** Rate of that distribution: the mean order value over customers is `p · v / (q - 1)`. */
  readonly v: number;
}

/** A shop whose customers return for years, hunt bargains, drop in, leave early, or only look. */
export const ordinaryShop: readonly ShopSegment[] = [
  { name: "loyal", share: 0.15, buys: true, r: 6, alpha: 200, a: 1, b: 40, p: 6, q: 6, v: 75 },
  { name: "bargain", share: 0.25, buys: true, r: 4, alpha: 275, a: 1, b: 15, p: 6, q: 6, v: 16 },
  { name: "occasional", share: 0.35, buys: true, r: 2, alpha: 350, a: 1, b: 6, p: 5, q: 5, v: 50 },
  { name: "dormant", share: 0.15, buys: true, r: 1.5, alpha: 80, a: 3, b: 2, p: 5, q: 5, v: 36 },
  { name: "browser", share: 0.1, buys: false, r: 1.5, alpha: 300, a: 0, b: 1, p: 5, q: 5, v: 36 },
];

/** True for a list that {@link simulateShop} can simulate; names are unique, someone is in the shop. */
export function isPlan(value: unknown): boolean {
  if (!Array.isArray(value) || !value.every(isSegment)) return false;
  const segments: readonly ShopSegment[] = value;
  const names = new Set(segments.map(({ name }) => name));
  return names.size === segments.length && segments.some(({ share }) => share > 0);
}

function isSegment(value: unknown): value is ShopSegment {
  if (value === null || typeof value !== "object") return false;
  const { name, share, buys, r, alpha, a, b, p, q, v } = value as ShopSegment;
  const positive = [r, alpha, b, p, v].every((x) => Number.isFinite(x) && x > 0);
  const rest = Number.isFinite(share) && share >= 0 && Number.isFinite(a) && a >= 0 && Number.isFinite(q) && q > 1;
  return typeof name === "string" && typeof buys === "boolean" && positive && rest;
}
