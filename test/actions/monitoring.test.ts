import { measureMonitoring, measureSegmentHealth, planReclustering, stepAlerts } from "clientele/actions";
import { renderReport } from "clientele/report";
import { fromMatrix } from "clientele/tables";
import { measureDrift } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal } from "../support/refusal.ts";

const week = 604_800_000;
const historyOf = (segment: string) =>
  [31, 28, 30, 33, 29, 32, 30, 31, 29, 12].map((successes, i) => ({
    time: i * week,
    segments: [
      { segment, size: 300, metrics: { conversion: { successes, n: 300 } } },
      { segment: `${segment}, others`, size: 100 },
    ],
  }));
const health = measureSegmentHealth(historyOf("loyal"));
const alerts = stepAlerts(undefined, { now: 9 * week, findings: health.findings });
const drift = measureDrift(
  fromMatrix(
    Array.from({ length: 50 }, (_, i) => [i, i % 7]),
    { names: ["visits", "spend"] },
  ),
  fromMatrix(
    Array.from({ length: 50 }, (_, i) => [i + 40, i % 7]),
    { names: ["visits", "spend"] },
  ),
);
const challenger = { silhouette: 0.4, championSilhouette: 0.5 };
const plan = planReclustering({ lastRun: 0, everyDays: 100 }, { now: 9 * week, drift, challenger });

describe("measureMonitoring", () => {
  it("joins alerts, segments, metrics, drift and the plan as sections", () => {
    const page = measureMonitoring({ health, alerts, drift, plan });
    expect(page.severity).toBe("high");
    expect(page.actions).toEqual(["Look into 1 high alert.", "Group the customers anew (drift)."]);
    expect(page.sections.map(({ title, text }) => [title, text])).toEqual([
      ["Alerts", "1 alert."],
      ["Segments", "2 segments on 1970-03-05 00:00 UTC: 1 not as usual."],
      ["Metrics that are not as usual", "1 of 5 metrics."],
      ["Drift", "Customers have drifted: 50.0 % of the features did."],
      [
        "Grouping anew",
        "A run is due: drift. Scheduled for 1970-04-11 00:00 UTC.\n\nThe segments stay: no-gain, not-aligned.",
      ],
    ]);
    expect(page.sections[1].table?.rows).toEqual([
      ["loyal", 300, 75, "changed much"],
      ["loyal, others", 100, 25, "as usual"],
    ]);
    const [from, to] = [page.sections[2].table!.rows[0][2], page.sections[2].table!.rows[0][3]];
    expect(from).toBeCloseTo(273 / 2700, 12);
    expect(to).toBe(0.04);
    for (const { table } of page.sections) {
      for (const row of table?.rows ?? []) expect(row).toHaveLength(table!.columns.length);
    }
  });

  it("says so when all is as usual, and nothing of what it does not know", () => {
    expect(measureMonitoring({})).toEqual({ severity: "none", actions: [], sections: [] });
    const quiet = measureMonitoring({
      alerts: stepAlerts(undefined, { now: 0, findings: [] }),
      plan: planReclustering({ lastRun: 0, everyDays: 7 }, { now: 1 }),
    });
    expect(quiet.severity).toBe("none");
    expect(quiet.sections.map(({ text }) => text)).toEqual(["0 alerts.", "No run is due. Scheduled for 1970-01-08 00:00 UTC."]); // prettier-ignore
  });

  it("tells what was told before, and shows the worst fifty", () => {
    const again = stepAlerts(alerts.state, { now: 9 * week + 1, findings: health.findings });
    expect(measureMonitoring({ alerts: again }).sections[0].text).toBe(
      "0 alerts; 1 finding told before and still there.",
    );
    const findings = Array.from({ length: 60 }, (_, i) => ({ segment: `s${i}`, metric: "m", from: 1, to: 2, change: 1, severity: i === 59 ? ("high" as const) : ("low" as const) })); // prettier-ignore
    const [section] = measureMonitoring({ alerts: stepAlerts(undefined, { now: 0, findings }) }).sections;
    expect([section.text, section.table?.rows.length, section.table?.rows[0][0]]).toEqual(["60 alerts. The first 50 are shown.", 50, "s59"]); // prettier-ignore
  });

  it("makes a page of it, also with hostile names", () => {
    for (const name of hostileNames.filter((one) => one.length < 1000)) {
      const found = measureSegmentHealth(historyOf(name));
      const step = stepAlerts(undefined, { now: 0, findings: found.findings });
      const html = renderReport({
        title: "Monday",
        sections: measureMonitoring({ health: found, alerts: step }).sections,
      });
      expect(html).toContain("Metrics that are not as usual");
      expect(html).not.toMatch(/<script|<img|<foreignObject/i);
    }
  });

  it("refuses parts that are none", () => {
    expectRefusal(() => measureMonitoring(null as never), "invalid-option", "options");
    expectRefusal(() => measureMonitoring({ health: {} } as never), "invalid-option", "options.health");
    expectRefusal(() => measureMonitoring({ helth: health } as never), "unknown-option", "options.helth");
  });
});
