import { simulateCampaign, simulateShop } from "clientele/simulate";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const shop = simulateShop({ customers: 4000, days: 120, seed: 3 });
const at = shop.truth.start + 90 * day;
const uplift = { occasional: 0.3, loyal: 0, bargain: -0.4 };
const campaign = simulateCampaign(shop, { at, uplift });

/** Purchases per customer in the window, by segment and group. */
function rateOf(segment: string, treated: boolean): { readonly rate: number; readonly n: number } {
  const ids = new Set(campaign.customers.filter((one) => one.segment === segment && one.treated === treated).map(({ id }) => id));
  const bought = campaign.rows.filter((row) => row.type === "purchase" && row.time >= at && row.time < at + 14 * day && ids.has(row.customer));
  return { rate: new Set(bought.map(({ id }) => id)).size / ids.size, n: ids.size };
} // prettier-ignore

describe("simulateCampaign", () => {
  it("adds the planted share of purchases where the message works, and none to the control group", () => {
    const [treated, control] = [rateOf("occasional", true), rateOf("occasional", false)];
    // Standard error of the difference about 0.5 · √(1/n + 1/n) with n ≈ 580.
    expect(treated.rate - control.rate).toBeGreaterThan(0.3 - 0.09);
    expect(treated.rate - control.rate).toBeLessThan(0.3 + 0.09);
    const occasional = campaign.customers.filter(({ segment, treated: sent }) => segment === "occasional" && sent);
    const chance = occasional.reduce((sum, one) => sum + one.uplift, 0);
    expect(Math.abs(campaign.added - chance)).toBeLessThan(4 * Math.sqrt(chance));
  });

  it("drops purchases of those whom the message keeps from buying", () => {
    expect(rateOf("bargain", true).rate).toBeLessThan(rateOf("bargain", false).rate);
    expect(campaign.removed).toBeGreaterThan(20);
    const before = new Set(shop.rows.map(({ id }) => id)).size;
    const after = new Set(campaign.rows.map(({ id }) => id)).size;
    const messages = campaign.customers.filter(({ treated }) => treated).length;
    expect(after).toBe(before + messages + campaign.added - campaign.removed);
  });

  it("treats by chance, only customers who had joined, with rows by time", () => {
    const { customers, rows } = campaign;
    expect(customers).toHaveLength(shop.truth.customers.filter(({ joined }) => joined < at).length);
    expect(Math.abs(customers.filter(({ treated }) => treated).length / customers.length - 0.5)).toBeLessThan(0.035);
    expect(rows.every(({ time }, i) => i === 0 || time >= rows[i - 1].time)).toBe(true);
    expect(simulateCampaign(shop, { at, uplift })).toEqual(campaign);
    const none = simulateCampaign(shop, { at, uplift, treatedShare: 0 });
    expect(none).toMatchObject({ added: 0, removed: 0 });
    expect(none.rows).toHaveLength(shop.rows.length);
    expect(none.customers.map((one) => one.uplift)).toEqual(customers.map((one) => one.uplift));
  });

  it("treats half of every segment, also where the seed is that of the shop", () => {
    const same = simulateCampaign(shop, { at, uplift, seed: 3 });
    for (const segment of new Set(same.customers.map((one) => one.segment))) {
      const group = same.customers.filter((one) => one.segment === segment);
      const share = group.filter(({ treated }) => treated).length / group.length;
      // Four standard deviations of a fair coin.
      expect(Math.abs(share - 0.5)).toBeLessThan(2 / Math.sqrt(group.length));
    }
  });

  it("leaves bots and browsers alone", () => {
    const truth = new Map(shop.truth.customers.map((one) => [one.id, one]));
    const all = simulateCampaign(shop, { at, uplift: { browser: 1, dormant: 1 } });
    for (const { id, uplift: effect, segment } of all.customers) {
      const { anomaly } = truth.get(id) as { readonly anomaly: string | null };
      expect(effect).toBe(segment === "dormant" && anomaly !== "bot" ? 1 : 0);
    }
  });

  it("refuses other segments, instants outside the period, and what is no shop", () => {
    expectRefusal(() => simulateCampaign(shop, { at, uplift: { vip: 0.1 } }), "invalid-option", "options.uplift.vip");
    expectRefusal(() => simulateCampaign(shop, { at: shop.truth.end, uplift }), "invalid-option", "options.at");
    expectRefusal(() => simulateCampaign({} as never, { at, uplift }), "shape-mismatch", "shop");
  });
});
