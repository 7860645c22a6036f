// Who the segments are, how they differ, and who moved between them.
import { chartMigration, chartRfm, chartSegments } from "clientele/charts";
import type { Section } from "clientele/report";
import type { ProfileReport } from "clientele/segments";
import { describePersonas, measureMigration, profileSegments } from "clientele/segments";
import { labelsOf, selectFeatures } from "clientele/tables";
import type { Figures, GroupFigures } from "../figures.ts";
import { typicalOf } from "../names.ts";
import { segmentsAt } from "../periods.ts";
import type { Analysis, Shop } from "../pipeline.ts";
import { count, dateOf, share } from "../progress.ts";
import type { Material, Table } from "./material.ts";
import { dayMs, percent, round, sectionOr, titles } from "./material.ts";

/** The sections about segments. */
export function segmentSections({ shop, analysis, figures }: Material): Section[] {
  const profile = readableProfile(shop, analysis);
  return [
    {
      title: "Who the segments are",
      text: `${segmentPhrases(shop, analysis)}\n\n${groupedBy(analysis)}`,
      table: groupTable(shop, figures, figures.segments),
    },
    sectionOr("What distinguishes each segment", () => ({
      text:
        `${personas(shop, analysis)}\n\nEach cell of the picture says how far a segment's average lies from that of all buyers, in ` +
        "standard deviations: +1 is clearly more than usual, −1 clearly less, 0 the same.",
      chart: chartSegments(profile, { title: "Segments compared with all buyers" }),
      table: meansTable(profile),
    })),
    sectionOr("Who moved", () => migration(shop, analysis, figures)),
    {
      title: "Recency and frequency",
      text:
        "Every buyer gets a score from 1 to 5 for how recently and how often they bought: 5 is the best fifth. " +
        "Top right are the customers to keep, bottom left those who have gone.",
      chart: chartRfm(analysis.rfmScores),
    },
    {
      title: "RFM segments",
      text: "The usual names for those scores; the few buyers whom none fits are called Others.",
      table: groupTable(shop, figures, figures.rfmSegments),
    },
  ];
}

function readableProfile(
  { hasValue }: Shop,
  { described, labels, names }: Analysis,
  word: (title: string) => string = (title) => title,
): ProfileReport {
  const shown = described.names.filter((name) => name in titles && (hasValue || name !== "revenue"));
  const { ids, values } = selectFeatures(described, shown);
  return profileSegments({ ids, names: shown.map((name) => word(titles[name])), values }, labels, { names });
}

/** Within a sentence names of features are small. */
function personas(shop: Shop, analysis: Analysis): string {
  return describePersonas(readableProfile(shop, analysis, (title) => title.toLowerCase()))
    .map(({ name, text }) => `${name}: ${text}`)
    .join("\n\n");
}

function meansTable({ features, segments, overall }: ProfileReport): Table {
  const rows = [...segments, { name: "All buyers", means: overall.means }];
  return {
    columns: ["Mean of each segment", ...features],
    rows: rows.map(({ name, means }) => [name, ...features.map((feature) => round(means[feature] ?? NaN, 2))]),
  };
}

function segmentPhrases(shop: Shop, { profile }: Analysis): string {
  return profile.segments.map((one) => `${one.name}: ${typicalOf(one, shop.hasValue)}.`).join("\n\n");
}

function groupedBy({ features, logFeatures }: Analysis): string {
  const logs =
    logFeatures.length === 0
      ? ""
      : ` (of ${logFeatures.map((name) => titles[name].toLowerCase()).join(" and ")} the logarithm, so that a few giants do not decide)`;
  const names = features.names.map((name) => titles[name].toLowerCase());
  return `Buyers are grouped by ${names.join(", ")}${logs}, each scaled to the same spread, with k-means.`;
}

type GroupColumn = readonly [title: string, value: (group: GroupFigures) => string | number | null];

function groupTable({ hasValue }: Shop, { buyers, revenue }: Figures, groups: readonly GroupFigures[]): Table {
  const columns: readonly GroupColumn[] = [
    ["Segment", ({ name }) => name],
    ["Buyers", (group) => group.buyers],
    ["Share of buyers (%)", (group) => percent(group.buyers, buyers)],
    ["Orders per buyer", (group) => round(group.orders / group.buyers, 1)],
    ...(hasValue
      ? ([
          ["Revenue", (group) => Math.round(group.revenue)],
          ["Share of revenue (%)", (group) => percent(group.revenue, revenue)],
          ["Revenue per buyer", (group) => Math.round(group.revenue / group.buyers)],
        ] satisfies GroupColumn[])
      : []),
    ["Mean engagement (0 to 1)", ({ engagement }) => round(engagement, 2)],
  ];
  return {
    columns: columns.map(([title]) => title),
    rows: groups.map((group) => columns.map(([, value]) => value(group))),
  };
}

/** A quarter back, or to the middle of a shorter log. */
function migration(shop: Shop, analysis: Analysis, { first }: Figures): Omit<Section, "title"> | string {
  const { asOf, timeZone } = shop;
  const date = Math.max(asOf - 91 * dayMs, asOf - Math.floor((asOf - first) / 2 / dayMs) * dayMs);
  const earlier = date < asOf ? segmentsAt(shop, analysis, date) : new Map<string, number>();
  if (earlier.size === 0) return "Nobody had bought long enough before the last day to have moved since.";
  const previous = labelsOf(analysis.rfm.ids.map((id) => earlier.get(id) ?? -1));
  const report = measureMigration(previous, analysis.labels, { names: analysis.names });
  const stayed = report.counts.reduce((sum, row, i) => sum + row[i], 0);
  const fresh = report.entered.reduce((sum, buyers) => sum + buyers, 0);
  const [from, to] = [dateOf(date, timeZone), dateOf(asOf, timeZone)];
  return {
    text:
      `Of the ${count(earlier.size)} buyers of ${from}, ${share(stayed / earlier.size)} are in the same segment on ${to}; ` +
      `${count(fresh)} bought for the first time since. Both dates are judged by the same segments, with what was known on each.`,
    chart: chartMigration(report, { title: `From ${from} to ${to}` }),
  };
}
