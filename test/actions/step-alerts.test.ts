import { type AlertFinding, type AlertState, stepAlerts } from "clientele/actions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileNames } from "../support/hostile.ts";
import { freezeDeep } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 1);
const find = (severity: AlertFinding["severity"], change = -0.04, metric = "conversion", segment = "loyal"): AlertFinding => ({ segment, metric, from: 0.1, to: 0.1 + change, change, severity }); // prettier-ignore
/** The kinds of alert of one finding per time. */
const story = (steps: readonly (readonly [at: number, finding: AlertFinding])[], options = {}): string[] => {
  let state: AlertState | undefined;
  return steps.map(([at, finding]) => {
    const step = stepAlerts(freezeDeep(state), { now: start + at, findings: [finding] }, options);
    state = JSON.parse(JSON.stringify(step.state)) as AlertState;
    return step.alerts.map(({ kind, direction, severity }) => `${kind} ${direction} ${severity}`).join(", ");
  });
};

describe("stepAlerts", () => {
  it("tells a trouble once per cool-down, to the millisecond", () => {
    const day = 24 * hour;
    expect(story([[0, find("low")], [day - 1, find("low")], [day, find("low")], [2 * day - 1, find("low")], [2 * day + 1, find("low")]])).toEqual(["new down low", "", "still down low", "", "still down low"]); // prettier-ignore
    expect(story([[0, find("low")], [hour, find("low")]], { coolDownHours: 1 })).toEqual(["new down low", "still down low"]); // prettier-ignore
    expect(
      story(
        [
          [0, find("low")],
          [0, find("low")],
        ],
        { coolDownHours: 0 },
      ),
    ).toEqual(["new down low", "still down low"]);
  });

  it("lets a trouble that gets worse through the cool-down, once, and starts the cool-down anew", () => {
    expect(
      story([
        [0, find("low")],
        [1, find("high")],
        [2, find("low")],
        [3, find("high")],
        [24 * hour, find("high")],
        [24 * hour + 1, find("low")],
      ]),
    ).toEqual(["new down low", "worse down high", "", "", "", "still down low"]);
  });

  it("keeps the other direction, metric and segment apart", () => {
    expect(
      story([
        [0, find("low")],
        [1, find("low", 0.04)],
        [2, find("low", -0.04, "size")],
        [3, find("low", -0.04, "conversion", "new")],
        [4, find("low")],
        [5, find("low", 0)],
      ]),
    ).toEqual(["new down low", "new up low", "new down low", "new down low", "", "new same low"]);
  });

  it("does not flap: what comes back within the cool-down is silent, later it is new", () => {
    const steps = [[0, find("low")], [hour, find("none")], [2 * hour, find("low")], [3 * hour, find("none")], [25 * hour, find("low")]] as const; // prettier-ignore
    expect(story(steps)).toEqual(["new down low", "", "", "", "new down low"]);
    expect(story(steps, { recovery: true })).toEqual(["new down low", "recovered down none", "", "recovered down none", "new down low"]); // prettier-ignore
    expect(
      story([
        [0, find("low")],
        [1, find("none")],
        [2, find("high")],
      ]),
    ).toEqual(["new down low", "", "new down high"]);
  });

  it("carries evidence, since when, and how many findings the trouble has", () => {
    const evidence = { center: 0.1, sigma: 0.01, note: null };
    const one = stepAlerts(undefined, { now: start, findings: [{ ...find("low"), evidence }] });
    const two = stepAlerts(one.state, { now: start + hour, findings: [find("low")] });
    const three = stepAlerts(two.state, { now: start + 24 * hour, findings: [{ ...find("low"), evidence }] });
    expect(three.alerts).toEqual([
      {
        ...find("low"),
        evidence,
        kind: "still",
        direction: "down",
        since: start,
        time: start + 24 * hour,
        findings: 3,
        idempotencyKey: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
      },
    ]);
    expect(three.alerts[0].idempotencyKey).not.toBe(one.alerts[0].idempotencyKey);
    expect(one.alerts[0]).toMatchObject({ since: start, findings: 1, kind: "new" });
  });

  it("takes the worst of repeated findings, and trouble before what is as usual", () => {
    const findings = [find("low"), find("high"), find("none"), find("none", 0.01), find("low")];
    const { alerts, suppressed } = stepAlerts(undefined, { now: start, findings });
    expect(alerts.map(({ severity }) => severity)).toEqual(["high"]);
    expect(suppressed).toEqual({ "cool-down": 0, repeated: 4, none: 0 });
  });

  it("leaves a trouble alone that is not looked at, and accounts for every finding", () => {
    const { state } = stepAlerts(undefined, { now: start, findings: [find("low")] });
    const idle = stepAlerts(state, { now: start + 99 * hour, findings: [] });
    expect(idle).toEqual({ state, alerts: [], suppressed: { "cool-down": 0, repeated: 0, none: 0 }, forgotten: 0 });
    const severity = fc.constantFrom<AlertFinding["severity"]>("none", "low", "high");
    const findings = fc.array(fc.tuple(severity, fc.constantFrom(-1, 0, 1), fc.constantFrom("a", "b")).map(([one, change, metric]) => find(one, change, metric))); // prettier-ignore
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), findings)), (steps) => {
        let memory: AlertState | undefined;
        let now = start;
        for (const [hours, found] of steps) {
          now += hours * hour;
          const step = stepAlerts(memory, { now, findings: found });
          const silent = Object.values(step.suppressed).reduce((a, b) => a + b);
          expect(step.alerts.length + silent).toBe(found.length);
          memory = step.state;
        }
      }),
    );
  });

  it("forgets what is over and past its cool-down, and of too many those not seen for longest", () => {
    const over = stepAlerts(undefined, { now: start, findings: [find("low")] }).state;
    const closed = stepAlerts(over, { now: start + 1, findings: [find("none")] }).state;
    expect(stepAlerts(closed, { now: start + 24 * hour - 1, findings: [] }).state.troubles).toHaveLength(1);
    expect(stepAlerts(closed, { now: start + 24 * hour, findings: [] }).state.troubles).toEqual([]);
    const many = (ids: readonly string[]): AlertFinding[] => ids.map((id) => find("low", -1, id));
    const options = { mostTroubles: 2 };
    const first = stepAlerts(undefined, { now: start, findings: many(["a", "b"]) }, options);
    const second = stepAlerts(first.state, { now: start + 1, findings: many(["c", "a"]) }, options);
    expect(second.state.troubles.map(({ metric }) => metric)).toEqual(["a", "c"]);
    expect([first.forgotten, second.forgotten]).toEqual([0, 1]);
  });

  it("keeps hostile names apart", () => {
    const findings = hostileNames.flatMap((name) => [find("low", -1, name), find("low", -1, "m", name)]);
    const step = stepAlerts(undefined, { now: start, findings });
    expect(step.alerts).toHaveLength(findings.length);
    expect(stepAlerts(step.state, { now: start + 1, findings }).alerts).toEqual([]);
  });

  it("does not tell again when the clock goes back", () => {
    expect(
      story([
        [0, find("low")],
        [-hour, find("low")],
      ]),
    ).toEqual(["new down low", ""]);
  });

  it("refuses broken findings, times and states", () => {
    const refused = (finding: unknown, path: string): void =>
      expectRefusal(() => stepAlerts(undefined, { now: start, findings: [finding as AlertFinding] }), "invalid-value", `input.findings[0]${path}`); // prettier-ignore
    refused(null, "");
    refused({ ...find("low"), segment: 1 }, ".segment");
    refused({ ...find("low"), to: NaN }, ".to");
    refused({ ...find("low"), severity: "toString" }, ".severity");
    refused({ ...find("low"), evidence: 7 }, ".evidence");
    expectRefusal(() => stepAlerts(undefined, { now: NaN, findings: [] }), "invalid-option", "input.now");
    expectRefusal(() => stepAlerts(undefined, { now: 0 } as never), "invalid-option", "input.findings");
    for (const state of [null, {}, { version: 2, troubles: [] }, { version: 1, troubles: [{}] }]) {
      expectRefusal(() => stepAlerts(state as never, { now: 0, findings: [] }), "incompatible-model", "state");
    }
  });
});
