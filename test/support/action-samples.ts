import type { TriggerRule } from "clientele/actions";
import { readEvents } from "clientele/events";
import { triggerContextOptions } from "../../src/actions/trigger-plan.ts";
import { replayTriggersOptions } from "../../src/actions/replay-triggers.ts";
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

/** One ordinary call of each function of clientele/actions. */
export const actions: Samples = {
  diffAudience: { args: () => [before(), now()] },
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
};
