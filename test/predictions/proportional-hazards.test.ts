import { fitCox, testProportionalHazards } from "clientele/predictions";
import { fromMatrix, selectFeatures } from "clientele/tables";
import { describe, expect, it } from "vitest";
import golden from "../oracles/survival.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

const { tied } = golden;
const table = fromMatrix(tied.rows, { names: ["score", "plan"] });
const transforms = ["km", "rank", "identity"] as const;

describe("testProportionalHazards", () => {
  it.each(["efron", "breslow"] as const)("agrees with the definition for %s's ties on every scale of time", (ties) => {
    const model = fitCox(table, tied.durations, tied.events, { ties });
    for (const transform of transforms) {
      const report = testProportionalHazards(model, table, tied.durations, tied.events, { transform });
      const wanted = tied[ties].proportional[transform];
      const near = { relative: 1e-8, because: "sums that cancel" };
      expectClose(report.features.map(({ statistic }) => statistic), wanted.statistic, near); // prettier-ignore
      expectClose(report.features.map(({ pValue }) => pValue), wanted.pValue, near); // prettier-ignore
      expectClose(report.features.map(({ correlation }) => correlation ?? 9), wanted.correlation, near); // prettier-ignore
      expectClose(report.global.statistic, wanted.overall, near);
      expect([report.global.degreesOfFreedom, report.transform, report.notes]).toEqual([2, transform, []]);
      expect(report.features.map(({ feature }) => feature)).toEqual(["score", "plan"]);
    }
  });

  it("does not depend on the order of rows and the units of features", () => {
    const model = fitCox(table, tied.durations, tied.events);
    const { features, global } = testProportionalHazards(model, table, tied.durations, tied.events);
    const order = Array.from(shuffled(tied.rows.length, 2));
    const scaled = fromMatrix(order.map((row) => [tied.rows[row][0] * 1e6 + 5, tied.rows[row][1] / 1e3]), { names: table.names }); // prettier-ignore
    const [durations, events] = [order.map((row) => tied.durations[row]), order.map((row) => tied.events[row])];
    const moved = testProportionalHazards(fitCox(scaled, durations, events), scaled, durations, events);
    const near = { relative: 1e-8, because: "sums in another order" };
    expectClose(moved.features.map(({ statistic }) => statistic), features.map(({ statistic }) => statistic), near); // prettier-ignore
    expectClose(moved.global.pValue, global.pValue, near);
  });

  it("finds an effect that turns around, and none where there is none", () => {
    const rows = Array.from({ length: 600 }, (_, i) => [i % 2]);
    // Group 1 has its events early, or then late: no one factor says that.
    const durations = rows.map(([g], i) => (g === 0 ? 5 + (i % 20) / 10 : i % 4 === 1 ? 1 + (i % 20) / 10 : 9 + (i % 20) / 10)); // prettier-ignore
    const events = rows.map(() => 1);
    const turning = fromMatrix(rows, { names: ["group"] });
    const model = fitCox(turning, durations, events);
    expect(testProportionalHazards(model, turning, durations, events).features[0].pValue).toBeLessThan(1e-9);
  });

  it("says when the model was fitted on other rows", () => {
    const model = fitCox(table, tied.durations, tied.events);
    const order = Array.from(shuffled(tied.rows.length, 2));
    const { notes } = testProportionalHazards(model, reordered(table, order), tied.durations, tied.events);
    expect(notes.map(({ code }) => code)).toEqual(["other-rows"]);
  });

  it("refuses other features, a damaged model and events at one time", () => {
    const model = fitCox(table, tied.durations, tied.events);
    expectRefusal(() => testProportionalHazards(model, selectFeatures(table, ["plan"]), tied.durations, tied.events), "incompatible-model"); // prettier-ignore
    expectRefusal(() => testProportionalHazards({ ...model, covariance: [[1]] }, table, tied.durations, tied.events), "incompatible-model", "model.covariance"); // prettier-ignore
    expectRefusal(() => testProportionalHazards(model, table, tied.durations.map(() => 1), tied.events), "degenerate-data", "events"); // prettier-ignore
  });
});

describeWithData("testProportionalHazards on the recidivism data of Rossi et al.", ["rossi"], () => {
  const rows = readDataRows("rossi/rossi.csv");
  const features = (names: readonly string[]): ReturnType<typeof fromMatrix> => fromMatrix(rows.map((row) => names.map((name) => Number(row[name]))), { names }); // prettier-ignore
  const weeks = rows.map(({ week }) => Number(week));
  const arrests = rows.map(({ arrest }) => Number(arrest));

  it("finds what Fox & Weisberg print of cox.zph", () => {
    // Fox & Weisberg, "Cox Proportional-Hazards Regression" (2011), section on diagnostics: rho, chisq, p with fin, age, prio.
    const rossi = features(["fin", "age", "prio"]);
    const report = testProportionalHazards(fitCox(rossi, weeks, arrests), rossi, weeks, arrests);
    const because = "digits printed by R";
    expectClose(report.features.map(({ correlation }) => correlation ?? 9), [-0.00657, -0.20976, -0.08004], { absolute: 5.1e-6, because }); // prettier-ignore
    expectClose(report.features.map(({ statistic }) => statistic), [0.00507, 6.54147, 0.77288], { absolute: 5.1e-6, because }); // prettier-ignore
    expectClose(report.global.statistic, 7.13046, { absolute: 5.1e-6, because });
    expectClose(report.global.pValue, 0.0679, { absolute: 5.1e-5, because });
  });
});
