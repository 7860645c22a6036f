import { basketsOfOptions } from "../../src/actions/baskets-of.ts";
import { measureItemSimilarityOptions } from "../../src/actions/item-similarity.ts";
import { measureOffPolicyOptions } from "../../src/actions/off-policy.ts";
import { nextActionConstraints } from "../../src/actions/next-action-options.ts";
import { playbookRulesOptions } from "../../src/actions/playbook-rules.ts";
import { readEvents } from "clientele/events";
import { recommendCrossSellOptions } from "../../src/actions/cross-sell.ts";
import { recommendItemsOptions } from "../../src/actions/recommend-items.ts";
import { replayTriggersOptions } from "../../src/actions/replay-triggers.ts";
import { triggerContextOptions } from "../../src/actions/trigger-plan.ts";
import {
  audiencePayloads,
  planReclustering,
  recommendCrossSell,
  stepTriggers,
  type TriggerRule,
} from "clientele/actions";
import { audiencePayloadsOptions } from "../../src/actions/audience-payloads.ts";
import { filterAudienceConsentOptions } from "../../src/actions/filter-audience-consent.ts";
import { measureMonitoringParts } from "../../src/actions/monitoring.ts";
import { measureSegmentHealthOptions } from "../../src/actions/segment-health.ts";
import { planReclusteringOptions } from "../../src/actions/plan-reclustering.ts";
import { stepAlertsOptions } from "../../src/actions/step-alerts.ts";
import { planRetryOptions } from "../../src/actions/plan-retry.ts";
import { type Samples, table } from "./sample.ts";

const before = () => [
  { id: "ann", segment: "new" },
  { id: "ben", segment: "loyal" },
  { id: "dora", segment: "new" },
];
const now = () => [
  { id: "ann", segment: "loyal" },
  { id: "cleo", segment: "new" },
  { id: "dora", segment: "new" },
];

const rules = (): TriggerRule[] => [
  { name: "cart", on: "cart", unless: "buy", afterMinutes: 60, by: "order" },
  { name: "back", on: {}, afterMinutes: 1440, quietHours: { from: 21, to: 8, timeZone: "Europe/Berlin" } },
];
const visits = [
  { customer: "ann", type: "cart", time: 0, order: "1" },
  { customer: "bo", type: "cart", time: 60_000, order: "2" },
  { customer: "bo", type: "buy", time: 120_000, order: "2" },
];

const baskets = [["bread", "butter"], ["bread", "butter", "jam"], ["bread"], ["soap"]]; // prettier-ignore
const orders = [
  { who: "ann", what: "purchase", at: 1, order: "o1", item: "bread" },
  { who: "ann", what: "purchase", at: 1, order: "o1", item: "butter" },
];
const orderColumns = { customer: "who", type: "what", time: "at", extra: { order: "order", item: "item" } };
const people = [
  { id: "ann", uplift: { discount: 0.2, call: 0.3 }, value: { discount: 50, call: 50 } },
  { id: "bob", uplift: { discount: 0.1, call: 0.4 }, value: { discount: 80, call: 80 } },
];
const logged = { actions: ["mail", null, "mail"], propensities: [0.5, 0.5, 0.5], rewards: [3, 1, 5] };
const diff = () => ({
  added: [{ id: "cleo", segment: "new" }],
  removed: [{ id: "ben", segment: "loyal" }],
  changed: [{ id: "ann", segment: "loyal", from: "new", to: "loyal" }],
});

/** One ordinary call of each function of clientele/actions. */
export const actions: Samples = {
  audiencePayloads: { args: () => [diff(), { target: "hubspot" }], options: table(audiencePayloadsOptions) },
  mergeTriggerStates: {
    args: () => [0, 1].map((visit) => stepTriggers(rules(), undefined, visits[visit]).state),
  },
  playbookRules: { args: () => [{}], options: table(playbookRulesOptions) },
  diffAudience: { args: () => [before(), now()] },
  filterAudienceConsent: {
    args: () => [now(), { consents: [{ customer: "ann", purpose: "ads", granted: 5 }], purpose: "ads", now: 9 }],
    options: table(filterAudienceConsentOptions),
  },
  measureMonitoring: {
    args: () => [{ plan: planReclustering({ lastRun: null, everyDays: 7 }, { now: 0 }) }],
    options: table(measureMonitoringParts),
  },
  measureSegmentHealth: {
    args: () => [
      [10, 12, 11, 13, 10, 12, 11, 12, 13, 30].map((size, time) => ({
        time,
        segments: [
          { segment: "new", size, metrics: { rate: { successes: size >> 1, n: size }, spend: time, gap: null } },
        ],
      })),
      {},
    ],
    options: table(measureSegmentHealthOptions),
  },
  planReclustering: {
    args: () => [
      { lastRun: 0, everyDays: 7 },
      {
        now: 86_400_000,
        drift: { drifted: true, share: 0.6 },
        challenger: {
          silhouette: 0.5,
          championSilhouette: 0.4,
          alignment: { mapping: [0, null], appeared: [], vanished: [1] },
        },
      },
    ],
    options: table(planReclusteringOptions),
  },
  stepAlerts: {
    args: () => [
      {
        version: 1,
        troubles: [
          { segment: "new", metric: "size", direction: "up", since: 0, alerted: 0, severity: "low", seen: 0, findings: 1, open: true }, // prettier-ignore
        ],
      },
      {
        now: 9,
        findings: [
          { segment: "new", metric: "rate", from: 2, to: 1, change: -1, severity: "low", evidence: { center: 2 } },
        ],
      },
      {},
    ],
    options: table(stepAlertsOptions),
  },
  planRetry: {
    args: () => [audiencePayloads(diff(), { target: "marketo" }), [{ status: 503 }, { status: 404 }], { now: 0 }],
    options: table(planRetryOptions),
  },
  toCsv: { args: () => [[{ id: "ann", segment: "=1+1", balance: -5 }, { id: "ben" }]] },
  replayTriggers: {
    args: () => [
      rules(),
      readEvents(visits, { customer: "customer", type: "type", time: "time", extra: { order: "order" } }).log,
      { until: 86_400_000 * 2, keepState: true },
    ],
    options: table(replayTriggersOptions),
  },
  stepTriggers: { args: () => [rules(), undefined, visits[0], {}], options: table(triggerContextOptions) },
  basketsOf: {
    args: () => [readEvents(orders, orderColumns).log, { item: "item", order: "order" }],
    options: table(basketsOfOptions),
  },
  chooseNextAction: {
    args: () => [people, [{ name: "discount", cost: 5 }, { name: "call", cost: 8, capacity: 1 }], { budget: 20 }], // prettier-ignore
    options: table(nextActionConstraints),
  },
  choosePlaybooks: { args: () => [{ stage: "atRisk", orderCount: 3 }] },
  chooseVariantFor: { args: () => [{ plan: "pro" }, [{ variant: "b", when: { field: "plan", equals: "pro" } }]] },
  measureItemSimilarity: { args: () => [baskets, { minSupport: 0.25 }], options: table(measureItemSimilarityOptions) },
  measureOffPolicy: { args: () => [logged, ["mail", "mail", "mail"], {}], options: table(measureOffPolicyOptions) },
  recommendCrossSell: { args: () => [baskets, { minSupport: 0.25 }], options: table(recommendCrossSellOptions) },
  recommendItems: {
    args: () => [recommendCrossSell(baskets, { minSupport: 0.25 }), ["bread"], { top: 2 }],
    options: table(recommendItemsOptions),
  },
};
