import { type Challenger, planReclustering, type PlanReclusteringOptions } from "clientele/actions";
import {
  alignLabels,
  assignKMeans,
  fitKMeans,
  measureAdjustedRand,
  measureSilhouette,
  measureStability,
} from "clientele/segments";
import { fromMatrix } from "clientele/tables";
import { measureDrift } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const lastRun = Date.UTC(2026, 0, 5, 6);
const week = { lastRun, everyDays: 7 };
const alignment = { mapping: [1, 0], appeared: [], vanished: [] };
const better: Challenger = { silhouette: 0.5, championSilhouette: 0.4, stability: 0.9, adjustedRand: 0.7, migrationShare: 0.1, alignment }; // prettier-ignore
const gate = (challenger: Challenger, limits: Partial<PlanReclusteringOptions> = {}) =>
  planReclustering(week, { now: lastRun, challenger, ...limits }).gate!;

describe("planReclustering", () => {
  it("is due from the very millisecond at which the days are over", () => {
    const due = [-1, 0, 1].map((ms) => planReclustering(week, { now: lastRun + 7 * day + ms }).due);
    expect(due).toEqual([false, true, true]);
    expect(planReclustering(week, { now: lastRun + 7 * day })).toEqual({
      due: true,
      reasons: ["scheduled"],
      days: 7,
      nextRun: lastRun + 7 * day,
      gate: null,
      notes: [],
    });
  });

  it("is due where there was no run yet", () => {
    expect(planReclustering({ lastRun: null, everyDays: 7 }, { now: 0 })).toMatchObject({ due: true, reasons: ["never-run"], days: null, nextRun: null }); // prettier-ignore
  });

  it("is due when customers have drifted, but not before the least days", () => {
    const drift = { drifted: true, share: 0.6 };
    expect(planReclustering(week, { now: lastRun + day, drift }).reasons).toEqual(["drift"]);
    expect(planReclustering(week, { now: lastRun + 8 * day, drift }).reasons).toEqual(["scheduled", "drift"]);
    expect(planReclustering(week, { now: lastRun + day, drift: { drifted: false, share: 0.2 } }).due).toBe(false);
    const slow = { ...week, leastDays: 2 };
    const early = planReclustering(slow, { now: lastRun + 2 * day - 1, drift });
    expect([early.due, early.notes[0].code]).toEqual([false, "waiting"]);
    expect(planReclustering(slow, { now: lastRun + 2 * day, drift }).reasons).toEqual(["drift"]);
  });

  it("counts local dates in a zone, so that a weekly run keeps its day when clocks change", () => {
    // Berlin sets clocks forward on 2026-03-29: the week from Friday the 27th has 167 hours.
    const state = { lastRun: Date.UTC(2026, 2, 27, 5), everyDays: 7, timeZone: "Europe/Berlin" };
    const midnight = Date.UTC(2026, 3, 2, 22);
    expect(planReclustering(state, { now: midnight - 1 })).toMatchObject({ due: false, days: 6, nextRun: midnight });
    expect(planReclustering(state, { now: midnight })).toMatchObject({ due: true, days: 7, nextRun: midnight });
    const fall = { lastRun: Date.UTC(2026, 9, 23, 5), everyDays: 7, timeZone: "Europe/Berlin" };
    expect(planReclustering(fall, { now: lastRun + 400 * day }).nextRun).toBe(Date.UTC(2026, 9, 29, 23));
  });

  it("replaces the champion by a challenger that passes every check, with the alignment to use", () => {
    expect(gate(better)).toEqual({
      decision: "replace",
      reasons: [],
      checks: [
        { criterion: "gain", value: expect.closeTo(0.1, 12) as number, limit: 0, passed: true },
        { criterion: "stability", value: 0.9, limit: 0.6, passed: true },
        { criterion: "agreement", value: 0.7, limit: 0, passed: true },
        { criterion: "migration", value: 0.1, limit: 0.3, passed: true },
        { criterion: "difference", value: 0.7, limit: 1, passed: true },
        { criterion: "alignment", value: null, limit: null, passed: true },
      ],
      alignment,
    });
  });

  it.each<[string, Partial<Challenger>]>([
    ["no-gain", { silhouette: 0.39 }],
    ["unstable", { stability: 0.59 }],
    ["unlike", { adjustedRand: -0.01 }],
    ["too-many-moves", { migrationShare: 0.31 }],
    ["same-groups", { adjustedRand: 1 }],
    ["not-aligned", { alignment: undefined }],
  ])("keeps the champion: %s", (reason, figures) => {
    const kept = gate({ ...better, ...figures });
    expect([kept.decision, kept.reasons, kept.alignment]).toEqual(["keep", [reason], null]);
  });

  it("takes a figure exactly at its limit as passed, and one that was not given as no hindrance", () => {
    const edge = { ...better, silhouette: 0.4 + 0.1, championSilhouette: 0.4, stability: 0.6, adjustedRand: 0.2, migrationShare: 0.3 }; // prettier-ignore
    expect(gate(edge, { leastGain: 0.1, leastAgreement: 0.2 }).decision).toBe("replace");
    const bare = gate({ silhouette: 0.4, championSilhouette: 0.4, alignment });
    expect(bare.decision).toBe("replace");
    expect(bare.checks.filter(({ passed }) => passed === null).map(({ criterion }) => criterion)).toEqual(["stability", "agreement", "migration", "difference"]); // prettier-ignore
    expect(gate({ ...better, silhouette: 0.35 }, { leastGain: -0.05 }).decision).toBe("replace");
  });

  it("goes with the reports of the other rooms: customers move, drift is found, the new groups take over the old numbers", () => {
    const { next } = randomOf(5);
    const cloud = (x: number, y: number): number[][] => Array.from({ length: 60 }, () => [x + next(), y + next()]);
    const before = fromMatrix([...cloud(0, 0), ...cloud(5, 5), ...cloud(0, 5)], { names: ["visits", "spend"] });
    const after = fromMatrix([...cloud(3, 0), ...cloud(8, 5), ...cloud(4.4, 5)], { names: ["visits", "spend"] });
    const champion = fitKMeans(before, { k: 3, seed: 1 });
    const challenger = fitKMeans(after, { k: 3, seed: 2 });
    const drift = measureDrift(before, after);
    const old = assignKMeans(champion, after);
    const fresh = assignKMeans(challenger, after);
    const aligned = alignLabels(old, fresh);
    const moved = aligned.labels.filter((label, i) => label !== old[i]).length / old.length;
    const plan = planReclustering(week, {
      now: lastRun + day,
      drift,
      mostMigration: 0.5,
      challenger: {
        silhouette: measureSilhouette(after, fresh).mean,
        championSilhouette: measureSilhouette(after, old).mean,
        stability: measureStability(after, { k: 3, replicates: 10, seed: 1 }).value,
        adjustedRand: measureAdjustedRand(old, fresh).value,
        migrationShare: moved,
        alignment: { mapping: aligned.mapping, appeared: aligned.appeared, vanished: aligned.vanished },
      },
    });
    expect([plan.reasons, plan.gate?.decision]).toEqual([["drift"], "replace"]);
    expect(plan.gate?.alignment?.mapping).toEqual(aligned.mapping);
    expect(moved).toBeGreaterThan(0.1);
  });

  it("refuses a time before the last run, and bad figures with their path", () => {
    expectRefusal(() => planReclustering(week, { now: lastRun - 1 }), "invalid-option", "options.now");
    expectRefusal(
      () => planReclustering({ ...week, everyDays: 0 }, { now: lastRun }),
      "invalid-option",
      "state.everyDays",
    );
    expectRefusal(
      () => planReclustering({ ...week, lastRun: NaN }, { now: lastRun }),
      "invalid-option",
      "state.lastRun",
    );
    expectRefusal(
      () => planReclustering({ ...week, runs: 1 } as never, { now: lastRun }),
      "unknown-option",
      "state.runs",
    );
    expectRefusal(() => gate({ ...better, silhouette: NaN }), "invalid-option", "options.challenger.silhouette");
    expectRefusal(() => gate({ ...better, migrationShare: 2 }), "invalid-option", "options.challenger.migrationShare");
    expectRefusal(() => gate({ ...better, ari: 1 } as never), "unknown-option", "options.challenger.ari");
  });
});
