import { type ActionCustomer, chooseNextAction, measureOffPolicy, type NextAction } from "clientele/actions";
import { randomOf } from "clientele/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const two: readonly NextAction[] = [
  { name: "discount", cost: 5 },
  { name: "call", cost: 8, capacity: 1, channel: "phone" },
];
const customer = (id: string, discount: number, call: number, worth = 100): ActionCustomer => ({
  id,
  uplift: { discount, call },
  value: { discount: worth, call: worth },
});
const actionsOf = (report: ReturnType<typeof chooseNextAction>): (string | null)[] =>
  report.choices.map(({ action }) => action);

describe("chooseNextAction", () => {
  it("takes the action that gains the most after its cost, or none", () => {
    const report = chooseNextAction([customer("a", 0.2, 0.1), customer("b", 0.1, 0.4), customer("c", 0.05, 0.08), customer("d", -0.1, 0)], two); // prettier-ignore
    expect(actionsOf(report)).toEqual(["discount", "call", null, null]);
    expect(report.choices.map(({ gain }) => gain)).toEqual([15, 32, 0, 0]);
    expect(report.choices.map(({ reason }) => reason)).toEqual(["best", "best", "no-gain", "no-gain"]);
    expect(report).toMatchObject({ gain: 47, cost: 13 });
    expect(report.actions).toEqual([
      { action: "discount", customers: 1, cost: 5, gain: 15 },
      { action: "call", customers: 1, cost: 8, gain: 32 },
    ]);
    expect(report.choices.every(({ propensity }) => propensity === 1)).toBe(true);
  });

  it("counts the uplift where there is one, and the probability where there is none", () => {
    const sure = { id: "sure", probability: { discount: 0.9 }, value: { discount: 100 } };
    expect(chooseNextAction([sure], two).choices[0].gain).toBe(85);
    expect(chooseNextAction([{ ...sure, uplift: { discount: 0.01 } }], two).choices[0].action).toBeNull();
  });

  it("gives what is scarce to those with whom it gains the most, and says what one more would add", () => {
    const customers = [customer("a", 0, 0.3), customer("b", 0.2, 0.5), customer("c", 0, 0.4)];
    const report = chooseNextAction(customers, two);
    // c by phone and b by discount: 32 + 15; b by phone would leave c with nothing: 42.
    expect(actionsOf(report)).toEqual([null, "discount", "call"]);
    expect(report.choices.map(({ reason }) => reason)).toEqual(["scarce", "second-best", "best"]);
    expect(report.gain).toBe(47);
    expect(report.bound).toBeCloseTo(47, 6);
    expect(report.prices["action call"]).toBeGreaterThan(0);
  });

  it("never spends more than there is, and finds the best of few customers", () => {
    const worth = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(fc.array(fc.tuple(worth, worth), { maxLength: 6 }), fc.integer({ min: 0, max: 30 }), (pairs, budget) => {
        const customers = pairs.map(([discount, call], i): ActionCustomer => ({ id: `${i}`, uplift: { discount: 1, call: 1 }, value: { discount, call } })); // prettier-ignore
        const report = chooseNextAction(customers, two, { budget });
        expect(report.cost).toBeLessThanOrEqual(budget);
        const best = (i: number, left: number, calls: number): number => {
          if (i === pairs.length) return 0;
          let most = best(i + 1, left, calls);
          if (left >= 5) most = Math.max(most, pairs[i][0] - 5 + best(i + 1, left - 5, calls));
          if (left >= 8 && calls > 0) most = Math.max(most, pairs[i][1] - 8 + best(i + 1, left - 8, calls - 1));
          return most;
        };
        expect(report.gain).toBeCloseTo(best(0, budget, 1), 9);
      }),
    ); // prettier-ignore
  });

  it("keeps to contacts, channels and the least gain", () => {
    const customers = Array.from({ length: 5 }, (_, i) => customer(`${i}`, 0.1 * (i + 1), 0));
    expect(actionsOf(chooseNextAction(customers, two, { contacts: 2 }))).toEqual([
      null,
      null,
      null,
      "discount",
      "discount",
    ]);
    expect(actionsOf(chooseNextAction(customers, two, { leastGain: 35 }))).toEqual([
      null,
      null,
      null,
      "discount",
      "discount",
    ]);
    const callers = [customer("a", 0, 0.5), customer("b", 0, 0.6)];
    const wide = [{ ...two[1], capacity: 9 }];
    expect(actionsOf(chooseNextAction(callers, wide, { channels: { phone: 1 } }))).toEqual([null, "call"]);
    expect(actionsOf(chooseNextAction(callers, wide, { budget: 0 }))).toEqual([null, null]);
  });

  it("asks for consent at the instant, for eligibility, and leaves out what is excepted", () => {
    const actions: readonly NextAction[] = [
      { name: "mail", cost: 1, purpose: "marketing" },
      { name: "perk", cost: 1, when: { field: "segment", equals: "loyal" } },
    ];
    const of = (id: string, more: object = {}): ActionCustomer => ({ id, uplift: { mail: 0.5, perk: 0.4 }, value: { mail: 10, perk: 10 }, ...more }); // prettier-ignore
    const customers = [of("a"), of("b"), of("c", { fields: { segment: "loyal" } }), of("d", { except: ["mail"] })];
    const consents = [
      { customer: "a", purpose: "marketing", granted: 100 },
      { customer: "b", purpose: "marketing", granted: 100, withdrawn: 200 },
    ];
    const at = (now: number): unknown[] => chooseNextAction(customers, actions, { consents, now }).choices.map(({ action, reason }) => [action, reason]); // prettier-ignore
    const [perk, none] = [["perk", "best"], [null, "not-allowed"]]; // prettier-ignore
    expect(at(99)).toEqual([[null, "no-consent"], [null, "no-consent"], perk, none]); // prettier-ignore
    expect(at(199)).toEqual([["mail", "best"], ["mail", "best"], perk, none]); // prettier-ignore
    expect(at(200)).toEqual([["mail", "best"], [null, "no-consent"], perk, none]); // prettier-ignore
    expect(chooseNextAction(customers, actions).reasons).toMatchObject({ "no-consent": 2, best: 1, "not-allowed": 1 });
    expectRefusal(() => chooseNextAction(customers, actions, { consents }), "invalid-option", "options.now");
  });

  it("gives equal gains to the earlier action and the earlier customer", () => {
    const actions = [{ name: "a", cost: 1, capacity: 1 }, { name: "b", cost: 1 }]; // prettier-ignore
    const same = (id: string): ActionCustomer => ({ id, uplift: { a: 0.5, b: 0.5 }, value: { a: 10, b: 10 } });
    expect(actionsOf(chooseNextAction([same("1"), same("2")], actions))).toEqual(["a", "b"]);
    expect(actionsOf(chooseNextAction([same("1"), same("2")], actions, { budget: 1 }))).toEqual(["a", null]);
  });

  it("takes nobody, no actions, and names of any kind", () => {
    expect(chooseNextAction([], two)).toMatchObject({ choices: [], gain: 0, bound: 0, cost: 0 });
    expect(actionsOf(chooseNextAction([customer("a", 1, 1)], []))).toEqual([null]);
    const odd = JSON.parse('{"__proto__": 0.5}') as Record<string, number>;
    const worth = JSON.parse('{"__proto__": 50}') as Record<string, number>;
    const report = chooseNextAction(
      [{ id: "a", uplift: odd, value: worth }],
      [{ name: "__proto__", cost: 1, capacity: 1 }],
    );
    expect(actionsOf(report)).toEqual(["__proto__"]);
    expect(
      chooseNextAction([{ id: "a", uplift: {}, value: {} }], [{ name: "toString", cost: 0 }]).reasons["not-allowed"],
    ).toBe(1);
  });

  it("refuses numbers that are none, with their place and without the number", () => {
    const good = customer("secret", 0.1, 0.1);
    const refused = (bad: object, path: string): void =>
      expectRefusal(() => chooseNextAction([good, { ...good, id: "b", ...bad }], two), "invalid-value", path);
    refused({ uplift: { discount: NaN } }, "customers[1].uplift.discount");
    refused({ uplift: { discount: 1.5 } }, "customers[1].uplift.discount");
    refused({ uplift: undefined, probability: { call: -0.1 } }, "customers[1].probability.call");
    refused({ value: { discount: Infinity, call: 1 } }, "customers[1].value.discount");
    refused({ id: "secret" }, "customers[1].id");
    expect(refusalOf(() => chooseNextAction([{ ...good, uplift: { discount: 7.25 } }], two)).message).not.toContain(
      "7.25",
    );
    expectRefusal(() => chooseNextAction([good], [{ name: "a", cost: -1 }]), "invalid-option", "actions[0].cost");
    expectRefusal(() => chooseNextAction([good], [two[0], two[0]]), "invalid-option", "actions[1].name");
    expectRefusal(
      () => chooseNextAction([good], two, { channels: { fax: 1 } }),
      "invalid-option",
      "options.channels.fax",
    );
    expectRefusal(() => chooseNextAction([good], [{ name: "a", cost: 1, when: { field: "x" } }]), "invalid-option", "actions[0].when"); // prettier-ignore
  });

  it("explores with the share that was asked for, within limits, and tells the propensity", () => {
    const customers = Array.from({ length: 4000 }, (_, i) => customer(`${i}`, 0.3, 0.2));
    const actions = [two[0], { ...two[1], capacity: undefined }];
    const report = chooseNextAction(customers, actions, { explore: 0.3, seed: 5 });
    const explored = report.choices.filter(({ reason }) => reason === "explored");
    // Binomial: 4000 · 0.3 ± 4 standard deviations of 29.
    expect(Math.abs(explored.length - 1200)).toBeLessThan(116);
    for (const action of ["discount", "call", null]) {
      expect(Math.abs(explored.filter((choice) => choice.action === action).length - explored.length / 3)).toBeLessThan(
        70,
      );
    }
    for (const { action, propensity } of report.choices)
      expect(propensity).toBeCloseTo(action === "discount" ? 0.8 : 0.1, 12);
    expect(chooseNextAction(customers, actions, { explore: 0.3, seed: 5 })).toEqual(report);
    expect(chooseNextAction(customers, actions, { explore: 0.3, budget: 100 }).cost).toBeLessThanOrEqual(100);
  });
});

describe("measureOffPolicy", () => {
  const logged = { actions: ["mail", null, "mail", null], propensities: [0.5, 0.5, 0.25, 0.5], rewards: [3, 1, 6, 2] };

  it("weights those who got what the policy would do by their propensity", () => {
    // Weights 2 and 4: (2 · 3 + 4 · 6) / 6 = 5; error √((2 · −2)² + (4 · 1)²) / 6; effective 36 / 20.
    const report = measureOffPolicy(logged, ["mail", "mail", "mail", "mail"]);
    expect(report).toMatchObject({
      estimate: 5,
      inversePropensity: 7.5,
      logged: 3,
      matched: 2,
      customers: 4,
      pValue: null,
    });
    expect(report.standardError).toBeCloseTo(Math.sqrt(32) / 6, 12);
    expect(report.effectiveSampleSize).toBeCloseTo(1.8, 12);
    expect(report.notes.map(({ code }) => code)).toEqual(["few-matches"]);
    expect(measureOffPolicy(logged, [null, "mail", null, "mail"])).toMatchObject({ estimate: 0, matched: 0, notes: [{ code: "no-overlap" }] }); // prettier-ignore
  });

  it("covers what a policy really earns, from choices made partly by chance", () => {
    // A mail adds 2 for the young and takes 1 from the old; logged are coins, 0.7 for a mail to the young, 0.4 to the old.
    let covered = 0;
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const random = randomOf(11, run);
      const people = Array.from({ length: 300 }, () => {
        const isYoung = random.next() < 0.5;
        const chance = isYoung ? 0.7 : 0.4;
        const isMailed = random.next() < chance;
        const reward = 10 + (isMailed ? (isYoung ? 2 : -1) : 0) + 4 * (random.next() - 0.5);
        return { isYoung, action: isMailed ? "mail" : null, propensity: isMailed ? chance : 1 - chance, reward };
      });
      const { interval } = measureOffPolicy(
        { actions: people.map(({ action }) => action), propensities: people.map(({ propensity }) => propensity), rewards: people.map(({ reward }) => reward) },
        people.map(({ isYoung }) => (isYoung ? "mail" : null)),
      ); // prettier-ignore
      if (interval[0] <= 11 && 11 <= interval[1]) covered++;
    }
    // 95 % ± 4 standard deviations of 1.1 %.
    expect(Math.abs(covered / runs - 0.95)).toBeLessThan(0.044);
  });

  it("refuses lists that do not fit and chances that are none", () => {
    expectRefusal(() => measureOffPolicy(logged, ["mail"]), "shape-mismatch", "policy");
    expectRefusal(() => measureOffPolicy({ ...logged, propensities: [0, 1, 1, 1] }, logged.actions), "invalid-value", "logged.propensities[0]"); // prettier-ignore
    expectRefusal(() => measureOffPolicy({ ...logged, rewards: [1, NaN, 1, 1] }, logged.actions), "invalid-value", "logged.rewards[1]"); // prettier-ignore
    expectRefusal(() => measureOffPolicy({ actions: [], propensities: [], rewards: [] }, []), "too-few-rows", "logged.actions"); // prettier-ignore
    expectRefusal(() => measureOffPolicy({} as never, []), "shape-mismatch", "logged.actions");
  });
});
