// What every section is made of, and the words that they share.
import type { Section } from "clientele/report";
import type { Figures } from "../figures.ts";
import type { Analysis, Shop } from "../pipeline.ts";
import { orReason } from "../reason.ts";

/** Everything that was found. */
export interface Material {
  readonly shop: Shop;
  readonly analysis: Analysis;
  readonly figures: Figures;
  readonly story: readonly string[];
}

/** A table of a section. */
export type Table = NonNullable<Section["table"]>;

export const dayMs = 86_400_000;

/** The features that tell something, under names that need no explanation. */
export const titles: Readonly<Record<string, string>> = {
  daysSinceLastPurchase: "Days since last purchase",
  orderCount: "Orders",
  revenue: "Revenue",
  tenureDays: "Days since first seen",
  activeDays: "Active days (of 90)",
  sessions: "Sessions (in 90 days)",
  engagement: "Engagement (0 to 1)",
};

/** A number for a table cell. */
export function round(value: number, digits = 0): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

/** 12.3 of 100, for a table cell; null of nothing. */
export function percent(part: number, whole: number): number | null {
  return whole > 0 ? round((100 * part) / whole, 1) : null;
}

/**
 * Makes one section, or says why the data do not carry it.
 *
 * @param title - its heading.
 * @param make - makes the rest of it, or returns the sentence that says what is missing.
 * @returns the section.
 */
export function sectionOr(title: string, make: () => Omit<Section, "title"> | string): Section {
  const made = orReason(make);
  return typeof made === "string" ? { title, text: made } : { title, ...made };
}
