import { embed2d } from "clientele/anomalies";
import {
  type Chart,
  chartAnomalies,
  chartCalibration,
  chartChooseK,
  chartCoefficients,
  chartCohorts,
  chartControl,
  chartDrift,
  chartStl,
  chartUplift,
  chartDendrogram,
  chartElbow,
  chartForecast,
  chartFunnel,
  chartLift,
  chartKDistance,
  chartMigration,
  chartRfm,
  chartRoc,
  chartSankey,
  chartSegments,
  chartSilhouette,
  chartSpendResponse,
  chartTracking,
  chartTransitions,
} from "clientele/charts";
import { measureQini, measureUpliftBySegment, type QiniReport, type UpliftReport } from "clientele/experiments";
import { scoreRfm } from "clientele/features";
import {
  countTransitions,
  type FunnelReport,
  measureFunnel,
  measureStepMatrix,
  type Sankey,
  sankeyOf,
} from "clientele/journeys";
import {
  evaluateClassifier,
  fitBgNbd,
  fitSpendResponse,
  measureCalibration,
  measureLift,
  measurePurchaseForecast,
  measureSpendResponse,
  type PurchaseForecastReport,
  type SpendResponseReport,
} from "clientele/predictions";
import {
  chooseK,
  fitHierarchical,
  measureKDistance,
  measureMigration,
  measureSilhouette,
  type MigrationReport,
  profileSegments,
} from "clientele/segments";
import { type EventLog, fromMatrix, type FeatureTable, labelsOf } from "clientele/tables";
import {
  type DriftReport,
  type ForecastReport,
  controlChart,
  decomposeStl,
  fitExponentialSmoothing,
  fitSeasonalNaive,
  forecast,
  measureDrift,
} from "clientele/trends";
import { type Happening, logOf } from "./logs.ts";

/** Sixty customers in three plain groups. */
export const shopTable: FeatureTable = fromMatrix(
  Array.from({ length: 60 }, (_, i) => {
    const group = i % 3;
    return [10 + 80 * group + (i % 7), 12 - 5 * group + (i % 4), 900 - 400 * group + 3 * i];
  }),
  { names: ["daysSinceLastPurchase", "orderCount", "revenue"] },
);

/** The group of each of them. */
export const shopLabels: Int32Array = labelsOf(Array.from({ length: 60 }, (_, i) => i % 3));

/** Customers of two dates: some moved on, some came, some left. */
const shopMoves: MigrationReport = measureMigration(
  labelsOf(Array.from({ length: 90 }, (_, i) => (i < 70 ? i % 3 : -1))),
  labelsOf(Array.from({ length: 90 }, (_, i) => (i % 11 === 0 && i < 70 ? -1 : i % 5 === 0 ? 2 : i % 3))),
  { names: ["New", "Loyal", "Asleep"] },
);

/** A funnel of which some are still on their way. */
const shopFunnel = (): FunnelReport => {
  const hour = 3_600_000;
  const steps = ["home", "cart", "paid"];
  const happenings = Array.from({ length: 40 }, (_, i) =>
    steps.slice(0, 1 + (i % 3)).map((type, step): Happening => [`c${i}`, type, i * hour + step * 60_000]),
  );
  return measureFunnel(logOf(happenings.flat()), { steps, windowMs: 12 * hour });
};

/** Steps of paths, some of which end early. */
const shopPaths = (): EventLog => {
  const walks = ["home list item cart paid", "home list", "ad item list", "home cart", "list item item cart"];
  const happenings = Array.from({ length: 40 }, (_, i) =>
    walks[(i * i) % 5].split(" ").map((type, step): Happening => [`c${i}`, type, step]),
  );
  return logOf(happenings.flat());
};

/** The same, step by step. */
const shopSteps = (): Sankey => sankeyOf(measureStepMatrix(shopPaths(), { steps: 4, goal: "paid" }));

/** Probabilities that rank well and say too much, and what came. */
const judged = (): { readonly outcome: number[]; readonly probability: number[] } => {
  const probability = Array.from({ length: 300 }, (_, i) => ((i * 37) % 300) / 300);
  return { probability, outcome: probability.map((p, i) => (((i * 7919) % 101) / 101 < 0.15 + 0.6 * p * p ? 1 : 0)) };
};

/** What goes with buying again. */
const shopOdds = {
  kind: "logistic",
  features: ["daysSinceLastPurchase", "orderCount", "revenue", "has an app"],
  coefficients: [-0.04, 0.3, 0.0004, 1.1],
  standardErrors: [0.01, 0.12, 0.0005, 0.7],
};

/** Title and subtitle of a chart as one line. */
export function headOf(chart: Chart): string {
  const { text, subtitle = [] } = chart["title"] as { readonly text: string[]; readonly subtitle?: string[] };
  return [...text, ...subtitle].join(" ");
}

/** Two channels, one of them saturated. */
const shopSpend = (): SpendResponseReport => {
  const spend = fromMatrix(
    Array.from({ length: 60 }, (_, i) => [(i * 17) % 50, (i * 23) % 31]),
    { names: ["TV", "Radio"] },
  );
  const sales = Array.from({ length: 60 }, (_, i) => {
    const [tv, radio] = [spend.values[2 * i], spend.values[2 * i + 1]];
    return 100 + (90 * tv) / (tv + 12) + 1.4 * radio + ((i * 29) % 9);
  });
  return measureSpendResponse(fitSpendResponse(spend, sales, { adstock: 0 }), spend);
};

/** Twelve weeks of a shop that sells most on Saturdays and grows. */
const shopWeeks = Array.from({ length: 84 }, (_, day) => 200 + day / 2 + (day % 7 === 5 ? 40 : 0) + ((day * 37) % 11));

const shopForecast = (): ForecastReport => forecast(fitExponentialSmoothing(shopWeeks, { period: 7 }), { steps: 14 });
const shopBaseline = (): ForecastReport => forecast(fitSeasonalNaive(shopWeeks, { period: 7 }), { steps: 14 });

/** Baskets have grown since, ages have not. */
const shopDrift = (): DriftReport => {
  const table = (shift: number): FeatureTable => fromMatrix(Array.from({ length: 300 }, (_, i) => [((i * 7) % 100) + shift, (i * 13) % 50]), { names: ["basket", "age"] }); // prettier-ignore
  return measureDrift(table(0), table(40));
};

/** A campaign that works on every third customer. */
const campaign = {
  treatment: Uint8Array.from({ length: 600 }, (_, i) => i % 2),
  outcome: Array.from({ length: 600 }, (_, i) => ((i * 7919) % 101 < (i % 3 === 0 && i % 2 === 1 ? 60 : 25) ? 1 : 0)),
};
const shopUplift = (): UpliftReport => measureUpliftBySegment(labelsOf(campaign.outcome.map((_, i) => i % 3)), { ...campaign, names: ["New", "Loyal", "Asleep"] }); // prettier-ignore
const shopQini = (): QiniReport => measureQini(campaign.outcome.map((_, i) => (i % 3 === 0 ? 1 + (i % 7) : i % 5)), { ...campaign, replicates: 40 }); // prettier-ignore

/** One ordinary chart of every kind. */
export const ordinaryCharts: Readonly<Record<string, () => Chart>> = {
  chartAnomalies: () =>
    chartAnomalies(embed2d(shopTable, { method: "pca" }), {
      labels: shopLabels.map((label) => (label === 2 ? 0 : -1)),
    }),
  chartChooseK: () => chartChooseK(chooseK(shopTable, { by: "gap", replicates: 2, to: 4 })),
  chartTracking: () => chartTracking(trackedPurchases()),
  chartCalibration: () => chartCalibration(measureCalibration(judged().outcome, judged().probability)),
  chartCoefficients: () => chartCoefficients(shopOdds),
  chartControl: () =>
    chartControl(
      controlChart([5, 3, 4, 5, 9, 5], {
        kind: "individuals",
        baseline: { center: 4, sigma: 1 },
        rules: ["limits", "nelson-5"],
      }),
    ),
  chartCohorts: () =>
    chartCohorts({
      period: "month",
      mode: "recurring",
      timeZone: "UTC",
      cohorts: Array.from({ length: 6 }, (_, c) => ({ start: Date.UTC(2024, c, 1), size: 40 + c, retained: Array.from({ length: 6 }, (__, k) => (k < 6 - c ? Math.round((40 + c) / (k + 1)) : null)) })), // prettier-ignore
    }),
  chartDrift: () => chartDrift(shopDrift()),
  chartForecast: () => chartForecast(shopForecast(), { history: shopWeeks, baseline: shopBaseline() }),
  chartStl: () => chartStl(decomposeStl(shopWeeks, { period: 7 })),
  "chartUplift of a score": () => chartUplift(shopQini()),
  "chartUplift of segments": () => chartUplift(shopUplift()),
  chartDendrogram: () => chartDendrogram(fitHierarchical(shopTable), { k: 3 }),
  chartElbow: () => chartElbow({ k: [1, 2, 3, 4, 5], withinSquares: [401.5, 101.5, 1.5, 1, 0.5], knee: 3 }),
  chartFunnel: () => chartFunnel(shopFunnel()),
  chartKDistance: () => chartKDistance(measureKDistance(shopTable, { k: 2 })),
  chartLift: () => chartLift(measureLift(judged().outcome, judged().probability)),
  "chartMigration as a Sankey": () => chartMigration(shopMoves),
  "chartMigration as a matrix": () => chartMigration(shopMoves, { form: "matrix" }),
  chartSpendResponse: () => chartSpendResponse(shopSpend()),
  chartRfm: () => chartRfm(scoreRfm(shopTable)),
  chartRoc: () => chartRoc(evaluateClassifier(judged().outcome, judged().probability)),
  chartSankey: () => chartSankey(shopSteps()),
  chartSegments: () => chartSegments(profileSegments(shopTable, shopLabels, { names: ["New", "Loyal", "Asleep"] })),
  chartSilhouette: () => chartSilhouette(measureSilhouette(shopTable, shopLabels)),
  chartTransitions: () => chartTransitions(countTransitions(shopPaths())),
};

/** Sixty customers followed over 40 weeks, of which a model knows 24. */
export function trackedPurchases(): PurchaseForecastReport {
  const summaryAt = (week: number): FeatureTable => {
    const rows = Array.from({ length: 60 }, (_, i) => {
      const age = week - (i % 5);
      // Every so many weeks a purchase, the last one sooner or later.
      const frequency = Math.floor(Math.min(Math.max(age, 0), 4 + ((i * 7) % 36)) / (3 + (i % 11)));
      return [frequency, frequency * (3 + (i % 11)), age];
    });
    return fromMatrix(rows.filter(([, , age]) => age >= 0), { ids: rows.map((_, i) => String(i)).filter((_, i) => rows[i][2] >= 0), names: ["frequency", "recency", "age"] }); // prettier-ignore
  };
  const summaries = Array.from({ length: 20 }, (_, k) => {
    const table = summaryAt(2 * k + 2);
    return { ...table, units: { recency: "week", age: "week" } };
  });
  return measurePurchaseForecast(fitBgNbd(summaries[11]), summaries, { calibration: 11 });
}
