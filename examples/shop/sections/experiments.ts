// Did the campaign work? The split is checked first, then arms are held side by side, in all and by segment.
import { measureUpliftBySegment, testSampleRatio } from "clientele/experiments";
import type { UpliftEffect } from "clientele/experiments";
import type { Section } from "clientele/report";
import { labelsOf } from "clientele/tables";
import { buyersSince, segmentsAt } from "../periods.ts";
import type { Analysis, Shop } from "../pipeline.ts";
import { count, dateOf, some } from "../progress.ts";
import type { Material, Table } from "./material.ts";
import { dayMs, percent, round, sectionOr } from "./material.ts";

const windowDays = 14;

/** The section about experiments. */
export function experimentSections({ shop, analysis }: Material): Section[] {
  return [sectionOr("Experiments", () => experiment(shop, analysis))];
}

function experiment(shop: Shop, analysis: Analysis): Omit<Section, "title"> | string {
  const { experiment: tried, asOf, timeZone } = shop;
  if (tried === undefined) {
    return "No experiment is in the data. With a column that says who got which variant (--variant) this section shows what it did.";
  }
  const { arms, since, control, start, mixed } = tried;
  const names = [control, ...new Set([...arms.values()].filter((arm) => arm !== control))];
  if (names.length < 2) return `Everybody got the same variant: there is nothing to compare with.`;
  if (names.length > 20) return "The column with the variant has more than 20 different values: it names no variants.";
  // Whoever came last has had no time to buy: in all variants alike, but a rate of part of the time means nothing.
  const ids = [...arms.keys()].filter((id) => since.get(id)! + windowDays * dayMs <= asOf);
  const tooLate = arms.size - ids.length;
  if (ids.length === 0) return `Nobody had a variant for ${windowDays} days: too early to say what it does.`;
  const bought = buyersSince(shop, since, windowDays * dayMs);
  const before = segmentsAt(shop, analysis, start);
  const treatment = Uint8Array.from(ids, (id) => names.indexOf(arms.get(id)!));
  const report = measureUpliftBySegment(labelsOf(ids.map((id) => before.get(id) ?? -1)), {
    treatment,
    outcome: ids.map((id) => (bought.has(id) ? 1 : 0)),
    names: analysis.names,
  });
  const sizes = names.map((_, arm) => treatment.reduce((sum, one) => sum + (one === arm ? 1 : 0), 0));
  const everyone = [...arms.values()];
  const split = testSampleRatio(names.map((name) => everyone.reduce((sum, arm) => sum + (arm === name ? 1 : 0), 0)));
  return {
    text: [
      `${count(ids.length)} customers from ${dateOf(start, timeZone)} on: ${names.map((name, i) => `${name} ${count(sizes[i])}`).join(", ")}. ` +
        `Counted is who bought within ${windowDays} days of getting the variant.` +
        (tooLate > 0 ? ` Left out: ${some(tooLate, "customer")} who got it less than ${windowDays} days ago.` : "") +
        (mixed > 0 ? ` Left out: ${some(mixed, "customer")} with several variants.` : ""),
      split.mismatch
        ? "The variants are not equally large, and more so than chance makes them: if they were meant to be, something lost customers on " +
          "one side, and the comparison below is not to be trusted."
        : "The sizes are those of an even split.",
      ...report.treatments.map(({ treatment: arm, total }) =>
        total === null ? `${names[arm]}: an effect cannot be told.` : verdict(names[arm], control, total),
      ),
      (report.heterogeneity.pValue ?? 1) < 0.05
        ? "The segments answered differently: see the table, where chance is taken out of the last column."
        : "The segments do not differ by more than chance: the total is the best guess for each.",
    ].join("\n\n"),
    table: effects(names, report),
  };
}

function verdict(name: string, control: string, { estimate, interval, control: a, treated: b }: UpliftEffect): string {
  const rate = (mean: number): string => `${(100 * mean).toFixed(1)}%`;
  const points = `${estimate >= 0 ? "+" : "−"}${Math.abs(100 * estimate).toFixed(1)} points`;
  const ends = interval.map((end) => (100 * end).toFixed(1)).join(" to ");
  const says =
    interval[0] > 0
      ? "it worked"
      : interval[1] < 0
        ? "it did harm"
        : "it may have done nothing: the interval holds zero";
  return `${name}: ${rate(b.mean)} bought, against ${rate(a.mean)} with ${control}: ${points} (95% interval ${ends}), so ${says}.`;
}

function effects(names: readonly string[], report: ReturnType<typeof measureUpliftBySegment>): Table {
  const line = (
    who: string,
    one: UpliftEffect,
    adjusted: number | null,
    shrunken: number | null,
  ): (string | number | null)[] => [
    who,
    names[one.treatment],
    one.control.n,
    percent(one.control.mean, 1),
    one.treated.n,
    percent(one.treated.mean, 1),
    round(100 * one.estimate, 2),
    round(100 * one.interval[0], 2),
    round(100 * one.interval[1], 2),
    adjusted === null ? null : round(adjusted, 4),
    shrunken === null ? null : round(100 * shrunken, 2),
  ];
  return {
    columns: [
      "Segment before",
      "Variant",
      "Customers without it",
      "of them bought (%)",
      "Customers with it",
      "of them bought (%) ",
      "Difference (points)",
      "Low (95%)",
      "High (95%)",
      "p (adjusted for the segments)",
      "Difference to plan with (points)",
    ],
    rows: [
      ...report.treatments.flatMap(({ total }) => (total === null ? [] : [line("All", total, total.pValue, null)])),
      ...report.segments.map((one) => line(one.name, one, one.adjustedPValue, one.shrunken?.estimate ?? null)),
    ],
  };
}
