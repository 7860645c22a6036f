import { type BehaviorRule, scoreBehavior } from "clientele/features";
import { describe, expect, it } from "vitest";
import { behaviorRuleOptions } from "../../src/features/behavior.ts";
import { tableLaws } from "../laws/table-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const asOf = Date.UTC(2024, 0, 29, 12);
const because = "one rounding of exp per event";

tableLaws("scoreBehavior", {
  derive: (log, now) =>
    scoreBehavior(log, {
      asOf: now,
      rules: [
        { event: "purchase", points: 10, halfLifeDays: 7, cap: 15 },
        { event: ["view", "__proto__"], points: -1 },
        { event: "purchase", points: 1 },
      ],
    }),
  isIn: () => true,
});

describe("scoreBehavior", () => {
  const log = logOf([
    ["a", "demo", asOf - 30 * day],
    ["a", "demo", asOf - 15 * day],
    ["a", "demo", asOf],
    ["a", "demo", asOf + 1],
    ["a", "view", asOf - 3 * day],
    ["b", "idle", asOf],
    ["c", "demo", asOf + 1],
  ]);
  const scoreOf = (rules: readonly BehaviorRule[], id = "a"): Record<string, number> =>
    rowOf(scoreBehavior(log, { asOf, rules }), id);

  it("adds up points that halve every half-life; events after asOf do not count", () => {
    // By hand: 10 (1/4 + 1/2^(1/2) … ages 30, 15 and 0 days with a half-life of 15: 1/4 + 1/2 + 1.
    const row = scoreOf([{ event: "demo", points: 10, halfLifeDays: 15 }]);
    expectClose([row["demo"], row["total"]], [17.5, 17.5], { relative: 1e-15, because });
    const short = scoreOf([{ event: "view", points: 8, halfLifeDays: 2 }]);
    expectClose(short["view"], 8 / Math.SQRT2 / 2, { relative: 1e-15, because });
  });

  it("keeps points forever without a half-life", () => {
    expect(scoreOf([{ event: "demo", points: 10 }])).toEqual({ demo: 30, total: 30 });
  });

  it("caps the decayed sum of a rule on both sides, not the total", () => {
    expect(scoreOf([{ event: "demo", points: 10, cap: 25 }, { event: "view", points: 7 }])).toEqual({ demo: 25, view: 7, total: 32 }); // prettier-ignore
    expect(scoreOf([{ event: "demo", points: -10, cap: 25 }])).toEqual({ demo: -25, total: -25 });
    // 30 points undecayed, but the cap looks at what is left of them: 17.5.
    expectClose(scoreOf([{ event: "demo", points: 10, halfLifeDays: 15, cap: 20 }])["demo"], 17.5, { relative: 1e-15, because }); // prettier-ignore
  });

  it("gives 0, not −0, to who did nothing that counts, and leaves out who came later", () => {
    const table = scoreBehavior(log, { asOf, rules: [{ event: "demo", points: -3 }] });
    expect(table.ids).toEqual(["a", "b"]);
    expect(Object.is(rowOf(table, "b")["demo"], 0)).toBe(true);
  });

  it("counts an event in every rule that names it, each with a name of its own", () => {
    const rules = [
      { event: "demo", points: 1 },
      { event: ["demo", "view"], points: 1 },
      { event: "demo", points: 2 },
      { event: "demo #2", points: 1 },
      { event: "view", points: 4, name: "read" },
      { event: "total", points: 1 },
      { event: "__proto__", points: 1 },
    ];
    const table = scoreBehavior(log, { asOf, rules });
    expect(table.names).toEqual([
      "demo", "demo+view", "demo #2", "demo #2 #2", "read", "total #2", "__proto__", "total",
    ]); // prettier-ignore
    expect(Array.from(table.values.slice(0, 8))).toEqual([3, 4, 6, 0, 4, 0, 0, 17]);
  });

  it("ages by calendar days in a zone: what happened yesterday evening is a day old", () => {
    const evening = logOf([["a", "demo", asOf - 13 * 3_600_000]]);
    const rules = [{ event: "demo", points: 8, halfLifeDays: 1 }];
    expectClose(rowOf(scoreBehavior(evening, { asOf, rules, timeZone: "UTC" }), "a")["demo"], 4, { relative: 1e-15, because }); // prettier-ignore
    expectClose(rowOf(scoreBehavior(evening, { asOf, rules }), "a")["demo"], 8 * 2 ** (-13 / 24), { relative: 1e-14, because }); // prettier-ignore
  });

  it("lets very old events fade to nothing rather than to NaN", () => {
    const old = logOf([["a", "demo", -8.64e15]]);
    expect(scoreBehavior(old, { asOf, rules: [{ event: "demo", points: 1e12, halfLifeDays: 1e-300 }] }).values).toEqual(Float64Array.of(0, 0)); // prettier-ignore
  });

  it("refuses rules it cannot read, with their path", () => {
    const scored = (rule: object): unknown => scoreBehavior(log, { asOf, rules: [{ event: "a", points: 1 }, rule as BehaviorRule] }); // prettier-ignore
    for (const [key, row] of Object.entries(behaviorRuleOptions)) {
      for (const wrong of row.refused) {
        const path = `options.rules[1].${key}`;
        expectRefusal(() => scored({ event: "demo", points: 1, [key]: wrong }), "invalid-option", path);
      }
    }
    expectRefusal(() => scored({ event: "demo" }), "invalid-option", "options.rules[1].points");
    expectRefusal(() => scored({ event: "demo", point: 1 }), "unknown-option", "options.rules[1].point");
  });
});
