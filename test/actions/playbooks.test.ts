import { choosePlaybooks, type Playbook, standardPlaybooks } from "clientele/actions";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const actionsFor = (context: Readonly<Record<string, unknown>>): string[] =>
  choosePlaybooks(context).map(({ action }) => action);

describe("choosePlaybooks", () => {
  it("rewards power users, keeps who is about to leave, sells across to occasional buyers, welcomes first-time ones", () => {
    expect(actionsFor({ stage: "active", isPowerUser: true, orderCount: 30 })).toEqual(["loyalty"]);
    expect(actionsFor({ stage: "atRisk", orderCount: 9 })).toEqual(["incentive"]);
    expect(actionsFor({ stage: "active", orderCount: 3, churnProbability: 0.5 })).toEqual(["incentive", "cross-sell"]);
    expect(actionsFor({ stage: "active", orderCount: 3, churnProbability: 0.49 })).toEqual(["cross-sell"]);
    expect(actionsFor({ stage: "new", orderCount: 1 })).toEqual(["welcome"]);
    expect(actionsFor({ stage: "churned" })).toEqual(["re-engagement"]);
    expect(actionsFor({ stage: "prospect", orderCount: 0 })).toEqual(["first-order"]);
    expect(actionsFor({ stage: "active", orderCount: 5 })).toEqual([]);
    expect(actionsFor({})).toEqual([]);
  });

  it("follows playbooks of your own, which survive JSON", () => {
    const own: readonly Playbook[] = [
      { ...standardPlaybooks[0], when: { field: "orderCount", atLeast: 50 }, action: "visit" },
    ];
    const saved = JSON.parse(JSON.stringify(own)) as readonly Playbook[];
    expect(choosePlaybooks({ orderCount: 50 }, saved).map(({ action }) => action)).toEqual(["visit"]);
    expect(JSON.parse(JSON.stringify(standardPlaybooks))).toEqual(standardPlaybooks);
  });

  it("keeps a share of everybody untouched and never discounts for who would come anyway", () => {
    for (const { guardrails } of standardPlaybooks) {
      expect(guardrails.holdoutShare).toBeGreaterThan(0);
      expect(guardrails.cooldownDays).toBeGreaterThan(0);
    }
    const discounts = Object.fromEntries(standardPlaybooks.map((one) => [one.action, one.guardrails.largestDiscount]));
    expect(discounts).toMatchObject({ loyalty: 0, "cross-sell": 0 });
  });

  it("refuses playbooks that are none", () => {
    const bad = (change: object): (() => unknown) => () => choosePlaybooks({}, [{ ...standardPlaybooks[0], ...change }]); // prettier-ignore
    expectRefusal(bad({ name: 1 }), "invalid-option", "playbooks[0].name");
    expectRefusal(bad({ when: {} }), "invalid-option", "playbooks[0].when");
    expectRefusal(bad({ whom: {} }), "unknown-option", "playbooks[0].whom");
    expectRefusal(() => choosePlaybooks({}, {} as never), "invalid-option", "playbooks");
    expectRefusal(() => choosePlaybooks(5 as never), "shape-mismatch", "context");
  });
});
