// How customers come to buy, where they stop, and whether buyers come back.
import { chartCohorts, chartFunnel, chartSankey } from "clientele/charts";
import { deriveCohorts } from "clientele/features";
import { measureDropOff, measureFunnel, measureStepMatrix, sankeyOf } from "clientele/journeys";
import type { Section } from "clientele/report";
import type { Analysis, Shop } from "../pipeline.ts";
import { count as number, money, share } from "../progress.ts";
import type { Material } from "./material.ts";
import { round, sectionOr } from "./material.ts";

/** Kinds that are bookkeeping, not steps of a visit. */
const bookkeeping = ["refund", "free"];

const mostSteps = 3;

/** The sections about journeys. */
export function journeySections({ shop, analysis }: Material): Section[] {
  const steps = stepsBefore(shop, analysis);
  const none =
    "The data do not hold what most customers do before they buy. With a column for the kind of event " +
    "(--type) this section shows visits step by step.";
  return [
    sectionOr("From visit to order", () => (steps.length === 0 ? none : funnel(shop, analysis, steps))),
    sectionOr("Where visits stop", () => (steps.length === 0 ? none : dropOff(shop, analysis, steps))),
    sectionOr("The first steps of visits", () => (steps.length === 0 ? none : firstSteps(shop, analysis))),
    sectionOr("Who comes back", () => cohorts(shop)),
  ];
}

/** The kinds that most sessions with a purchase hold before it, in the order in which they usually first occur there. */
function stepsBefore({ log, purchase }: Shop, { sessions: { starts } }: Analysis): string[] {
  const purchaseCode = log.type.names.indexOf(purchase);
  const count = new Uint32Array(log.type.names.length);
  const places = new Float64Array(log.type.names.length);
  let bought = 0;
  for (let session = 0; session + 1 < starts.length; session++) {
    const kinds = new Set<number>();
    for (let row = starts[session]; row < starts[session + 1]; row++) {
      const code = log.type.codes[row];
      if (code !== purchaseCode) {
        kinds.add(code);
        continue;
      }
      bought++;
      [...kinds].forEach((kind, place) => {
        count[kind]++;
        places[kind] += place;
      });
      break;
    }
  }
  return Array.from(log.type.names.keys())
    .filter((kind) => kind !== purchaseCode && !bookkeeping.includes(log.type.names[kind]) && count[kind] > bought / 2)
    .sort((a, b) => count[b] - count[a])
    .slice(0, mostSteps)
    .sort((a, b) => places[a] / count[a] - places[b] / count[b])
    .map((kind) => log.type.names[kind]);
}

function funnel({ log, purchase }: Shop, { sessions }: Analysis, steps: readonly string[]): Omit<Section, "title"> {
  const report = measureFunnel(log, { steps: [...steps, purchase], per: sessions });
  return {
    text:
      `Of ${number(report.steps[0].count)} visits with ${steps[0]}, ${number(report.converted)} ended in an order` +
      `${report.conversion === null ? "" : ` (${share(report.conversion)})`}. A visit is a session; other events may lie between two steps.`,
    chart: chartFunnel(report),
  };
}

function dropOff(shop: Shop, { sessions }: Analysis, steps: readonly string[]): Omit<Section, "title"> {
  const { log, purchase, hasValue } = shop;
  const report = measureDropOff(log, { steps: [...steps, purchase], per: sessions });
  const lost = report.points.reduce((worst, point) => (point.lost > worst.lost ? point : worst));
  const worth =
    hasValue && report.valuePerConversion !== null
      ? ` An order of a visit is worth ${money(report.valuePerConversion)} on average; “value lost” is what the lost visits ` +
        "would have brought at that, an upper bound: most of them never meant to buy."
      : "";
  return {
    text: `Most visits are lost after ${lost.name}: ${number(lost.lost)} of ${number(lost.reached)}.${worth}`,
    table: {
      columns: [
        "Last step reached",
        "Visits that reached it",
        "Lost there",
        "Lost (%)",
        "Median seconds until they stop",
        ...(hasValue ? ["Value lost (upper bound)"] : []),
        "What they did next",
      ],
      rows: report.points.map(({ name, reached, lost: gone, rate, medianMs, lostValue, next }) => [
        name,
        reached,
        gone,
        rate === null ? null : round(100 * rate, 1),
        medianMs === null ? null : round(medianMs / 1000, 0),
        ...(hasValue ? [lostValue === null ? null : Math.round(lostValue)] : []),
        next.map(({ event, share: part }) => `${event} ${share(part)}`).join(", ") || "nothing",
      ]),
    },
  };
}

function firstSteps({ log, purchase }: Shop, { sessions }: Analysis): Omit<Section, "title"> {
  const matrix = measureStepMatrix(log, { steps: 5, per: sessions, top: 6, goal: purchase, selfLoops: "collapse" });
  return {
    text: `The first five steps of ${number(matrix.paths)} visits; the same step twice in a row counts once.`,
    chart: chartSankey(sankeyOf(matrix)),
  };
}

function cohorts({ log, asOf, purchase, timeZone }: Shop): Omit<Section, "title"> | string {
  const report = deriveCohorts(log, { asOf, period: "month", mode: "recurring", event: purchase, entry: purchase, timeZone, running: "blank" }); // prettier-ignore
  if (report.cohorts.length < 3) return "The data cover fewer than three months: too few to see who comes back.";
  return {
    text:
      "Buyers by the month of their first order in the data, and how many percent of them ordered again so many months later. " +
      "The month that is still running is left out.",
    chart: chartCohorts(report, { title: "Who orders again" }),
  };
}
