// The page for people: the story first, then pictures with their numbers, then how the data were read.
import { chartElbow, chartRfm, chartSegments, chartSilhouette } from "clientele/charts";
import type { Section } from "clientele/report";
import { renderReport } from "clientele/report";
import type { ProfileReport } from "clientele/segments";
import { profileSegments } from "clientele/segments";
import { selectFeatures } from "clientele/tables";
import type { Figures, GroupFigures } from "./figures.ts";
import { typicalOf } from "./names.ts";
import type { Analysis, Shop } from "./pipeline.ts";
import { dateOf } from "./progress.ts";
import { notesOf } from "./story.ts";

type Table = NonNullable<Section["table"]>;

/**
 * Renders the report.
 *
 * @param shop - the log.
 * @param analysis - what was found.
 * @param figures - its totals.
 * @param story - the lines of `storyOf`.
 * @returns one HTML page that needs nothing else.
 */
export function reportPage(shop: Shop, analysis: Analysis, figures: Figures, story: readonly string[]): string {
  const { rfmScores, elbow, choice, silhouette, names } = analysis;
  return renderReport({
    title: `Customers of ${shop.source}, ${dateOf(shop.asOf, shop.timeZone)}`,
    sections: [
      { title: "In short", text: findingsFirst(story).join("\n\n") },
      {
        title: "The segments",
        text: `${segmentPhrases(shop, analysis)}\n\n${segmentsText(analysis)}`,
        table: groupTable(shop, figures, figures.segments),
      },
      {
        title: "What distinguishes each segment",
        text:
          "Each cell says how far a segment's average lies from that of all buyers, in standard deviations: " +
          "+1 is clearly more than usual, −1 clearly less, 0 the same.",
        chart: chartSegments(readableProfile(shop, analysis), { title: "Segments compared with all buyers" }),
        table: meansTable(readableProfile(shop, analysis)),
      },
      {
        title: "Recency and frequency",
        text:
          "Every buyer gets a score from 1 to 5 for how recently and how often they bought: 5 is the best fifth. " +
          "Top right are the customers to keep, bottom left those who have gone.",
        chart: chartRfm(rfmScores),
      },
      {
        title: "RFM segments",
        text: "The usual names for those scores; the few buyers whom none fits are called Others.",
        table: groupTable(shop, figures, figures.rfmSegments),
      },
      {
        title: "How many segments",
        text:
          `${choice.k} segments were chosen: of the numbers tried they are separated best (the highest mean silhouette). ` +
          "The curve shows how much closer customers are to the average of their segment with every further one; " +
          "where it flattens, more segments explain little more.",
        chart: chartElbow(elbow),
        table: choiceTable(analysis),
      },
      {
        title: "How clear the segments are",
        text:
          "A band per segment, a customer per line: far right fits the segment well, near zero lies between two " +
          "segments, left of zero is nearer to another one.",
        chart: chartSilhouette(silhouette, { names }),
      },
      { title: "How the data were read", text: notesText(shop, analysis), table: intakeTable(shop, figures) },
    ],
  });
}

/** What a marketing lead wants to know; how the rows were read is the last section. */
function findingsFirst([rows, customers, ...findings]: readonly string[]): string[] {
  const notes = findings.pop()!;
  return [...findings, customers, rows, notes];
}

/** The features that tell something, under names that need no explanation. */
const titles: Readonly<Record<string, string>> = {
  daysSinceLastPurchase: "Days since last purchase",
  orderCount: "Orders",
  revenue: "Revenue",
  tenureDays: "Days since first seen",
  activeDays: "Active days (of 90)",
  sessions: "Sessions (in 90 days)",
  engagement: "Engagement (0 to 1)",
};

function readableProfile({ hasValue }: Shop, { described, labels, names }: Analysis): ProfileReport {
  const shown = described.names.filter((name) => name in titles && (hasValue || name !== "revenue"));
  const { ids, values } = selectFeatures(described, shown);
  return profileSegments({ ids, names: shown.map((name) => titles[name]), values }, labels, { names });
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

function segmentsText({ features, logFeatures }: Analysis): string {
  const logs =
    logFeatures.length === 0
      ? ""
      : ` (of ${logFeatures.map((name) => titles[name].toLowerCase()).join(" and ")} the logarithm, so that a few giants do not decide)`;
  const names = features.names.map((name) => titles[name].toLowerCase());
  return `Buyers are grouped by ${names.join(", ")}${logs}, each scaled to the same spread, with k-means.`;
}

type GroupColumn = readonly [title: string, value: (group: GroupFigures) => string | number];

function groupTable({ hasValue }: Shop, { buyers, revenue }: Figures, groups: readonly GroupFigures[]): Table {
  const percent = (part: number, whole: number): number => round((100 * part) / whole, 1);
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

function choiceTable({ choice }: Analysis): Table {
  return {
    columns: ["Segments (k)", "Mean silhouette (−1 to 1, higher is clearer)", "Within-cluster sum of squares"],
    rows: choice.curve.map(({ k, silhouette, withinSquares }) => [k, silhouette, withinSquares]),
  };
}

function intakeTable({ intake }: Shop, { kinds }: Figures): Table {
  return {
    columns: ["Rows", "Number"],
    rows: [
      ["read", intake.read],
      ...Object.entries(intake.rejected).map(([reason, rows]): [string, number] => [`rejected: ${reason}`, rows]),
      ["accepted", intake.accepted],
      ...[...kinds].map(([kind, { events }]): [string, number] => [`accepted as ${kind}`, events]),
    ],
  };
}

function notesText(shop: Shop, analysis: Analysis): string {
  const notes = notesOf(shop, analysis);
  const seen = `A session ends after 30 minutes without an event. Engagement looks at the last 90 days.`;
  return [`Every row was either accepted or rejected for a reason. ${seen}`, ...notes].join("\n\n");
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
