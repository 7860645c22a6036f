import { alignLabels, assignKMeans, fitKMeans } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const someLabels = fc.array(fc.integer({ min: -1, max: 5 }), { maxLength: 40 });
const twoRuns = fc
  .array(fc.tuple(fc.integer({ min: -1, max: 5 }), fc.integer({ min: -1, max: 5 })), { maxLength: 40 })
  .map((rows) => [labelsOf(rows.map(([a]) => a)), labelsOf(rows.map(([, b]) => b))] as const);

const distinct = (labels: Int32Array): number[] =>
  [...new Set(labels)].filter((label) => label >= 0).sort((a, b) => a - b);

/** The most customers that can keep their number, by trying every one-to-one matching. */
function mostKept(previous: Int32Array, next: Int32Array): number {
  const [old, young] = [distinct(previous), distinct(next)];
  const common = young.map((b) => old.map((a) => next.filter((label, i) => label === b && previous[i] === a).length));
  const best = (g: number, taken: ReadonlySet<number>): number => {
    if (g === young.length) return 0;
    let most = best(g + 1, taken);
    old.forEach((_, a) => {
      if (!taken.has(a)) most = Math.max(most, common[g][a] + best(g + 1, new Set([...taken, a])));
    });
    return most;
  };
  return best(0, new Set());
}

describe("alignLabels", () => {
  it("gives groups that live on their old numbers, whatever the new run called them", () => {
    const previous = labelsOf([0, 0, 0, 1, 1, 2]);
    const aligned = alignLabels(previous, labelsOf([2, 2, 2, 0, 0, 1]));
    expect(aligned).toEqual({ labels: previous, mapping: [1, 2, 0], appeared: [], vanished: [], unusedFrom: 3 });
  });

  it("matches as a whole, not greedily: a large overlap gives way where the others need it more", () => {
    // Greedy pairs the 6 first and loses 5 + 5 for 6 + 0; together the two 5s keep ten customers.
    const rows = [...Array<[number, number]>(6).fill([0, 0]), ...Array<[number, number]>(5).fill([0, 1]), ...Array<[number, number]>(5).fill([1, 0])]; // prettier-ignore
    const { mapping } = alignLabels(labelsOf(rows.map(([a]) => a)), labelsOf(rows.map(([, b]) => b)));
    expect(mapping).toEqual([1, 0]);
  });

  it("gives a group that appears a number that nobody had, and reports who vanished", () => {
    const aligned = alignLabels(labelsOf([0, 0, 3, 3, -1]), labelsOf([0, 0, -1, 1, 1]));
    expect([...aligned.labels]).toEqual([0, 0, -1, 3, 3]);
    const split = alignLabels(labelsOf([4, 4, 4, 4, 4]), labelsOf([0, 0, 0, 1, 1]));
    expect([...split.labels]).toEqual([4, 4, 4, 5, 5]);
    expect(split.appeared).toEqual([5]);
    const merged = alignLabels(labelsOf([0, 0, 1, 1, 1]), labelsOf([0, 0, 0, 0, 0]));
    expect(merged.vanished).toEqual([0]);
    expect(merged.mapping).toEqual([1]);
  });

  it("does not give the number of a group that vanished long ago to another, when it is told", () => {
    const first = alignLabels(labelsOf([0, 0, 1, 1]), labelsOf([0, 0, 0, 0]));
    const second = alignLabels(first.labels, labelsOf([0, 0, 1, 1]), { unusedFrom: first.unusedFrom });
    expect(second.appeared).toEqual([2]);
    expect(second.unusedFrom).toBe(3);
  });

  it("does not call groups the same that share too few customers", () => {
    const previous = labelsOf([0, 0, 0, 0, 0, 1, 1]);
    const next = labelsOf([0, 1, 1, 1, 1, 1, 1]);
    expect(alignLabels(previous, next).mapping).toEqual([2, 0]);
    expect(alignLabels(previous, next, { minOverlap: 0.5 }).mapping).toEqual([2, 0]);
    expect(alignLabels(previous, next, { minOverlap: 0.6 })).toMatchObject({ mapping: [2, 3], vanished: [0, 1] });
  });

  it("keeps as many customers in their group as any matching can, and the grouping as it was", () => {
    fc.assert(
      fc.property(twoRuns, ([previous, next]) => {
        const { labels, mapping, appeared, vanished } = alignLabels(previous, next);
        expect(labels.filter((label, i) => label >= 0 && label === previous[i])).toHaveLength(mostKept(previous, next));
        // Renumbered one to one: the same customers are together as before.
        expect([...labels]).toEqual([...next].map((label) => (label < 0 ? -1 : mapping[label])));
        const used = mapping.filter((number) => number !== null);
        expect(new Set(used).size).toBe(used.length);
        const [old, now] = [distinct(previous), distinct(labels)];
        expect(appeared).toEqual(now.filter((number) => !old.includes(number)));
        expect(vanished).toEqual(old.filter((number) => !now.includes(number)));
      }),
      { numRuns: 200 },
    );
  });

  it("changes nothing where nothing changed", () => {
    fc.assert(
      fc.property(someLabels, (values) => {
        const labels = labelsOf(values);
        expect(alignLabels(labels, labels)).toMatchObject({ labels, appeared: [], vanished: [] });
      }),
    );
  });

  it("lets a base that is clustered again keep its names, though sizes and so numbers have changed places", () => {
    const crowd = (at: number, size: number): number[][] => Array.from({ length: size }, (_, i) => [at + (i % 7) / 10]);
    const names = ["occasional", "best", "regular"];
    const spring = fromMatrix([...crowd(0, 30), ...crowd(10, 20), ...crowd(20, 28)]);
    // By summer five of the occasional customers are among the best, who are the largest group now: number 0.
    const moved = [...crowd(0, 25), ...crowd(20, 5), ...crowd(10, 20), ...crowd(20, 28)];
    const summer = fromMatrix(moved);
    const before = assignKMeans(fitKMeans(spring, { k: 3 }), spring);
    const fresh = assignKMeans(fitKMeans(summer, { k: 3 }), summer);
    const { labels } = alignLabels(before, fresh);
    const nameOf = (row: number): string => names[labels[row]];
    expect([nameOf(0), nameOf(35), nameOf(59)]).toEqual(["occasional", "regular", "best"]);
    expect(names[fresh[59]]).not.toBe("best");
  });

  it("takes empty labels and labels without any group", () => {
    const empty = { labels: new Int32Array(0), mapping: [], appeared: [], vanished: [], unusedFrom: 0 };
    expect(alignLabels(new Int32Array(0), new Int32Array(0))).toEqual(empty);
    expect(alignLabels(labelsOf([-1, 2]), labelsOf([-1, -1]))).toMatchObject({ mapping: [], vanished: [2] });
  });

  it("is quick for a million customers", () => {
    const previous = Int32Array.from({ length: 1_000_000 }, (_, i) => i % 50);
    const next = previous.map((label) => 49 - label);
    expect(alignLabels(previous, next).labels).toEqual(previous);
  });

  it("refuses labels of other rows, absurd numbers and too many groups", () => {
    const labels = labelsOf([0, 1]);
    expectRefusal(() => alignLabels([0, 1] as never, labels), "shape-mismatch", "previous");
    expectRefusal(() => alignLabels(labels, labelsOf([0])), "shape-mismatch", "next");
    expectRefusal(() => alignLabels(labels, Int32Array.of(0, -2)), "invalid-value", "next[1]");
    expectRefusal(() => alignLabels(Int32Array.of(0, 2_000_000), labels), "invalid-value", "previous[1]");
    const many = Int32Array.from({ length: 2001 }, (_, i) => i);
    expectRefusal(() => alignLabels(many, many), "too-large", "previous");
    expectRefusal(() => alignLabels(labels, labels, { unusedFrom: 1 }), "invalid-option", "options.unusedFrom");
  });
});
