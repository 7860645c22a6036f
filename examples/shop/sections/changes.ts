// What changed: the last four weeks beside the four before, week by week, by weekday, and what comes next.
import { chartControl, chartForecast } from "clientele/charts";
import type { Section } from "clientele/report";
import type { Series } from "clientele/tables";
import { controlChart, decomposeStl, fitExponentialSmoothing, forecast, seriesOf } from "clientele/trends";
import { totalsBetween } from "../periods.ts";
import type { Shop } from "../pipeline.ts";
import { count, dateOf } from "../progress.ts";
import type { Material } from "./material.ts";
import { dayMs, percent, round, sectionOr } from "./material.ts";

const spanDays = 28;
const recentWeeks = 4;

/** A shop grows: what was ordinary a year ago says little about this week. */
const ordinaryWeeks = 26;

/** The sections about change. */
export function changeSections({ shop, figures }: Material): Section[] {
  return [
    sectionOr("What changed", () => comparison(shop, figures.first)),
    sectionOr("Week by week", () => weekByWeek(shop)),
    sectionOr("What comes next", () => nextWeeks(shop)),
  ];
}

function comparison(shop: Shop, first: number): Omit<Section, "title"> | string {
  const { asOf, timeZone, hasValue } = shop;
  const middle = asOf - spanDays * dayMs;
  const start = middle - spanDays * dayMs;
  if (first > start) return `The data cover fewer than ${2 * spanDays} days: too short to say what changed.`;
  const [before, now] = [totalsBetween(shop, start, middle), totalsBetween(shop, middle, asOf)];
  const lines: readonly (readonly [string, number, number])[] = [
    ["Active customers", before.customers, now.customers],
    ["Buyers", before.buyers, now.buyers],
    ["First-time buyers", before.firstTime, now.firstTime],
    ["Orders", before.orders, now.orders],
    ...(hasValue ? ([["Revenue", Math.round(before.revenue), Math.round(now.revenue)]] as const) : []),
    ...(hasValue && before.orders > 0 && now.orders > 0
      ? ([["Revenue per order", round(before.revenue / before.orders, 2), round(now.revenue / now.orders, 2)]] as const)
      : []),
  ];
  const [name, old, recent] = lines[hasValue ? 4 : 3];
  return {
    text:
      `${name} of the ${spanDays} days up to ${dateOf(asOf - 1, timeZone)}: ${count(recent)}, ${changeOf(old, recent)} ` +
      `the ${spanDays} days before. Both spans hold four of every weekday.`,
    table: {
      columns: ["", `${spanDays} days before`, `Last ${spanDays} days`, "Change (%)"],
      rows: lines.map(([what, a, b]) => [what, a, b, percent(b - a, a)]),
    },
  };
}

function changeOf(before: number, now: number): string {
  if (before === 0) return "after none in";
  const change = Math.round((100 * (now - before)) / before);
  return change === 0 ? "about as many as in" : `${Math.abs(change)}% ${change > 0 ? "more" : "less"} than in`;
}

/** Revenue where it is known, else buyers: lines of an order would count as many as it has. */
function measured({ log, purchase, timeZone, hasValue, asOf }: Shop, period: "day" | "week"): Series {
  return seriesOf(log, { period, event: purchase, value: hasValue ? "sum" : "customers", timeZone, to: asOf });
}

const nameOf = ({ hasValue }: Shop): string => (hasValue ? "Revenue" : "Buyers");

function weekByWeek(shop: Shop): Omit<Section, "title"> | string {
  // The first and the last calendar week are seldom whole.
  const weeks = measured(shop, "week")
    .values.slice(1, -1)
    .slice(-ordinaryWeeks - recentWeeks);
  if (weeks.length < 12)
    return "The data cover fewer than 14 weeks: too few to tell a change from ordinary ups and downs.";
  const split = weeks.length - recentWeeks;
  const report = controlChart(weeks, { kind: "individuals", baseline: { from: 0, to: split } });
  const recent = report.signals.filter(({ index }) => index >= split);
  const told = recent.map(({ index, side }) => `week ${index + 1} lies ${side} the limits`);
  return {
    text:
      `${nameOf(shop)} per whole week, the oldest first, from week 1 to ${weeks.length}. The limits are what the ` +
      `${split} weeks before the last ${recentWeeks} let expect from one week to the next. ` +
      (told.length === 0
        ? `None of the last ${recentWeeks} weeks lies outside: their ups and downs are ordinary.`
        : `Of the last ${recentWeeks} weeks, ${told.join("; ")}: more than an ordinary up or down.`),
    chart: chartControl(report, { title: `${nameOf(shop)} per week` }),
  };
}

function nextWeeks(shop: Shop): Omit<Section, "title"> | string {
  const { values } = measured(shop, "day");
  if (values.length < 8 * 7) return "The data cover fewer than 8 weeks: too few for a forecast.";
  const stl = decomposeStl(values, { period: 7, seasonal: "periodic", robust: true });
  const next = forecast(fitExponentialSmoothing(values, { trend: "none", seasonal: "additive", period: 7 }), {
    steps: spanDays,
    levels: [80],
  });
  const day = (step: number): string => dateOf(shop.asOf + step * dayMs, shop.timeZone);
  const floor = (value: number): number => round(Math.max(0, value), 0);
  const total = next.mean.reduce((sum, value) => sum + value, 0);
  const { seasonal, trend } = stl.strength;
  return {
    text:
      `If the coming ${spanDays} days are like the last ones, they bring ${nameOf(shop).toLowerCase()} of about ` +
      `${count(Math.max(0, total))}${shop.hasValue ? "" : " (summed over days)"}. ` +
      `The weekday explains ${strengthOf(seasonal)} of what varies from day to day (strength ${seasonal.toFixed(2)} of 1), ` +
      `the slow trend ${strengthOf(trend)} (${trend.toFixed(2)}). ` +
      "The interval holds what comes in four of five cases; holidays and campaigns are not in it.",
    chart: chartForecast(next, {
      history: values.slice(-56),
      title: `${nameOf(shop)} per day, and the next ${spanDays} days`,
    }),
    table: {
      columns: ["Day", `Expected ${nameOf(shop).toLowerCase()}`, "Low (80% interval)", "High (80% interval)"],
      rows: Array.from(next.mean, (mean, i) => [
        day(i),
        floor(mean),
        floor(next.lower[80][i]),
        floor(next.upper[80][i]),
      ]),
    },
  };
}

function strengthOf(strength: number): string {
  if (strength > 0.6) return "much";
  return strength > 0.3 ? "some" : "little";
}
