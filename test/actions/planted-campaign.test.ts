import { chooseNextAction } from "clientele/actions";
import { randomOf } from "clientele/core";
import { readEvents } from "clientele/events";
import { fitUplift, measureUpliftBySegment, predictUplift } from "clientele/experiments";
import { derivePurchaseSummary, deriveRfm } from "clientele/features";
import { simulateCampaign, simulateShop } from "clientele/simulate";
import { column, fromMatrix, labelsOf } from "clientele/tables";
import { describe, expect, it } from "vitest";

const day = 86_400_000;
const readers = { customer: "customer", type: "type", time: "time", value: "value" };
/** A mail that moves who drops in now and then, and does nothing for the regulars. */
const planted = { occasional: 0.25, dormant: 0.1, loyal: 0, bargain: 0.02 };
const cost = 10;

/** A campaign to half of a shop's buyers: what was known before, who got it, who bought, and the truth. */
function campaignIn(seed: number) {
  const shop = simulateShop({ customers: 8000, days: 180, seed });
  const at = shop.truth.start + 150 * day;
  const { rows, customers } = simulateCampaign(shop, { at, uplift: planted, seed });
  const before = readEvents(rows.filter(({ time }) => time < at), readers).log; // prettier-ignore
  const summary = derivePurchaseSummary(before, { asOf: at, purchase: "purchase" });
  const rfm = deriveRfm(before, { asOf: at, purchase: "purchase" });
  const [orders, revenue, recency] = ["orderCount", "revenue", "daysSinceLastPurchase"].map((name) => column(rfm, name));
  const age = column(summary, "age");
  const orderValue = revenue.map((sum, i) => sum / orders[i]);
  const log = (x: number): number => Math.log(Math.max(x, 1e-9));
  const features = rfm.ids.map((_, i) => [log(orderValue[i]), log(orders[i]), log(recency[i] + 1), log(age[i] + 1)]);
  const names = ["logOrderValue", "logOrders", "logRecency", "logAge"];
  const truth = new Map(customers.map((one) => [one.id, one]));
  const answers = rows.filter(({ type, time }) => type === "purchase" && time >= at && time < at + 14 * day);
  return {
    ids: rfm.ids,
    table: fromMatrix(features, { ids: rfm.ids, names }),
    orderValue,
    truth,
    bought: new Set(answers.map(({ customer }) => customer)),
  };
} // prettier-ignore

describe("a campaign with a planted effect", () => {
  const pilot = campaignIn(1);
  const next = campaignIn(2);
  const treatment = Uint8Array.from(pilot.ids, (id) => (pilot.truth.get(id)?.treated === true ? 1 : 0));
  const outcome = Uint8Array.from(pilot.ids, (id) => (pilot.bought.has(id) ? 1 : 0));

  /** What mailing these customers truly earns, by the planted effects. */
  const earnedBy = (ids: readonly string[]): number =>
    ids.reduce((sum, id) => {
      const one = next.truth.get(id);
      return one === undefined ? sum : sum + one.uplift * one.value - cost;
    }, 0);

  it("is found in the segments in which it was planted", () => {
    const names = Object.keys(planted);
    const labels = labelsOf(pilot.ids.map((id) => names.indexOf(pilot.truth.get(id)?.segment ?? "")));
    const { segments } = measureUpliftBySegment(labels, { treatment, outcome, names });
    for (const { segment, interval } of segments) {
      const effect = Object.values(planted)[segment];
      // An answer beside a purchase that would have come anyway is still one customer: the effect on customers is a little less.
      expect(interval[0]).toBeLessThan(effect + 0.01);
      expect(interval[1]).toBeGreaterThan(0.7 * effect - 0.01);
    }
  });

  it("makes the next best action earn more than chance, than everybody and than nobody", () => {
    const model = fitUplift(pilot.table, treatment, outcome, { learner: "t" });
    const uplift = predictUplift(model, next.table);
    const customers = next.ids.map((id, i) => ({
      id,
      uplift: { mail: Math.min(1, Math.max(-1, uplift[i])) },
      value: { mail: next.orderValue[i] },
    }));
    const budget = cost * Math.floor(customers.length / 4);
    const mail = [{ name: "mail", cost }];
    const mailed = (plan: ReturnType<typeof chooseNextAction>): string[] =>
      plan.choices.filter(({ action }) => action === "mail").map(({ id }) => id);
    const plan = chooseNextAction(customers, mail, { budget });
    expect(plan.cost).toBeLessThanOrEqual(budget);
    const best = earnedBy(mailed(plan));

    const random = randomOf(9);
    const drawn = next.ids.map((id) => ({ id, place: random.next() })).sort((a, b) => a.place - b.place);
    const byChance = earnedBy(drawn.slice(0, mailed(plan).length).map(({ id }) => id));
    const known = customers.map(({ id }) => ({ id, uplift: { mail: next.truth.get(id)?.uplift ?? 0 }, value: { mail: next.truth.get(id)?.value ?? 0 } })); // prettier-ignore
    const atMost = earnedBy(mailed(chooseNextAction(known, mail, { budget })));
    const everybody = earnedBy(next.ids);

    expect(best).toBeGreaterThan(0);
    expect(best).toBeGreaterThan(everybody);
    // Of what can be earned beyond chance by who knows the planted effects, at least a quarter is found from one pilot.
    expect(best - byChance).toBeGreaterThan((atMost - byChance) / 4);
  });
});
