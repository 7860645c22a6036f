import { sessionize } from "clientele/events";
import { compareJourneys, countTransitions, measureFunnel, measureSegmentJourneys } from "clientele/journeys";
import { labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const names = ["ann", "bob", "cid", "__proto__"];
const happenings: fc.Arbitrary<Happening[]> = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom("home", "cart", "paid")), { minLength: 4, maxLength: 60 })
  .map((rows) => [...names.map((name): Happening => [name, "home", 0]), ...rows.map(([who, what], i): Happening => [who, what, (i + 1) * 1_000_000])]); // prettier-ignore

describe("measureSegmentJourneys", () => {
  it("gives each segment what the log of its customers alone gives, over customers or sessions", () => {
    fc.assert(
      fc.property(happenings, fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 4, maxLength: 4 }), fc.boolean(), (rows, list, bySession) => {
        const log = logOf(rows);
        const labels = labelsOf(list);
        const steps = ["home", "paid"];
        const states = ["home", "cart", "paid"];
        const options = bySession ? { per: sessionize(log), states } : { states };
        const { segments, unlabeled } = measureSegmentJourneys(log, { labels, steps, ...options });
        expect(unlabeled).toBe(list.filter((label) => label < 0).length);
        expect(segments).toHaveLength(Math.max(...list) + 1);
        for (const { segment, customers, transitions, funnel } of segments) {
          expect(customers).toBe(list.filter((label) => label === segment).length);
          const alone = logOf(rows.filter(([who]) => list[log.customer.names.indexOf(who)] === segment));
          const own = bySession ? { per: sessionize(alone), states } : { states };
          expect(transitions).toEqual(countTransitions(alone, own));
          expect(funnel?.steps.map(({ count }) => count)).toEqual(measureFunnel(alone, { steps, ...own }).steps.map(({ count }) => count)); // prettier-ignore
        }
      }),
    ); // prettier-ignore
  });

  it("adds up to the counts of the whole log when every customer has a segment", () => {
    fc.assert(
      fc.property(
        happenings,
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
        (rows, list) => {
          const log = logOf(rows);
          const { segments } = measureSegmentJourneys(log, { labels: labelsOf(list) });
          const whole = countTransitions(log);
          const sum = whole.counts.map((row, i) => row.map((_, j) => segments.reduce((total, { transitions }) => total + transitions.counts[i][j], 0))); // prettier-ignore
          expect(sum).toEqual(whole.counts);
        },
      ),
    );
  });

  it("names the path that most take, of equals the first by its states, and can be compared", () => {
    const log = logOf([
      ["a", "home", 0], ["a", "cart", 1],
      ["b", "home", 0], ["b", "cart", 1],
      ["c", "home", 0],
      ["d", "home", 0], ["e", "cart", 0],
    ]); // prettier-ignore
    const labels = labelsOf([0, 0, 0, 1, 1]);
    const { segments, notes } = measureSegmentJourneys(log, {
      labels,
      names: ["buyers", "others"],
      selfLoops: "collapse",
    });
    expect(segments.map(({ name, typicalPath, funnel }) => ({ name, typicalPath, funnel }))).toEqual([
      { name: "buyers", typicalPath: { steps: ["home", "cart"], paths: 2, share: 2 / 3 }, funnel: null },
      { name: "others", typicalPath: { steps: ["cart"], paths: 1, share: 1 / 2 }, funnel: null },
    ]);
    expect(notes.map(({ code }) => code)).toEqual(["few-paths"]);
    const { differences } = compareJourneys(segments[0].transitions, segments[1].transitions);
    expect(differences[0]).toMatchObject({ from: "home", to: "(end)", difference: 1 / 3 - 1 });
  });

  it("finds the customers of labels that belong to a table of other customers in another order", () => {
    const log = logOf([["ann", "home", 0], ["bob", "cart", 0], ["cid", "paid", 0]]); // prettier-ignore
    const { segments, unlabeled } = measureSegmentJourneys(log, {
      labels: labelsOf([1, 0, 0]),
      ids: ["cid", "zoe", "ann"],
    });
    expect(unlabeled).toBe(1);
    expect(segments.map(({ customers, typicalPath }) => [customers, typicalPath?.steps])).toEqual([[1, ["home"]], [1, ["paid"]]]); // prettier-ignore
  });

  it("has a segment without a path, and no segment for nobody", () => {
    const log = logOf([["ann", "home", 0], ["bob", "cart", 0]]); // prettier-ignore
    const { segments } = measureSegmentJourneys(log, { labels: labelsOf([2, 0]), states: ["home"], steps: ["home"] });
    expect(
      segments.map(({ customers, typicalPath, transitions }) => [customers, typicalPath, transitions.paths]),
    ).toEqual([
      [1, null, 0],
      [0, null, 0],
      [1, { steps: ["home"], paths: 1, share: 1 }, 1],
    ]);
    expect(measureSegmentJourneys(logOf([]), { labels: labelsOf([]) }).segments).toEqual([]);
  });

  it("refuses labels that do not fit", () => {
    const log = logOf([["ann", "home", 0], ["bob", "cart", 0]]); // prettier-ignore
    expectRefusal(() => measureSegmentJourneys(log, { labels: labelsOf([0]) }), "shape-mismatch", "options.labels");
    expectRefusal(() => measureSegmentJourneys(log, { labels: labelsOf([0, 1]), names: ["a"] }), "shape-mismatch", "options.names"); // prettier-ignore
    expectRefusal(() => measureSegmentJourneys(log, { labels: labelsOf([0, 1]), ids: ["ann"] }), "shape-mismatch", "options.labels"); // prettier-ignore
  });

  it("refuses a segment per customer, which is no segment", () => {
    const log = logOf(Array.from({ length: 1001 }, (_, i) => [`c${i}`, "home", 0]));
    const labels = Int32Array.from({ length: 1001 }, (_, i) => i);
    expectRefusal(() => measureSegmentJourneys(log, { labels }), "too-large", "options.labels");
    expect(measureSegmentJourneys(log, { labels: labels.map((i) => i % 1000) }).segments).toHaveLength(1000);
  });
});
