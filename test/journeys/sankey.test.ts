import { measureStepMatrix, sankeyOf, type StepMatrix } from "clientele/journeys";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const steps: fc.Arbitrary<Happening[]> = fc.array(
  fc.tuple(
    fc.constantFrom("ann", "bob", "cem", "__proto__"),
    fc.constantFrom("home", "1:home", "__proto__", ":", ""),
    fc.integer({ min: 0, max: 20 }),
  ),
  { maxLength: 40 },
);
const widths = fc.record({
  steps: fc.integer({ min: 1, max: 5 }),
  top: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  centeredOn: fc.constantFrom(undefined, "home"),
});

describe("sankeyOf", () => {
  const log = logOf([["ann", "home", 0], ["ann", "cart", 1], ["ann", "paid", 2], ["bob", "home", 0], ["bob", "cart", 1], ["cem", "home", 0]]); // prettier-ignore
  const matrix = measureStepMatrix(log, { steps: 2 });

  it("has a node per state and step with its drop-off, and a link per flow", () => {
    expect(sankeyOf(matrix)).toEqual({
      nodes: [
        { id: "1:home", step: 1, event: "home", count: 3, dropped: 1, beyond: 0, fixedValue: 3 },
        { id: "2:cart", step: 2, event: "cart", count: 2, dropped: 1, beyond: 1, fixedValue: 2 },
      ],
      links: [{ source: "1:home", target: "2:cart", value: 2 }],
      goal: null,
    });
    expect(sankeyOf(measureStepMatrix(log, { steps: 2, goal: "paid" })).goal).toEqual({ event: "paid", paths: 1, conversion: 1 / 3 }); // prettier-ignore
  });

  it("loses nobody: at every node inflow = count = outflow + drop-off, and links go to the next step", () => {
    fc.assert(
      fc.property(steps, widths, (happenings, options) => {
        const made = measureStepMatrix(logOf(happenings), options);
        const { nodes, links } = sankeyOf(made);
        const byId = new Map(nodes.map((node) => [node.id, node]));
        expect(byId.size).toBe(nodes.length);
        const flow = (end: "source" | "target", id: string): number =>
          links.filter((link) => link[end] === id).reduce((sum, { value }) => sum + value, 0);
        for (const { id, step, count, dropped, beyond } of nodes) {
          if (step > made.steps[0]) expect(flow("target", id)).toBe(count);
          expect(flow("source", id) + dropped + beyond).toBe(count);
          if (step < made.steps[made.steps.length - 1]) expect(beyond).toBe(0);
        }
        for (const { source, target } of links) expect(byId.get(target)!.step).toBe(byId.get(source)!.step + 1);
        const left = nodes.reduce((sum, { dropped, beyond }) => sum + dropped + beyond, 0);
        expect(left).toBe(made.paths);
      }),
    );
  });

  it("makes new objects each time, as layouts write into them", () => {
    const [a, b] = [sankeyOf(matrix), sankeyOf(matrix)];
    expect(a.nodes[0]).not.toBe(b.nodes[0]);
    expect(a.links[0]).not.toBe(b.links[0]);
  });

  it("draws nothing for no paths", () => {
    expect(sankeyOf(measureStepMatrix(logOf([]), { steps: 3 }))).toEqual({ nodes: [], links: [], goal: null });
  });

  it("reads a matrix that was saved as JSON, and refuses one that was damaged", () => {
    expect(sankeyOf(JSON.parse(JSON.stringify(matrix)) as StepMatrix)).toEqual(sankeyOf(matrix));
    const broken: [object, string][] = [
      [{ steps: [1, 3] }, "stepMatrix.steps"],
      [{ counts: [[1]] }, "stepMatrix.counts"],
      [{ ends: matrix.ends.map((row) => row.map(() => -1)) }, "stepMatrix.ends"],
      [{ flows: [{ step: 1, from: "home", to: "cart", count: NaN }] }, "stepMatrix.flows"],
      [{ flows: [] }, "stepMatrix.flows"],
      [{ goal: { event: 1 } }, "stepMatrix.goal"],
      [{ flows: [...matrix.flows, { step: 7, from: "home", to: "cart", count: 1 }] }, "stepMatrix.flows[1]"],
    ];
    for (const [part, path] of broken) {
      expectRefusal(() => sankeyOf({ ...matrix, ...part }), "shape-mismatch", path);
    }
    for (const none of [null, 1, [], {}]) expectRefusal(() => sankeyOf(none as never), "shape-mismatch", "stepMatrix");
  });
});
