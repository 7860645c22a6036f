import { embed2d, fitIsolationForest, scoreIsolationForest } from "clientele/anomalies";
import { chartElbow } from "clientele/charts";
import { run } from "clientele/core";
import { measureQini } from "clientele/experiments";
import { createAuditTrail, eraseCustomers, pseudonymize, readEvents, sessionize, toEvents } from "clientele/events";
import {
  deriveCohorts,
  derivePurchaseSummary,
  deriveRfm,
  deriveUsage,
  fitImputer,
  fitPca,
  fitScorecard,
  fitZScore,
  rfmTotals,
  scoreRfm,
} from "clientele/features";
import { countTransitions, fitMarkov, measureFunnel, measureStepMatrix, sankeyOf } from "clientele/journeys";
import { covariance } from "clientele/numeric";
import {
  evaluateClassifier,
  fitAssistanceModel,
  fitBgNbd,
  fitCalibration,
  fitGammaGamma,
  fitChurnModel,
  fitLinear,
  fitKaplanMeier,
  fitCox,
  fitLogistic,
  fitSpendResponse,
  fitShiftedBetaGeometric,
  measureCalibration,
  measureLift,
  measurePurchaseForecast,
  measureSpendResponse,
} from "clientele/predictions";
import {
  chooseK,
  fitHierarchical,
  fitKMeans,
  fitMicroSegments,
  measureElbow,
  measureKDistance,
  measureMigration,
  measureSilhouette,
  profileSegments,
  stepKMeans,
} from "clientele/segments";
import { simulateShop } from "clientele/simulate";
import {
  type EventLog,
  type FeatureTable,
  codesOf,
  fitFactors,
  fromMatrix,
  labelsOf,
  partitionOf,
} from "clientele/tables";
import { controlChart, decomposeStl, fitSeasonalNaive, forecast, measureDrift } from "clientele/trends";
import { quantileSketchOptions } from "../../src/numeric/quantile-sketch.ts";
import { embed2dOptions } from "../../src/anomalies/embed-2d.ts";
import { fitIsolationForestOptions } from "../../src/anomalies/isolation-forest.ts";
import { labelAnomaliesOptions } from "../../src/anomalies/label-anomalies.ts";
import { measureDropOffOptions } from "../../src/journeys/drop-off.ts";
import { measureCommonPointsOptions } from "../../src/journeys/common-points.ts";
import { measureFunnelOptions } from "../../src/journeys/funnel.ts";
import { measureAttributionOptions } from "../../src/journeys/attribution.ts";
import { measureMarkersOptions } from "../../src/journeys/markers.ts";
import { measurePathAttributionOptions } from "../../src/journeys/path-attribution.ts";
import { matchPathsOptions } from "../../src/journeys/match-paths.ts";
import { measurePathsOptions } from "../../src/journeys/measure-paths.ts";
import { measureStepMatrixOptions } from "../../src/journeys/step-matrix.ts";
import { measureAbsorptionOptions } from "../../src/journeys/absorption.ts";
import { compareJourneysOptions } from "../../src/journeys/compare-journeys.ts";
import { chooseMarkovOrderOptions } from "../../src/journeys/markov-order.ts";
import { fitMarkovOptions } from "../../src/journeys/markov.ts";
import { measureStationaryOptions } from "../../src/journeys/stationary.ts";
import { scorePathsOptions } from "../../src/journeys/score-paths.ts";
import { measureSegmentJourneysOptions } from "../../src/journeys/segment-journeys.ts";
import { simulatePathsOptions } from "../../src/journeys/simulate-paths.ts";
import { graphOptions } from "../../src/journeys/transition-graph.ts";
import { countTransitionsOptions } from "../../src/journeys/transitions.ts";
import { measureRateChangeOptions } from "../../src/anomalies/measure-rate-change.ts";
import { chartAnomaliesOptions } from "../../src/charts/anomalies.ts";
import { chartCoefficientsOptions } from "../../src/charts/coefficients.ts";
import { chartOptions } from "../../src/charts/chart.ts";
import { chartForecastOptions } from "../../src/charts/forecast.ts";
import { chartDendrogramOptions } from "../../src/charts/dendrogram.ts";
import { chartMigrationOptions } from "../../src/charts/migration.ts";
import { chartSilhouetteOptions } from "../../src/charts/silhouette.ts";
import { readEventsOptions } from "../../src/events/assemble.ts";
import { deduplicateEventsOptions } from "../../src/events/deduplicate-events.ts";
import { filterBotsOptions } from "../../src/events/filter-bots.ts";
import { filterConsentOptions } from "../../src/events/filter-consent.ts";
import { auditEventsOptions } from "../../src/events/audit-events.ts";
import { measureSessionsOptions } from "../../src/events/measure-sessions.ts";
import { catalogSourcesOptions } from "../../src/events/catalog-sources.ts";
import { crossCheckSourcesOptions } from "../../src/events/cross-check-sources.ts";
import { measureAnonymityOptions } from "../../src/events/anonymity.ts";
import { eraseCustomersOptions } from "../../src/events/erase-customers.ts";
import { pseudonymOfOptions } from "../../src/events/pseudonym.ts";
import { pseudonymizeOptions } from "../../src/events/pseudonymize.ts";
import { pseudonymRotationOptions, rotatePseudonymsOptions } from "../../src/events/rotate-pseudonyms.ts";
import { sessionizeOptions } from "../../src/events/sessionize.ts";
import { suppressSmallCellsOptions } from "../../src/events/small-cells.ts";
import { stepSessionOptions } from "../../src/events/step-session.ts";
import { activityTotalsOptions } from "../../src/features/activity-totals.ts";
import { scoreBehaviorOptions } from "../../src/features/behavior.ts";
import { measurePowerUsersOptions } from "../../src/features/power-users.ts";
import { measureStickinessOptions } from "../../src/features/stickiness.ts";
import { usageTotalsOptions } from "../../src/features/usage-totals.ts";
import { fitScorecardOptions } from "../../src/features/scorecard.ts";
import { customerViewOptions } from "../../src/features/customer-view.ts";
import { customerViewTotalsOptions } from "../../src/features/view-totals.ts";
import { deriveUsageOptions } from "../../src/features/usage.ts";
import { filterErasedOptions } from "../../src/events/tombstones.ts";
import { stitchIdentitiesOptions } from "../../src/events/stitch-identities.ts";
import { deriveActivityOptions } from "../../src/features/activity.ts";
import { deriveCohortsOptions } from "../../src/features/cohorts.ts";
import { scoreCompositeOptions } from "../../src/features/composite.ts";
import { scoreEngagementOptions } from "../../src/features/engagement.ts";
import { fitImputerOptions } from "../../src/features/imputer.ts";
import { fitPcaFromCovarianceOptions, fitPcaOptions } from "../../src/features/pca.ts";
import { derivePurchaseSummaryOptions } from "../../src/features/purchase-summary.ts";
import { derivePurchaseVelocityOptions } from "../../src/features/purchase-velocity.ts";
import { scoreRfmOptions } from "../../src/features/rfm-scores.ts";
import { labelRfmSegmentsOptions } from "../../src/features/rfm-segments.ts";
import { rfmOfOptions, rfmTotalsOptions } from "../../src/features/rfm-totals.ts";
import { deriveRfmHistoryOptions, deriveRfmOptions } from "../../src/features/rfm.ts";
import { fitCalibrationOptions } from "../../src/predictions/calibration.ts";
import { measureCalibrationOptions } from "../../src/predictions/calibration-report.ts";
import { measurePropensityOptions } from "../../src/predictions/measure-propensity.ts";
import { predictPurchasesIntervalOptions } from "../../src/predictions/predict-purchases-interval.ts";
import { compareClassifiersOptions } from "../../src/predictions/compare-classifiers.ts";
import { evaluateClassifierOptions } from "../../src/predictions/evaluate-classifier.ts";
import { fitBgNbdOptions } from "../../src/predictions/beta-geometric-options.ts";
import { fitGammaGammaOptions } from "../../src/predictions/gamma-gamma.ts";
import { scoreLifetimeValueOptions } from "../../src/predictions/lifetime-value.ts";
import { fitBgBbOptions } from "../../src/predictions/bg-bb.ts";
import {
  fitShiftedBetaGeometricOptions,
  projectRetentionOptions,
} from "../../src/predictions/shifted-beta-geometric.ts";
import { measurePurchaseForecastOptions } from "../../src/predictions/purchase-forecast.ts";
import { fitParetoNbdOptions } from "../../src/predictions/pareto-nbd.ts";
import { predictPurchasesOptions, projectPurchasesOptions } from "../../src/predictions/predict-purchases.ts";
import { measureLiftOptions } from "../../src/predictions/lift.ts";
import { fitCoxOptions } from "../../src/predictions/cox.ts";
import { predictSurvivalOptions } from "../../src/predictions/cox-predictions.ts";
import { deriveDurationsOptions } from "../../src/predictions/durations.ts";
import { testProportionalHazardsOptions } from "../../src/predictions/proportional-hazards.ts";
import { fitKaplanMeierOptions } from "../../src/predictions/kaplan-meier.ts";
import { testLogRankOptions } from "../../src/predictions/log-rank.ts";
import { fitNelsonAalenOptions } from "../../src/predictions/nelson-aalen.ts";
import { labelOutcomesOptions } from "../../src/predictions/outcomes.ts";
import { rankCustomersOptions } from "../../src/predictions/rank-customers.ts";
import { chooseThresholdOptions } from "../../src/predictions/threshold.ts";
import { timeFoldsOptions } from "../../src/predictions/time-folds.ts";
import { fitLogisticOptions } from "../../src/predictions/logistic.ts";
import { fitPropensityOptions } from "../../src/predictions/propensity-options.ts";
import { scoreUrgencyOptions } from "../../src/predictions/propensity-scores.ts";
import { measureCoefficientsOptions } from "../../src/predictions/linear-coefficients.ts";
import { predictLinearIntervalOptions } from "../../src/predictions/linear-interval.ts";
import { fitLinearOptions } from "../../src/predictions/linear.ts";
import { measureSpendResponseOptions } from "../../src/predictions/spend-report.ts";
import { fitSpendResponseOptions, predictSpendResponseOptions } from "../../src/predictions/spend-response.ts";
import { measureResidualsOptions } from "../../src/predictions/residuals.ts";
import { measureOddsRatiosOptions } from "../../src/predictions/odds-ratios.ts";
import { renderReportOptions } from "../../src/report/page.ts";
import { renderSvgOptions } from "../../src/report/svg.ts";
import { alignLabelsOptions } from "../../src/segments/align-labels.ts";
import { measureAssociationOptions } from "../../src/segments/association.ts";
import { chooseKOptions } from "../../src/segments/choose-k.ts";
import { compareSegmentationsOptions } from "../../src/segments/compare-segmentations.ts";
import { cutHierarchyOptions } from "../../src/segments/cut-hierarchy.ts";
import { labelDbscanOptions } from "../../src/segments/dbscan.ts";
import { measureElbowOptions } from "../../src/segments/elbow.ts";
import { measureGapOptions } from "../../src/segments/gap.ts";
import { labelHdbscanOptions } from "../../src/segments/hdbscan.ts";
import { fitHierarchicalOptions } from "../../src/segments/hierarchical.ts";
import { measureKDistanceOptions } from "../../src/segments/k-distance.ts";
import { fitKMeansOptions } from "../../src/segments/kmeans.ts";
import { labelByBehaviorOptions } from "../../src/segments/label-behavior.ts";
import { labelLifecycleOptions } from "../../src/segments/lifecycle.ts";
import { fitMicroSegmentsOptions } from "../../src/segments/micro-segments.ts";
import { measureMigrationOptions, projectMigrationOptions } from "../../src/segments/migration.ts";
import { describePersonasOptions } from "../../src/segments/personas.ts";
import { profileSegmentsOptions } from "../../src/segments/profile.ts";
import { measureSilhouetteOptions } from "../../src/segments/silhouette.ts";
import { measureStabilityOptions } from "../../src/segments/stability.ts";
import { measureVMeasureOptions } from "../../src/segments/v-measure.ts";
import { stepKMeansOptions } from "../../src/segments/step-kmeans.ts";
import { simulateCampaignOptions } from "../../src/simulate/campaign.ts";
import { simulateShopOptions } from "../../src/simulate/shop.ts";
import { fitFactorsOptions } from "../../src/tables/factors.ts";
import { fromMatrixOptions } from "../../src/tables/feature-table.ts";
import { joinFeaturesOptions } from "../../src/tables/reshape.ts";
import { seriesFromOptions } from "../../src/tables/series.ts";
import { actions } from "./action-samples.ts";
import { experiments } from "./experiment-samples.ts";
import { type Samples, table } from "./sample.ts";
import { trends } from "./trend-samples.ts";

const rows = [[1, 2], [3, 4], [5, 7]]; // prettier-ignore
const plans = [{ plan: "basic", seats: 3 }, { plan: "pro", seats: 9 }, { plan: "basic", seats: 1 }]; // prettier-ignore
const numbers = { init: () => 0, add: (a: number, b: number) => a + b, merge: (a: number, b: number) => a + b, finish: (a: number) => a }; // prettier-ignore

const day = 86_400_000;
const asOf = 30 * day;
const events = Array.from({ length: 40 }, (_, i) => ({
  who: `customer-${i % 7}`,
  what: i % 3 === 0 ? "purchase" : "view",
  at: ((i * 7) % 29) * day + i,
  paid: i % 3 === 0 ? 10 + i : null,
}));
const readers = { customer: "who", type: "what", time: "at", value: "paid" };
const log = (): EventLog => readEvents(events, readers).log;
const rfm = (): ReturnType<typeof deriveRfm> => deriveRfm(log(), { asOf, purchase: "purchase" });
const summary = (): FeatureTable => derivePurchaseSummary(log(), { asOf, purchase: "purchase" });
const answers = Uint8Array.from({ length: 7 }, (_, i) => i % 2);
const blobs = fromMatrix(Array.from({ length: 24 }, (_, i) => [(i % 3) * 10 + Math.sqrt(i), (i % 3) * -5 + (i % 4)]));
const gaps = fromMatrix([[1, 2, NaN], [2, NaN, 4], [3, 5, 6], [9, 1, 3], [NaN, 4, 5], [7, 7, 7], [2, 2, 2]]); // prettier-ignore
const blobLabels = labelsOf(Array.from({ length: 24 }, (_, i) => i % 3));
const blobStages = labelsOf(Array.from({ length: 24 }, (_, i) => (i < 16 ? 0 : 1)));
const movedLabels = labelsOf(Array.from({ length: 24 }, (_, i) => (i % 5 === 0 ? 0 : i % 3)));

const core: Samples = {
  byKey: { args: () => [String, numbers], notPlain: "an accumulator is made of functions" },
  counter: { args: () => [], notPlain: "an accumulator is made of functions" },
  mergeAll: { args: () => [numbers, [1, 2]] },
  product: { args: () => [{ numbers }], notPlain: "an accumulator is made of functions" },
  randomOf: { args: () => [7, 1, 2], notPlain: "a random stream is consumed inside the function that opened it" },
  run: { args: () => [numbers, [1, 2]] },
};

const tables: Samples = {
  codesOf: { args: () => [["a", null, "b"]] },
  codesOfUtf8: { args: () => [{ bytes: Uint8Array.of(97, 98), offsets: Int32Array.of(0, 1, 2) }] },
  column: { args: () => [fromMatrix(rows), "x1"] },
  featureTable: { args: () => [[{ id: "a", age: 3 }], { id: "id", features: ["age"] }] },
  fitFactors: { args: () => [plans, { factors: ["plan"], numbers: ["seats"] }], options: table(fitFactorsOptions) },
  filterRows: { args: () => [fromMatrix(rows), Uint8Array.of(1, 0, 1)] },
  fromMatrix: { args: () => [rows, { names: ["age", "income"] }], options: table(fromMatrixOptions) },
  groupCount: { args: () => [partitionOf([1, 2])] },
  groupSizes: { args: () => [labelsOf([0, 1, -1])] },
  joinLabels: { args: () => [[{ ids: ["a"], labels: labelsOf([0]) }]] },
  joinFeatures: { args: () => [[fromMatrix(rows)], { how: "inner" }], options: table(joinFeaturesOptions) },
  labelsOf: { args: () => [[0, 1, -1]] },
  mergeLogs: { args: () => [[log(), log()]], oddNumbers: "an event without a value has the value NaN" },
  nameAt: { args: () => [codesOf(["a", "b"]), 1] },
  partitionOf: { args: () => [[1, 2]] },
  selectFeatures: { args: () => [fromMatrix(rows), ["x1"]] },
  seriesFrom: { args: () => [[1, 2], { start: 0, period: "day" }], options: table(seriesFromOptions) },
  transformFactors: { args: () => [fitFactors(plans, { factors: ["plan"] }), plans] },
  toRows: { args: () => [fromMatrix(rows)] },
};

const numeric: Samples = {
  covarianceOf: { args: () => [Float64Array.of(1, 2, 3, 4, 5, 7), 2] },
  covarianceState: { args: () => [Float64Array.of(1, 2, 3, 4, 5, 7), 2] },
  exp: { args: () => [1.5] },
  expm1: { args: () => [1e-9] },
  log: { args: () => [1.5] },
  log1p: { args: () => [1e-9] },
  median: { args: () => [[3, 1, 2]] },
  pow: { args: () => [1.5, 2.5] },
  quantile: { args: () => [[3, 1, 2], 0.25] },
  quantileSketch: {
    args: () => [{}],
    options: table(quantileSketchOptions),
    notPlain: "an accumulator is made of functions",
  },
  quantiles: { args: () => [[3, 1, 2], [0.25, 0.5]] }, // prettier-ignore
  sumOf: { args: () => [[1, 1e100, 1, -1e100]] }, // prettier-ignore
};

const secret = { key: new Uint8Array(32).fill(1), keyId: "k1" };
const newSecret = { key: new Uint8Array(32).fill(2), keyId: "k2" };

const eventsRoom: Samples = {
  auditEvents: { args: () => [log(), { asOf }], options: table(auditEventsOptions) },
  catalogSources: {
    args: () => [[{ name: "shop", kind: "purchases", idFields: ["id"], fields: ["value"], newest: asOf }], { asOf }],
    options: table(catalogSourcesOptions),
  },
  crossCheckSources: {
    args: () => {
      const billed = readEvents(events, { ...readers, extra: { order: "at" } }).log;
      return [billed, billed, { by: "order" }];
    },
    options: table(crossCheckSourcesOptions),
  },
  deduplicateEvents: {
    args: () => [log(), {}],
    options: table(deduplicateEventsOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  filterBots: {
    args: () => [log(), {}],
    options: table(filterBotsOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  appendAudit: { args: () => [createAuditTrail(), { actor: "job", action: "fit", time: 0, counts: { read: 3 } }] },
  createAuditTrail: { args: () => [] },
  eraseCustomers: {
    args: () => [log(), ["customer-1"], { ...secret, models: [{ name: "churn", fittedAt: asOf }] }],
    options: table(eraseCustomersOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  filterErased: {
    args: () => [log(), { tombstones: eraseCustomers(log(), ["customer-1"], secret).tombstones, key: secret.key }],
    options: table(filterErasedOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  measureAnonymity: {
    args: () => [fromMatrix(rows), { quasiIdentifiers: ["x0"], sensitive: "x1" }],
    options: table(measureAnonymityOptions),
  },
  suppressSmallCells: {
    args: () => [[[3, 20], [30, 25]], { minimum: 5 }], // prettier-ignore
    options: table(suppressSmallCellsOptions),
  },
  verifyAudit: { args: () => [createAuditTrail()] },
  filterConsent: {
    args: () => [
      log(),
      {
        consents: [{ customer: "customer-1", purpose: "analytics", granted: 0, withdrawn: asOf }],
        purpose: "analytics",
      },
    ],
    options: table(filterConsentOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  measureSessions: {
    args: () => [log(), sessionize(log()), { goals: ["purchase"] }],
    options: table(measureSessionsOptions),
  },
  pseudonymOf: { args: () => ["ann", { ...secret }], options: table(pseudonymOfOptions) },
  pseudonymRotation: {
    args: () => [["ann"], { from: secret, to: newSecret }],
    options: table(pseudonymRotationOptions),
  },
  pseudonymize: {
    args: () => [log(), { ...secret }],
    options: table(pseudonymizeOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  rotatePseudonyms: {
    args: () => [pseudonymize(log(), secret).log, { ids: ["customer-1"], from: secret, to: newSecret }],
    options: table(rotatePseudonymsOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  readEventColumns: {
    args: () => [{ customer: ["a", "b", "a"], type: ["view", "view", "buy"], time: [3, 2, 1] }, {}],
    options: table(readEventsOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  readEvents: {
    args: () => [events, readers, {}],
    options: table(readEventsOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  sessionTotals: {
    args: () => [{}],
    options: table(sessionizeOptions),
    notPlain: "an accumulator is made of functions",
  },
  sessionize: { args: () => [log(), {}], options: table(sessionizeOptions) },
  deriveSessions: { args: () => [log(), sessionize(log())] },
  stepSession: {
    args: () => [undefined, { customer: "a", type: "view", time: 0 }, {}],
    options: table(stepSessionOptions),
  },
  stitchIdentities: {
    args: () => [
      log(),
      [{ a: { kind: "user", value: "customer-1" }, b: { kind: "cookie", value: "customer-2" }, time: 5 }],
      { kinds: ["user", "cookie"] },
    ],
    options: table(stitchIdentitiesOptions),
    oddNumbers: "an event without a value has the value NaN",
  },
  toEvents: { args: () => [log()] },
};

const features: Samples = {
  activityTotals: {
    args: () => [{ asOf }],
    options: table(activityTotalsOptions),
    notPlain: "an accumulator is made of functions",
  },
  customerView: {
    args: () => [
      log(),
      {
        asOf,
        purchase: "purchase",
        browse: "view",
        features: ["view", "search"],
        rules: [{ event: "view", points: 2 }],
        rfmScores: {},
        attributes: [{ customer: "customer-1", name: "age", value: 31, source: "survey", time: day }],
        engagement: { weights: { events: 1, orderCount: 1 } },
      },
    ],
    options: table(customerViewOptions),
    oddNumbers: "a customer who has not bought has no last purchase",
  },
  customerViewTotals: {
    args: () => [{ asOf, purchase: "purchase" }],
    options: table(customerViewTotalsOptions),
    notPlain: "an accumulator is made of functions",
  },
  deriveActivity: { args: () => [log(), { asOf }], options: table(deriveActivityOptions) },
  deriveCohorts: {
    args: () => [log(), { asOf, period: "week", mode: "recurring" }],
    options: table(deriveCohortsOptions),
  },
  derivePurchaseSummary: {
    args: () => [log(), { asOf, purchase: "purchase" }],
    options: table(derivePurchaseSummaryOptions),
  },
  derivePurchaseVelocity: {
    args: () => [log(), { asOf, browse: "view", purchase: "purchase" }],
    options: table(derivePurchaseVelocityOptions),
    oddNumbers: "a customer who has not bought twice has no interval",
  },
  deriveRfm: { args: () => [log(), { asOf, purchase: "purchase" }], options: table(deriveRfmOptions) },
  deriveRfmHistory: {
    args: () => [log(), { asOf: [10 * day, asOf], purchase: "purchase" }],
    options: table(deriveRfmHistoryOptions),
  },
  deriveUsage: {
    args: () => [log(), { features: ["purchase", "view"], asOf }],
    options: table(deriveUsageOptions),
  },
  explainScorecard: { args: () => [fitScorecard(rfm(), answers), rfm()] },
  fitImputer: { args: () => [gaps, { strategy: "knn" }], options: table(fitImputerOptions) },
  fitMinMax: { args: () => [rfm()] },
  fitPca: { args: () => [rfm(), {}], options: table(fitPcaOptions) },
  fitPcaFromCovariance: {
    args: () => [run(covariance, rows), { features: ["visits", "orders"] }],
    options: table(fitPcaFromCovarianceOptions),
  },
  fitRobust: { args: () => [rfm()] },
  fitScorecard: { args: () => [rfm(), answers.slice(), {}], options: table(fitScorecardOptions) },
  fitZScore: { args: () => [rfm()] },
  invertScale: { args: () => [fitZScore(rfm()), rfm()] },
  labelRfmSegments: { args: () => [scoreRfm(rfm()).scores, {}], options: table(labelRfmSegmentsOptions) },
  measurePowerUsers: {
    args: () => [deriveUsage(log(), { features: ["purchase", "view"], asOf }), { by: "depth" }],
    options: table(measurePowerUsersOptions),
  },
  measureStickiness: { args: () => [log(), { asOf }], options: table(measureStickinessOptions) },
  predictScorecard: { args: () => [fitScorecard(rfm(), answers), rfm()] },
  rfmOf: {
    args: () => [run(rfmTotals({ purchase: "purchase" }), toEvents(log())), { asOf }],
    options: table(rfmOfOptions),
  },
  rfmTotals: {
    args: () => [{ purchase: "purchase" }],
    options: table(rfmTotalsOptions),
    notPlain: "an accumulator is made of functions",
  },
  scoreBehavior: {
    args: () => [log(), { asOf, rules: [{ event: "view", points: 2, halfLifeDays: 7, cap: 5 }] }],
    options: table(scoreBehaviorOptions),
  },
  scoreComposite: {
    args: () => [rfm(), { weights: { orderCount: 2, revenue: 1 } }],
    options: table(scoreCompositeOptions),
  },
  scoreEngagement: {
    args: () => [rfm(), { weights: { orderCount: 2, revenue: 1 } }],
    options: table(scoreEngagementOptions),
  },
  scoreRfm: { args: () => [rfm(), {}], options: table(scoreRfmOptions) },
  transformImpute: { args: () => [fitImputer(gaps, { strategy: "knn" }), gaps] },
  transformPca: { args: () => [fitPca(rfm()), rfm()] },
  scoreScorecard: { args: () => [fitScorecard(rfm(), answers), rfm()] },
  transformScale: { args: () => [fitZScore(rfm()), rfm()] },
  usageTotals: {
    args: () => [{ features: ["view"], asOf }],
    options: table(usageTotalsOptions),
    notPlain: "an accumulator is made of functions",
  },
};

const didBuy = (): { name: string; when: { did: string } }[] => [{ name: "buyer", when: { did: "purchase" } }];

const segments: Samples = {
  alignLabels: { args: () => [blobLabels, blobLabels, {}], options: table(alignLabelsOptions) },
  assignKMeans: { args: () => [fitKMeans(blobs, { k: 3 }), blobs] },
  assignMicroSegments: {
    args: () => [fitMicroSegments(blobs, blobStages, { names: ["new", "old"], minSize: 3 }), blobs, blobStages.slice()],
  },
  chooseK: { args: () => [blobs, { to: 4 }], options: table(chooseKOptions) },
  compareSegmentations: {
    args: () => [blobLabels, movedLabels, blobs, blobs, { replicates: 3 }],
    options: table(compareSegmentationsOptions),
  },
  cutHierarchy: { args: () => [fitHierarchical(blobs), { k: 3 }], options: table(cutHierarchyOptions) },
  fitHierarchical: { args: () => [blobs, {}], options: table(fitHierarchicalOptions) },
  describePersonas: { args: () => [profileSegments(blobs, blobLabels), {}], options: table(describePersonasOptions) },
  fitKMeans: { args: () => [blobs, { k: 3 }], options: table(fitKMeansOptions) },
  fitMicroSegments: {
    args: () => [blobs, blobStages.slice(), { names: ["new", "old"], minSize: 3 }],
    options: table(fitMicroSegmentsOptions),
  },
  labelBehaviorState: { args: () => [didBuy(), undefined] },
  labelByBehavior: { args: () => [log(), { asOf, rules: didBuy() }], options: table(labelByBehaviorOptions) },
  labelByRules: {
    args: () => [rfm(), [{ name: "often", when: { feature: "orderCount", op: ">", value: 1 } }]],
  },
  labelDbscan: { args: () => [blobs, { epsilon: 1 }], options: table(labelDbscanOptions) },
  labelHdbscan: { args: () => [blobs, {}], options: table(labelHdbscanOptions) },
  labelLifecycle: { args: () => [log(), { asOf, purchase: "purchase" }], options: table(labelLifecycleOptions) },
  measureAdjustedMutualInformation: { args: () => [blobLabels, movedLabels] },
  measureAdjustedRand: { args: () => [blobLabels, blobLabels] },
  measureAssociation: { args: () => [blobLabels, blobs, {}], options: table(measureAssociationOptions) },
  measureCalinskiHarabasz: { args: () => [blobs, blobLabels] },
  measureDaviesBouldin: { args: () => [blobs, blobLabels] },
  measureElbow: { args: () => [blobs, { to: 4 }], options: table(measureElbowOptions) },
  measureGap: { args: () => [blobs, { to: 4, draws: 3 }], options: table(measureGapOptions) },
  measureKDistance: { args: () => [blobs, { k: 2 }], options: table(measureKDistanceOptions) },
  measureMigration: { args: () => [blobLabels, movedLabels, {}], options: table(measureMigrationOptions) },
  measureSilhouette: { args: () => [blobs, blobLabels, {}], options: table(measureSilhouetteOptions) },
  measureStability: { args: () => [blobs, { k: 2, replicates: 3 }], options: table(measureStabilityOptions) },
  measureVMeasure: { args: () => [blobLabels, movedLabels, {}], options: table(measureVMeasureOptions) },
  profileSegments: {
    args: () => [blobs, blobLabels, { stages: { labels: blobStages.slice(), names: ["new", "old"] } }],
    options: table(profileSegmentsOptions),
  },
  projectMigration: {
    args: () => [measureMigration(blobLabels, movedLabels), { steps: 3 }],
    options: table(projectMigrationOptions),
  },
  stepBehaviorRules: { args: () => [didBuy(), undefined, { customer: "a", type: "purchase", time: 0 }] },
  kMeansOf: { args: () => [stepKMeans(undefined, blobs, { k: 3, startRows: 3 }).state] },
  stepKMeans: {
    args: () => [stepKMeans(undefined, blobs, { k: 3, startRows: 3 }).state, blobs, { k: 3, startRows: 3 }],
    options: table(stepKMeansOptions),
  },
};

const forest = (): ReturnType<typeof fitIsolationForest> => fitIsolationForest(blobs, { trees: 20 });

const anomalies: Samples = {
  embed2d: { args: () => [blobs, { method: "pca" }], options: table(embed2dOptions) },
  explainAnomaly: { args: () => [forest(), blobs] },
  fitIsolationForest: { args: () => [blobs, { trees: 20 }], options: table(fitIsolationForestOptions) },
  labelAnomalies: { args: () => [scoreIsolationForest(forest(), blobs), { contamination: 0.1 }], options: table(labelAnomaliesOptions) }, // prettier-ignore
  labelNoise: { args: () => [labelsOf([0, 1, -1])] },
  measureRateChange: {
    args: () => [log(), { asOf, baselineDays: 20, recentDays: 10 }],
    options: table(measureRateChangeOptions),
  },
  scoreIsolationForest: { args: () => [forest(), blobs] },
  scoreRobustZ: { args: () => [blobs] },
};

const journeys: Samples = {
  chooseMarkovOrder: { args: () => [log(), {}], options: table(chooseMarkovOrderOptions) },
  fitMarkov: { args: () => [log(), {}], options: table(fitMarkovOptions) },
  measureAbsorption: { args: () => [fitMarkov(log()), { into: "purchase" }], options: table(measureAbsorptionOptions) },
  measureStationary: { args: () => [fitMarkov(log()), {}], options: table(measureStationaryOptions) },
  matchPaths: {
    args: () => [log(), { pattern: "view->.*->purchase" }],
    options: table(matchPathsOptions),
    oddNumbers: "NaN = no match",
  },
  compareJourneys: {
    args: () => [countTransitions(log()), countTransitions(log()), {}],
    options: table(compareJourneysOptions),
  },
  countTransitions: { args: () => [log(), {}], options: table(countTransitionsOptions) },
  measureDropOff: {
    args: () => [log(), { steps: ["view", "purchase"], minPaths: 1 }],
    options: table(measureDropOffOptions),
  },
  measureFunnel: {
    args: () => [log(), { steps: ["view", "purchase"], windowMs: 4 * day }],
    options: table(measureFunnelOptions),
  },
  measureAttribution: {
    args: () => [log(), { goal: "purchase", channel: "type", method: "markov" }],
    options: table(measureAttributionOptions),
  },
  measureCommonPoints: { args: () => [log(), { goal: "purchase" }], options: table(measureCommonPointsOptions) },
  measureMarkers: {
    args: () => [log(), { goal: "purchase", withinDays: 3, horizonDays: 20, times: [1, 2] }],
    options: table(measureMarkersOptions),
  },
  measurePathAttribution: {
    args: () => [[{ channels: ["ads", "mail"], conversions: 2, value: 9, nulls: 1 }], { method: "markov" }],
    options: table(measurePathAttributionOptions),
  },
  measurePaths: { args: () => [log(), { maxLength: 3, minSupport: 1 }], options: table(measurePathsOptions) },
  measureStepMatrix: { args: () => [log(), { steps: 3 }], options: table(measureStepMatrixOptions) },
  sankeyOf: { args: () => [measureStepMatrix(log(), { steps: 3 })] },
  graphOf: { args: () => [countTransitions(log()), {}], options: table(graphOptions) },
  measureSegmentJourneys: {
    args: () => [log(), { labels: labelsOf(log().customer.names.map((_, i) => i % 2)), steps: ["view", "purchase"] }],
    options: table(measureSegmentJourneysOptions),
  },
  scorePaths: { args: () => [fitMarkov(log()), log(), {}], options: table(scorePathsOptions) },
  simulatePaths: { args: () => [fitMarkov(log()), { paths: 5, seed: 3 }], options: table(simulatePathsOptions), oddNumbers: "an event without a value has NaN" }, // prettier-ignore
  transitionCounts: { args: () => [["view", "purchase"]], notPlain: "an accumulator is made of functions" },
};

const outcomes = Uint8Array.from({ length: 24 }, (_, i) => i % 2);
const histories = fromMatrix(
  [[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]], // prettier-ignore
  { names: ["frequency", "recency", "age"] },
);
const twoCutoffs = {
  ids: [...blobs.ids, ...blobs.ids],
  outcome: Uint8Array.from({ length: 48 }, (_, i) => i % 2),
  cutoffs: Array.from({ length: 48 }, (_, i) => (i < 24 ? 0 : day)),
};
const drives = Array.from({ length: 12 }, (_, i) => [i, (i * i) % 7]);
const budgets = Array.from({ length: 24 }, (_, i) => [(i * 7) % 11, (i * 5) % 8]);
const spendSales = budgets.map(([tv, radio], i) => 50 + (30 * tv) / (tv + 4) + 2 * radio + (i % 3));
const distances = drives.map(([speed, wind], i) => 3 * speed - wind + (i % 3));

const chances = (): number[] => [0.2, 0.7, 0.2, 0.9, 0.6, 0.4, 0];

const months = (): Float64Array => Float64Array.of(2, 3, 3, 5, 8, 8, 9);
const donors = (): FeatureTable =>
  fromMatrix([[0, 0, 6], [1, 1, 6], [6, 6, 6], [2, 5, 6]], { names: ["frequency", "recency", "age"] }); // prettier-ignore

const stays = (): [FeatureTable, Float64Array, Uint8Array] => [
  blobs,
  Float64Array.from({ length: 24 }, (_, i) => (i * 7) % 11),
  Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 0 : 1)),
];
const laterDonors = (): FeatureTable =>
  fromMatrix([[0, 0, 9], [2, 8, 9], [9, 9, 9], [2, 5, 9]], { names: ["frequency", "recency", "age"] }); // prettier-ignore

const predictions: Samples = {
  deriveDurations: {
    args: () => [log(), { asOf, start: "visit", end: "purchase" }],
    options: table(deriveDurationsOptions),
  },
  testProportionalHazards: {
    args: () => [fitCox(...stays()), ...stays(), {}],
    options: table(testProportionalHazardsOptions),
  },
  fitCox: { args: () => [...stays(), {}], options: table(fitCoxOptions) },
  measureConcordance: { args: () => [months(), answers.slice(), chances()] },
  predictHazard: { args: () => [fitCox(...stays()), blobs] },
  predictSurvival: {
    args: () => [fitCox(...stays()), blobs, { times: [3, 6] }],
    options: table(predictSurvivalOptions),
  },
  fitKaplanMeier: {
    args: () => [months(), answers.slice(), { groups: ["a", "b", "a", "b", "a", "b", "a"] }],
    options: table(fitKaplanMeierOptions),
  },
  fitNelsonAalen: { args: () => [months(), answers.slice(), {}], options: table(fitNelsonAalenOptions) },
  survivalAt: { args: () => [fitKaplanMeier(months(), answers), [1, 3, 4]] },
  testLogRank: {
    args: () => [months(), answers.slice(), ["a", "b", "a", "b", "a", "b", "a"], {}],
    options: table(testLogRankOptions),
  },
  fitBgNbd: { args: () => [summary(), {}], options: table(fitBgNbdOptions) },
  fitMbgNbd: { args: () => [summary(), {}], options: table(fitBgNbdOptions) },
  fitBgBb: { args: () => [donors(), {}], options: table(fitBgBbOptions) },
  fitShiftedBetaGeometric: { args: () => [[100, 63, 47, 38], {}], options: table(fitShiftedBetaGeometricOptions) },
  projectRetention: {
    args: () => [fitShiftedBetaGeometric([100, 63, 47, 38]), { periods: 3 }],
    options: table(projectRetentionOptions),
  },
  fitParetoNbd: { args: () => [summary(), {}], options: table(fitParetoNbdOptions) },
  predictActive: {
    args: () => [fitBgNbd(summary()), summary(), { horizon: 13 }],
    options: table(predictPurchasesOptions),
  },
  measurePurchaseForecast: {
    args: () => [fitBgNbd(donors()), [donors(), laterDonors()], { calibration: 0 }],
    options: table(measurePurchaseForecastOptions),
  },
  predictAlive: { args: () => [fitBgNbd(summary()), summary()] },
  predictPurchases: {
    args: () => [fitBgNbd(summary()), summary(), { horizon: 13 }],
    options: table(predictPurchasesOptions),
  },
  predictPurchasesInterval: {
    args: () => [fitBgNbd(histories, { l2: 0.1 }), histories, { horizon: 13 }],
    options: table(predictPurchasesIntervalOptions),
  },
  fitGammaGamma: { args: () => [summary(), {}], options: table(fitGammaGammaOptions) },
  predictSpend: { args: () => [fitGammaGamma(summary()), summary()] },
  scoreLifetimeValue: {
    args: () => [
      fitBgNbd(summary()),
      fitGammaGamma(summary()),
      summary(),
      { horizon: 3, unit: "day", discountRate: 0.01 },
    ],
    options: table(scoreLifetimeValueOptions),
  },
  projectPurchases: {
    args: () => [fitBgNbd(summary()), { horizons: [13] }],
    options: table(projectPurchasesOptions),
  },
  chooseThreshold: {
    args: () => [answers.slice(), chances(), { costs: { falsePositive: 1, falseNegative: 3 } }],
    options: table(chooseThresholdOptions),
  },
  compareClassifiers: {
    args: () => [answers.slice(), chances(), chances().reverse(), {}],
    options: table(compareClassifiersOptions),
  },
  fitCalibration: {
    args: () => [answers.slice(), chances(), { method: "isotonic" }],
    options: table(fitCalibrationOptions),
  },
  measureCalibration: { args: () => [answers.slice(), chances(), {}], options: table(measureCalibrationOptions) },
  measureLift: { args: () => [answers.slice(), chances(), {}], options: table(measureLiftOptions) },
  predictCalibrated: { args: () => [fitCalibration(answers, chances(), { method: "platt" }), chances()] },
  rankCustomers: {
    args: () => [rfm(), { probability: chances(), value: "revenue", capacity: 2 }],
    options: table(rankCustomersOptions),
  },
  timeFolds: { args: () => [[0, 1, 2, 3], { folds: 2 }], options: table(timeFoldsOptions) },
  evaluateClassifier: {
    args: () => [answers.slice(), chances(), {}],
    options: table(evaluateClassifierOptions),
  },
  explainLogistic: { args: () => [fitLogistic(blobs, outcomes), blobs] },
  explainPropensity: { args: () => [fitChurnModel(blobs, outcomes), blobs] },
  fitAssistanceModel: { args: () => [blobs, outcomes.slice(), {}], options: table(fitPropensityOptions) },
  fitChurnModel: { args: () => [blobs, outcomes.slice(), {}], options: table(fitPropensityOptions) },
  fitConversionModel: { args: () => [blobs, outcomes.slice(), {}], options: table(fitPropensityOptions) },
  fitReactivationModel: { args: () => [blobs, outcomes.slice(), {}], options: table(fitPropensityOptions) },
  fitLogistic: { args: () => [blobs, outcomes.slice(), {}], options: table(fitLogisticOptions) },
  labelOutcomes: {
    args: () => [log(), { cutoff: 15 * day, horizonDays: 7, event: "purchase", asOf }],
    options: table(labelOutcomesOptions),
  },
  measurePropensity: {
    args: () => [[blobs, blobs], twoCutoffs, { target: "churn" }],
    options: table(measurePropensityOptions),
  },
  measureOddsRatios: {
    args: () => [fitLogistic(blobs, outcomes), {}],
    options: table(measureOddsRatiosOptions),
  },
  predictLogistic: { args: () => [fitLogistic(blobs, outcomes), blobs] },
  predictPropensity: { args: () => [fitChurnModel(blobs, outcomes), blobs] },
  scoreUrgency: {
    args: () => [fitAssistanceModel(blobs, outcomes), blobs, { severity: 2, wait: 3 }],
    options: table(scoreUrgencyOptions),
  },
  fitLinear: { args: () => [fromMatrix(drives), distances, {}], options: table(fitLinearOptions) },
  measureCoefficients: {
    args: () => [fitLinear(fromMatrix(drives), distances), {}],
    options: table(measureCoefficientsOptions),
  },
  measureResiduals: {
    args: () => [fitLinear(fromMatrix(drives), distances), fromMatrix(drives), distances, {}],
    options: table(measureResidualsOptions),
  },
  predictLinear: { args: () => [fitLinear(fromMatrix(drives), distances), fromMatrix(drives)] },
  predictLinearInterval: {
    args: () => [fitLinear(fromMatrix(drives), distances), fromMatrix(drives), {}],
    options: table(predictLinearIntervalOptions),
  },
  fitSpendResponse: {
    args: () => [fromMatrix(budgets), spendSales, { adstock: 0, saturation: "none" }],
    options: table(fitSpendResponseOptions),
  },
  measureSpendResponse: {
    args: () => [fitSpendResponse(fromMatrix(budgets), spendSales, { adstock: 0.2 }), fromMatrix(budgets), {}],
    options: table(measureSpendResponseOptions),
  },
  predictSpendResponse: {
    args: () => [fitSpendResponse(fromMatrix(budgets), spendSales, { adstock: 0.2 }), fromMatrix(budgets), {}],
    options: table(predictSpendResponseOptions),
  },
};

const charts: Samples = {
  chartSpendResponse: {
    args: () => {
      const spend = fromMatrix(budgets);
      return [measureSpendResponse(fitSpendResponse(spend, spendSales, { adstock: 0.2 }), spend), {}];
    },
    options: table(chartOptions),
  },
  chartAnomalies: {
    args: () => [embed2d(blobs, { method: "pca" }), { labels: blobLabels.slice() }],
    options: table({ ...chartOptions, ...chartAnomaliesOptions }),
  },
  chartChooseK: { args: () => [chooseK(blobs, { by: "gap", to: 4 }), {}], options: table(chartOptions) },
  chartTracking: {
    args: () => [measurePurchaseForecast(fitBgNbd(donors()), [donors(), laterDonors()], { calibration: 0 }), {}],
    options: table(chartOptions),
  },
  chartSurvival: { args: () => [fitKaplanMeier(months(), answers), {}], options: table(chartOptions) },
  chartCalibration: { args: () => [measureCalibration(answers, chances()), {}], options: table(chartOptions) },
  chartLift: { args: () => [measureLift(answers, chances()), {}], options: table(chartOptions) },
  chartRoc: { args: () => [evaluateClassifier(answers, chances()), {}], options: table(chartOptions) },
  chartDendrogram: { args: () => [fitHierarchical(blobs), {}], options: table(chartDendrogramOptions) },
  chartCoefficients: {
    args: () => [fitLogistic(blobs, outcomes), {}],
    options: table({ ...chartOptions, ...chartCoefficientsOptions }),
  },
  chartControl: {
    args: () => [controlChart([5, 3, 4, 9, 5], { kind: "individuals", baseline: { center: 4, sigma: 1 } }), {}],
    options: table(chartOptions),
  },
  chartCohorts: {
    args: () => [deriveCohorts(log(), { asOf, period: "week", mode: "recurring" }), {}],
    options: table(chartOptions),
  },
  chartDrift: { args: () => [measureDrift(fromMatrix(rows), fromMatrix(rows)), {}], options: table(chartOptions) },
  chartStl: {
    args: () => [
      decomposeStl(
        Array.from({ length: 28 }, (_, i) => i + (i % 7)),
        { period: 7 },
      ),
      {},
    ],
    options: table(chartOptions),
  },
  chartUplift: {
    args: () => [
      measureQini([4, 3, 2, 1], { treatment: Uint8Array.of(1, 0, 1, 0), outcome: [1, 0, 0, 1], replicates: 0 }),
      {},
    ],
    options: table(chartOptions),
  },
  chartElbow: { args: () => [measureElbow(blobs, { to: 4 }), {}], options: table(chartOptions) },
  chartForecast: {
    args: () => [forecast(fitSeasonalNaive([3, 5, 4, 6], { period: 2 }), { steps: 3 }), { history: [3, 5, 4, 6] }],
    options: table({ ...chartOptions, ...chartForecastOptions }),
  },
  chartFunnel: {
    args: () => [measureFunnel(log(), { steps: ["view", "purchase"], windowMs: 4 * day }), {}],
    options: table(chartOptions),
  },
  chartKDistance: { args: () => [measureKDistance(blobs, { k: 2 }), {}], options: table(chartOptions) },
  chartMigration: {
    args: () => [measureMigration(blobLabels, movedLabels), {}],
    options: table(chartMigrationOptions),
  },
  chartRfm: { args: () => [scoreRfm(rfm()), {}], options: table(chartOptions) },
  chartSankey: { args: () => [sankeyOf(measureStepMatrix(log(), { steps: 3 })), {}], options: table(chartOptions) },
  chartSegments: { args: () => [profileSegments(blobs, blobLabels), {}], options: table(chartOptions) },
  chartTransitions: { args: () => [countTransitions(log()), {}], options: table(chartOptions) },
  chartSilhouette: {
    args: () => [measureSilhouette(blobs, blobLabels), {}],
    options: table({ ...chartOptions, ...chartSilhouetteOptions }),
  },
};

const report: Samples = {
  displayChart: { args: () => [chartElbow(measureElbow(blobs, { to: 4 })), {}], options: table(renderSvgOptions) },
  renderReport: {
    args: () => [{ title: "Shop", sections: [{ title: "Groups", chart: chartElbow(measureElbow(blobs, { to: 4 })) }] }],
    options: table(renderReportOptions),
  },
  renderSvg: { args: () => [chartElbow(measureElbow(blobs, { to: 4 })), {}], options: table(renderSvgOptions) },
};

const campaignShop = simulateShop({ customers: 5, days: 60 });
const simulate: Samples = {
  simulateCampaign: {
    args: () => [campaignShop, { at: campaignShop.truth.end - 20 * day, uplift: { loyal: 0.5 } }],
    options: table(simulateCampaignOptions),
  },
  simulateShop: { args: () => [{ customers: 5, days: 60 }], options: table(simulateShopOptions) },
};

/** A sample of every public function, by room. A function without one fails the test of all functions. */
export const samples: Readonly<Record<string, Samples>> = {
  core,
  numeric,
  tables,
  events: eventsRoom,
  features,
  segments,
  anomalies,
  trends,
  experiments,
  actions,
  journeys,
  predictions,
  charts,
  report,
  simulate,
};
