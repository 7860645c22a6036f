// The main job, top to bottom: a clean log → sessions → features → scores → segments that a person can read.
import type { RfmScores, RfmSegments, EngagementScores, ScaleModel } from "clientele/features";
import {
  deriveActivity,
  deriveRfm,
  fitZScore,
  labelRfmSegments,
  rfmSegmentRules,
  scoreEngagement,
  scoreRfm,
  transformScale,
} from "clientele/features";
import type { ChooseKReport, ElbowReport, KMeansModel, Lifecycle, ProfileReport, SilhouetteReport } from "clientele/segments"; // prettier-ignore
import {
  assignKMeans,
  chooseK,
  fitKMeans,
  labelLifecycle,
  measureElbow,
  measureSilhouette,
  profileSegments,
} from "clientele/segments";
import { sessionize } from "clientele/events";
import { log1p } from "clientele/numeric";
import type { FeatureTable, Labels, Partition } from "clientele/tables";
import { groupCount, joinFeatures, selectFeatures } from "clientele/tables";
import type { Shop } from "./shop.ts";
import { segmentNames } from "./names.ts";
import type { Step } from "./progress.ts";
import { count } from "./progress.ts";
import { orReason } from "./reason.ts";
import { UserError } from "./user-error.ts";
import type { ValueForecast } from "./worth.ts";
import { forecastValue } from "./worth.ts";

export type { Experiment, Shop } from "./shop.ts";

/** Everything that was found; row i of `rfm`, its scores, labels and `features` is the same buyer. */
export interface Analysis {
  readonly sessions: Partition;
  /** One row per customer, buyers or not. */
  readonly activity: FeatureTable;
  readonly engagement: EngagementScores;
  readonly rfm: FeatureTable;
  readonly rfmScores: RfmScores;
  readonly rfmSegments: RfmSegments;
  /** What buyers are grouped by, in its own units. */
  readonly features: FeatureTable;
  /** The features of which the logarithm is grouped by. */
  readonly logFeatures: readonly string[];
  readonly scaling: ScaleModel;
  readonly elbow: ElbowReport;
  readonly choice: ChooseKReport;
  readonly model: KMeansModel;
  readonly labels: Labels;
  readonly silhouette: SilhouetteReport;
  /** One name per segment. */
  readonly names: readonly string[];
  /** What is known about each buyer, in its own units. */
  readonly described: FeatureTable;
  readonly profile: ProfileReport;
  /** Where every customer is between first visit and departure, by their own rhythm. */
  readonly lifecycle: Lifecycle;
  /** What buyers will order and be worth, or the sentence that says why nobody can tell. */
  readonly worth: ValueForecast | string;
}

/** Engagement is what customers do now, so it looks at the last quarter and halves every month. */
export const engagementWindowDays = 90;
export const engagementOptions = {
  weights: { sessions: 2, events: 1, daysSinceLastActivity: 2 },
  halfLifeDays: 30,
} as const;

/**
 * Spend and order counts differ between customers by factors, not by amounts: a few hundred wholesalers spend a hundred
 * times the median. Unscaled or divided by a quartile range they pull whole clusters to themselves (k = 2 would put 99 %
 * of customers together); their logarithms are near-symmetric, so every part of the range gets its share of segments.
 */
const heavyTailed = ["orderCount", "revenue"];

/** The cost of silhouettes is quadratic; ten thousand tell as much as a million. */
const mostSilhouettes = 10_000;

/**
 * Runs the main job.
 *
 * @param shop - the log.
 * @param step - runs and reports one step.
 * @param seed - of every random start.
 * @returns what was found.
 * @throws {UserError} when the log has too few buyers to group.
 */
export function analyze(shop: Shop, step: Step, seed: number): Analysis {
  const { log, asOf, timeZone, purchase, order } = shop;

  const sessions = step(
    "sessionize",
    () => sessionize(log, { timeoutMinutes: 30 }),
    (made) => `${count(log.length)} events → ${count(groupCount(made))} sessions`,
  );
  const activity = step(
    "deriveActivity",
    () => deriveActivity(log, { asOf, sessions, timeZone, windowDays: engagementWindowDays }),
    (table) => `${count(table.ids.length)} customers`,
  );
  const engagement = step(
    "scoreEngagement",
    () => scoreEngagement(activity, engagementOptions),
    ({ scores }) => `${count(scores.ids.length)} customers`,
  );
  const rfm = step(
    "deriveRfm",
    () => deriveRfm(log, { asOf, purchase, timeZone, order }),
    (table) => `${count(table.ids.length)} buyers`,
  );
  checkBuyers(shop, rfm);
  const rfmScores = step(
    "scoreRfm",
    () => scoreRfm(rfm),
    ({ scores }) => `${count(scores.ids.length)} buyers`,
  );
  const rfmSegments = step(
    "labelRfmSegments",
    () => labelRfmSegments(rfmScores.scores, { rules: shop.hasValue ? rfmSegmentRules : rulesWithoutMoney }),
    ({ labels }) => `${count(new Set(labels).size)} segments`,
  );

  const features = selectFeatures(rfm, shop.hasValue ? rfm.names : ["daysSinceLastPurchase", "orderCount"]);
  const logFeatures = features.names.filter((name) => heavyTailed.includes(name));
  const scaling = fitZScore(withLogarithms(features, logFeatures));
  const scaled = step(
    "transformScale",
    () => transformFeatures(scaling, logFeatures, features),
    ({ names }) => `${names.length} features`,
  );
  const range = rangeOfK(shop, scaled);
  const elbow = step(
    "measureElbow",
    () => measureElbow(scaled, { ...range, from: 1, seed }),
    ({ k }) => `k = ${k[0]} to ${k.at(-1)}`,
  );
  const choice = step(
    "chooseK",
    () => chooseK(scaled, { ...range, seed }),
    ({ k }) => `k = ${k} of ${range.from} to ${range.to}`,
  );
  const model = step(
    "fitKMeans",
    () => fitKMeans(scaled, { k: choice.k, seed }),
    ({ sizes }) => `segments of ${sizes.map(count).join(", ")} buyers`,
  );
  const labels = assignKMeans(model, scaled);
  const silhouette = step(
    "measureSilhouette",
    () => measureSilhouette(scaled, labels, { sample: sampleOf(scaled), seed }),
    ({ mean }) => `mean ${mean.toFixed(2)}`,
  );
  // Profiles are read by people: in days, orders and money, with the activity beside.
  const described = joinFeatures([rfm, activity, engagement.scores], { how: "inner" });
  const names = segmentNames(profileSegments(features, labels));
  const profile = step(
    "profileSegments",
    () => profileSegments(described, labels, { names }),
    ({ segments }) => `${segments.length} segments`,
  );
  const lifecycle = step(
    "labelLifecycle",
    () => labelLifecycle(log, { asOf, purchase, order }),
    ({ ids, labels: stages, names: all }) => `${count(stages.filter((stage) => all[stage] === "atRisk").length)} of ${count(ids.length)} customers at risk`, // prettier-ignore
  );
  const worth = step(
    "forecastValue",
    () => orReason(() => forecastValue(shop)),
    (found) => (typeof found === "string" ? "cannot be told" : `52 weeks of ${count(found.ids.length)} buyers`),
  );
  return {
    ...{ lifecycle, worth, sessions, activity, engagement, rfm, rfmScores, rfmSegments, features, logFeatures },
    ...{ scaling, elbow, choice, model, labels, silhouette, names, described, profile },
  };
}

function sampleOf({ ids }: FeatureTable): number | undefined {
  return ids.length > mostSilhouettes ? mostSilhouettes : undefined;
}

/** Without values the monetary score says nothing, so segments are named by recency and frequency alone. */
const rulesWithoutMoney = rfmSegmentRules.map(({ name, recency, frequency }) => ({ name, recency, frequency }));

/** What buyers are grouped by, as the groups see it: logarithms of what is heavy-tailed, then the scale that was learned. */
export function transformFeatures(
  scaling: ScaleModel,
  logFeatures: readonly string[],
  table: FeatureTable,
): FeatureTable {
  return transformScale(scaling, withLogarithms(table, logFeatures));
}

function withLogarithms(table: FeatureTable, names: readonly string[]): FeatureTable {
  const takes = table.names.map((name) => names.includes(name));
  const values = table.values.map((value, cell) => (takes[cell % takes.length] ? log1p(value) : value));
  return { ids: table.ids, names: table.names, values };
}

function checkBuyers({ source, log, purchase }: Shop, rfm: FeatureTable): void {
  if (rfm.ids.length === 0) {
    const kinds = log.type.names.slice(0, 20).map((name) => `"${name}"`);
    throw new UserError(
      `${source} has no event of the kind "${purchase}" (--purchase NAME); its kinds are ${kinds.join(", ")}.`,
    );
  }
  if (rfm.ids.length < 3) {
    const buyers = rfm.ids.length === 1 ? "1 customer who bought" : `${rfm.ids.length} customers who bought`;
    throw new UserError(`${source} has only ${buyers}: segments need at least 3.`);
  }
}

/**
 * Two groups only split active customers from lapsed ones, and nobody can look after more than eight. A handful of
 * buyers gets what it can carry.
 */
function rangeOfK({ source }: Shop, scaled: FeatureTable): { from: number; to: number } {
  const width = scaled.names.length;
  const kinds = new Set(scaled.ids.map((_, i) => scaled.values.slice(i * width, (i + 1) * width).join()));
  if (kinds.size < 3) throw new UserError(`${source}: its buyers are too much alike to be told apart.`);
  const to = Math.min(8, kinds.size - 1);
  return { from: Math.min(3, to), to };
}
