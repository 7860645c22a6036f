// Alerts: which segments buy less, or more, than customers in the same place did a month before.
import { stepAlerts } from "clientele/actions";
import type { AlertFinding } from "clientele/actions";
import { adjustPValues, testProportions } from "clientele/experiments";
import type { Section } from "clientele/report";
import { buyersBetween, segmentsAt } from "../periods.ts";
import type { Analysis, Shop } from "../pipeline.ts";
import { dateOf } from "../progress.ts";
import type { Material } from "./material.ts";
import { dayMs, percent, round, sectionOr } from "./material.ts";

const spanDays = 28;

/** The section about alerts. */
export function alertSections({ shop, analysis, figures }: Material): Section[] {
  return [sectionOr("Alerts", () => alerts(shop, analysis, figures.first))];
}

/**
 * A segment of today is made of what happened lately, so its past says nothing. Both spans are therefore judged by the segments at
 * their beginning, by the same rule.
 */
function alerts(shop: Shop, analysis: Analysis, first: number): Omit<Section, "title"> | string {
  const { asOf, timeZone } = shop;
  const [now, before] = [asOf - spanDays * dayMs, asOf - 2 * spanDays * dayMs];
  if (before - spanDays * dayMs < first) {
    return `The data cover fewer than ${3 * spanDays} days: too short to compare segments with themselves.`;
  }
  const [recent, earlier] = [tallies(shop, analysis, now), tallies(shop, analysis, before)];
  const tests = analysis.names.map((_, segment) => {
    const [a, b] = [earlier[segment], recent[segment]];
    return a.n === 0 || b.n === 0 ? undefined : testProportions({ control: a, treatment: b });
  });
  const adjusted = adjustPValues(tests.map((test) => test?.pValue ?? null));
  const findings = analysis.names.map((segment, s): AlertFinding => {
    const [from, to] = [earlier[s], recent[s]].map(({ n, successes }) => (n === 0 ? 0 : successes / n));
    const p = adjusted[s] ?? 1;
    // Of many customers every difference is certain; only one that matters is worth a call.
    const matters = Math.abs(to - from) >= 0.1 * from;
    const severity = !matters || p >= 0.05 ? "none" : p < 0.001 ? "high" : "low";
    return { segment, metric: `share who order within ${spanDays} days`, from, to, change: to - from, severity };
  });
  const { alerts: raised } = stepAlerts(undefined, { now: asOf, findings });
  const sentence = raised.map(
    ({ segment, from, to, severity, direction }) =>
      `${segment} (${severity}): ${direction === "down" ? "fewer" : "more"} of them ordered, ${percent(to, 1)}% after ${percent(from, 1)}%.`,
  );
  return {
    text:
      (raised.length === 0 ? "No alert: every segment orders about as it did." : sentence.join("\n\n")) +
      `\n\nCompared is who ordered within ${spanDays} days, by the segment on ${dateOf(now, timeZone)} and on ${dateOf(before, timeZone)}. ` +
      "An alert needs a difference of at least a tenth that chance does not explain, with the number of segments taken into account.",
    table: {
      columns: ["Segment", "Buyers before", "Ordered (%)", "Buyers now", "Ordered now (%)", "p (adjusted)", "Severity"],
      rows: findings.map(({ segment, from, to, severity }, s) => [
        segment,
        earlier[s].n,
        percent(from, 1),
        recent[s].n,
        percent(to, 1),
        adjusted[s] === null ? null : round(adjusted[s], 4),
        severity,
      ]),
    },
  };
}

function tallies(shop: Shop, analysis: Analysis, date: number): { n: number; successes: number }[] {
  const bought = buyersBetween(shop, date, date + spanDays * dayMs);
  const groups = analysis.names.map(() => ({ n: 0, successes: 0 }));
  for (const [id, label] of segmentsAt(shop, analysis, date)) {
    groups[label].n++;
    groups[label].successes += Number(bought.has(id));
  }
  return groups;
}
