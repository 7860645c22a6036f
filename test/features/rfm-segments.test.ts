import { deriveRfm, labelRfmSegments, type RfmSegmentRule, rfmSegmentRules, scoreRfm } from "clientele/features";
import { column, type FeatureTable, fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { partsOf } from "../support/inspect.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const names = ["recency", "frequency", "monetary"];
const scored = (...rows: readonly number[][]): FeatureTable => fromMatrix(rows, { names });

function segmentsOf(scores: FeatureTable, rules?: Parameters<typeof labelRfmSegments>[1]): (string | undefined)[] {
  const { labels, names: segments } = labelRfmSegments(scores, rules);
  return Array.from(labels, (label) => segments[label]);
}

describe("labelRfmSegments", () => {
  it("names the usual segments, the first rule that fits winning", () => {
    const scores = scored([5, 5, 5], [5, 5, 4], [2, 2, 2], [3, 1, 3], [5, 1, 1], [1, 3, 4], [1, 2, 4], [1, 5, 3], [2, 1, 1], [1, 1, 1]); // prettier-ignore
    expect(segmentsOf(scores)).toEqual(rfmSegmentRules.map(({ name }) => name));
  });

  it("calls everybody else Others, a name of its own behind those of the rules", () => {
    const { labels, names: segments, notes } = labelRfmSegments(scored([3, 1, 5], [2, 5, 1]));
    expect(segments).toHaveLength(11);
    expect(segments[10]).toBe("Others");
    expect(Array.from(labels)).toEqual([3, 10]);
    expect(notes).toEqual([]);
  });

  it("ignores further features, such as rfm", () => {
    const wide = fromMatrix([[111, 5, 5, 5]], { names: ["rfm", ...names] });
    expect(segmentsOf(wide)).toEqual(["Champions"]);
  });

  it("takes a table of one's own; a range that is not given accepts any score; names may repeat", () => {
    const rules = [
      { name: "new", recency: [5, 5], frequency: [1, 1] },
      { name: "gone", recency: [1, 1] },
      { name: "new", recency: [4, 4], frequency: [1, 1] },
    ] as const;
    const result = labelRfmSegments(scored([5, 1, 3], [1, 5, 5], [4, 1, 1], [4, 2, 1]), { rules });
    expect(result.names).toEqual(["new", "gone", "Others"]);
    expect(Array.from(result.labels)).toEqual([0, 1, 0, 2]);
  });

  it("reports overlaps, gaps and rules that never apply, counted over all combinations", () => {
    const rules = [
      { name: "good", recency: [3, 5] },
      { name: "middle", recency: [2, 4] },
      { name: "best", recency: [5, 5], monetary: [5, 5] },
    ] as const;
    const { notes } = labelRfmSegments(scored([5, 5, 5]), { rules });
    expect(notes.map(({ code }) => code)).toEqual(["overlapping-rules", "uncovered-scores", "unreachable-rule"]);
    // Recency 3 and 4 are in two rules (50 combinations), and 5 with monetary 5 (5 more); recency 1 is in none.
    expect(notes[0]?.message).toContain("55 of 125");
    expect(notes[1]?.message).toContain("25 of 125");
    expect(notes[2]?.message).toContain('rules[2] ("best")');
  });

  it("finds nothing to report in a table that divides all combinations", () => {
    const rules = [{ name: "low", recency: [1, 2] }, { name: "high", recency: [3, 5] }] as const; // prettier-ignore
    expect(labelRfmSegments(scored([5, 5, 5]), { rules }).notes).toEqual([]);
  });

  it("counts combinations up to the highest score in use, of the customers or the rules", () => {
    const rules = [{ name: "low", recency: [1, 2] }] as const;
    expect(labelRfmSegments(scored([3, 1, 1]), { rules }).notes[0]?.message).toContain("9 of 27");
    expect(labelRfmSegments(scored([99, 1, 1]), { rules }).notes[0]?.message).toContain(
      `${97 * 99 * 99} of ${99 ** 3}`,
    );
  });

  it("reports gaps of the usual table where scores go beyond the 5 that it was made for", () => {
    expect(labelRfmSegments(scored([5, 5, 5])).notes).toEqual([]);
    expect(segmentsOf(scored([10, 10, 10]))).toEqual(["Others"]);
    expect(labelRfmSegments(scored([10, 10, 10])).notes.map(({ code }) => code)).toContain("uncovered-scores");
  });

  it("puts a customer without scores in no segment, and says so", () => {
    const { labels, notes } = labelRfmSegments(scored([NaN, 1, 1], [1, 1, 1]));
    expect(Array.from(labels)).toEqual([-1, 9]);
    expect(notes.map(({ code }) => code)).toEqual(["missing-scores"]);
  });

  it("labels nobody in an empty table", () => {
    const none = { ids: [], names, values: new Float64Array(0) };
    expect(labelRfmSegments(none).labels).toHaveLength(0);
  });

  it("refuses scores that are not whole numbers from 1 to 99, and tables without them", () => {
    for (const score of [0, 100, 2.5, -1, Infinity]) {
      const rows = { ...scored([1, 1, 1]), values: Float64Array.of(1, score, 1) };
      expectRefusal(() => labelRfmSegments(rows), "invalid-value", "scores.values[0, 1]");
    }
    const revenue = { ...scored([1, 1, 1]), values: Float64Array.of(1, 1, 8765.25) };
    expect(refusalOf(() => labelRfmSegments(revenue)).message).not.toContain("8765");
    expectRefusal(() => labelRfmSegments(fromMatrix([[1]], { names: ["recency"] })), "invalid-option", "scores.names");
  });

  it("has a default table that nobody can change: not the list, nor a rule, nor a range", () => {
    const parts = [...partsOf(rfmSegmentRules)];
    expect(parts).toHaveLength(1 + 10 + 30);
    expect(parts.every(Object.isFrozen)).toBe(true);
  });
});

describeWithData("labelRfmSegments on the orders of R's rfm package", ["rfm_orders"], () => {
  interface Block {
    segment_counts: Record<string, number>;
    segment_revenue: Record<string, number>;
    segment_orders: Record<string, number>;
  }
  const expected = readDataJson<
    Record<"rule_of_the_rfm_package" | "plain_right_closed_quantile_classes", Block> & {
      segment_rule: { intervals: Record<string, Record<"R" | "F" | "M", [number, number]>> };
    }
  >("rfm_orders/expected.json");
  const rows = readDataRows("rfm_orders/rfm_orders.csv");
  const rfm = deriveRfm(
    logOf(
      rows.map(
        (row) => [row["customer_id"], "buy", Date.parse(`${row["order_date"]}Z`), Number(row["revenue"])] as const,
      ),
    ),
    { asOf: Date.UTC(2006, 11, 31), purchase: "buy" },
  );

  it.each([
    ["quantile", "plain_right_closed_quantile_classes"],
    ["quantile-r-rfm", "rule_of_the_rfm_package"],
  ] as const)("finds the published sizes, revenue and orders of the segments by method %s", (method, key) => {
    const { labels, names: segments } = labelRfmSegments(scoreRfm(rfm, { method }).scores);
    const totals = (values: ArrayLike<number>): Record<string, number> => {
      const sums: Record<string, number> = {};
      labels.forEach((label, i) => (sums[segments[label]] = (sums[segments[label]] ?? 0) + values[i]));
      return sums;
    };
    expect(totals(labels.map(() => 1))).toEqual(expected[key].segment_counts);
    expect(totals(column(rfm, "revenue"))).toEqual(expected[key].segment_revenue);
    expect(totals(column(rfm, "orderCount"))).toEqual(expected[key].segment_orders);
  });

  it("gives every line of the printed table its segment, by the segment table of that page", () => {
    // The page was rendered by an earlier release: the segment table of its ?rfm_segment, with the names it prints.
    type Range = readonly [number, number];
    const box = (name: string, recency: Range, frequency: Range, monetary: Range): RfmSegmentRule => {
      return { name, recency, frequency, monetary };
    };
    const rules = [
      box("Champions", [4, 5], [4, 5], [4, 5]),
      box("Loyal Customers", [2, 5], [3, 5], [3, 5]),
      box("Potential Loyalist", [3, 5], [1, 3], [1, 3]),
      box("New Customers", [4, 5], [1, 1], [1, 1]),
      box("Promising", [3, 4], [1, 1], [1, 1]),
      box("Needs Attention", [2, 3], [2, 3], [2, 3]),
      box("About To Sleep", [2, 3], [1, 2], [1, 2]),
      box("At Risk", [1, 2], [2, 5], [2, 5]),
      box("Can't Lose Them", [1, 1], [4, 5], [4, 5]),
      box("Hibernating", [1, 2], [1, 2], [1, 2]),
      box("Lost", [1, 2], [1, 2], [1, 2]),
    ];
    const printed = readDataRows("rfm_orders/published_rfm_table.csv");
    const digits = printed.map((row) => Array.from(row["rfm_score"], Number));
    const { labels, names: segments, notes } = labelRfmSegments(fromMatrix(digits, { names }), { rules });
    expect(Array.from(labels, (label) => segments[label])).toEqual(printed.map((row) => row["segment"]));
    expect(notes.map(({ code }) => code)).toContain("unreachable-rule");
  });

  it("has the published segment table as its default", () => {
    const intervals = Object.entries(expected.segment_rule.intervals).map(([name, { R, F, M }]) => ({
      name,
      recency: R,
      frequency: F,
      monetary: M,
    }));
    expect(rfmSegmentRules).toEqual(intervals);
  });
});
