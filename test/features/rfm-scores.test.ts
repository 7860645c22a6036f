import { deriveRfm, labelRfmSegments, scoreRfm } from "clientele/features";
import { column, type FeatureTable, filterRows, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { logOf, rowOf } from "../support/logs.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const names = ["daysSinceLastPurchase", "orderCount", "revenue"];
const table = (rows: readonly (readonly number[])[]): FeatureTable => fromMatrix(rows, { names });
const scoresOf = (scores: FeatureTable, name: string): number[] => Array.from(column(scores, name));
/** Ten customers: days 1 … 10, and revenue 10 … 100 in the other direction; all with one order but the first two. */
const ten = table(Array.from({ length: 10 }, (_, i) => [i + 1, i < 2 ? 2 : 1, (10 - i) * 10]));

describe("scoreRfm", () => {
  it("gives fifths of the customers the scores 5 to 1: few days and much revenue are best", () => {
    const { scores } = scoreRfm(ten);
    expect(scores.names).toEqual(["recency", "frequency", "monetary", "rfm"]);
    expect(scoresOf(scores, "recency")).toEqual([5, 5, 4, 4, 3, 3, 2, 2, 1, 1]);
    expect(scoresOf(scores, "monetary")).toEqual([5, 5, 4, 4, 3, 3, 2, 2, 1, 1]);
  });

  it("returns the type-7 quantiles as thresholds", () => {
    // R: quantile(1:10, c(.2,.4,.6,.8)) = 2.8 4.6 6.4 8.2
    const { thresholds } = scoreRfm(ten);
    expectClose(thresholds.recency, [2.8, 4.6, 6.4, 8.2], { absolute: 1e-12, because: "rounding" });
    expectClose(thresholds.monetary, [28, 46, 64, 82], { absolute: 1e-12, because: "rounding" });
  });

  it("never splits equal values, and notes that fewer scores occur", () => {
    const { scores, notes, thresholds } = scoreRfm(ten);
    expect(thresholds.frequency.slice(0, 3)).toEqual([1, 1, 1]);
    // The fourth boundary is quantile(c(2, 2, rep(1, 8)), .8) = 1.2.
    expect(scoresOf(scores, "frequency")).toEqual([5, 5, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(notes.map(({ code }) => code)).toEqual(["fewer-bins"]);
    expect(notes[0]?.message).toContain("frequency: 2 of 5");
  });

  it("keeps a value that equals a boundary in the lower score", () => {
    const five = table([1, 2, 3, 4, 5, 6].map((x) => [1, x, 1]));
    // quantile(1:6, c(.2,.4,.6,.8)) = 2 3 4 5
    expect(scoresOf(scoreRfm(five).scores, "frequency")).toEqual([1, 1, 2, 3, 4, 5]);
  });

  it("writes the scores as digits: 100 R + 10 F + M, with two digits each from 10 scores on", () => {
    const { scores } = scoreRfm(ten);
    expect(scoresOf(scores, "rfm")[0]).toBe(555);
    expect(scoresOf(scores, "rfm")[9]).toBe(111);
    const wide = table(Array.from({ length: 100 }, (_, i) => [i, i, i]));
    expect(scoresOf(scoreRfm(wide, { bins: 9 }).scores, "rfm")[0]).toBe(911);
    expect(scoresOf(scoreRfm(wide, { bins: 10 }).scores, "rfm")[0]).toBe(100101);
    expect(scoresOf(scoreRfm(wide, { bins: 10 }).scores, "rfm")[99]).toBe(11010);
  });

  it("scores one customer, the same customer many times, and equal customers: one score each", () => {
    for (const rows of [1, 2, 50]) {
      const { scores, notes } = scoreRfm(table(Array.from({ length: rows }, () => [3, 2, 70])));
      expect(new Set(scoresOf(scores, "rfm"))).toEqual(new Set([511]));
      expect(notes).toHaveLength(3);
    }
  });

  it("takes cuts of one's own, also of another number, and quantiles for the rest", () => {
    const { scores, thresholds } = scoreRfm(ten, { bins: 3, cuts: { monetary: [30, 95] } });
    expect(thresholds.monetary).toEqual([30, 95]);
    expect(thresholds.recency).toEqual([4, 7]);
    expect(scoresOf(scores, "monetary")).toEqual([3, 2, 2, 2, 2, 2, 2, 1, 1, 1]);
  });

  it("does without customers when the cuts are given, and not otherwise", () => {
    const none = filterRows(ten, () => false);
    expectRefusal(() => scoreRfm(none), "too-few-rows", "rfm");
    const cuts = { recency: [30], frequency: [1], monetary: [100] };
    expect(scoreRfm(none, { cuts }).scores.ids).toEqual([]);
  });

  it("leaves a missing value without a score, and says of how many customers", () => {
    const { scores, notes } = scoreRfm(table([[1, 1, 10], [NaN, 2, 20], [3, 3, 30]]), { bins: 2 }); // prettier-ignore
    expect(scoresOf(scores, "recency")).toEqual([2, NaN, 1]);
    expect(scoresOf(scores, "rfm")).toEqual([211, NaN, 122]);
    expect(notes).toEqual([{ code: "missing-values", message: "recency: 1 customers have no value and no score." }]);
  });

  it("finds the three features in a wider table, in any order", () => {
    const wide = fromMatrix([[9, 100, 1, 5], [8, 50, 2, 60]], { names: ["age", "revenue", "orderCount", names[0]] }); // prettier-ignore
    expect(scoresOf(scoreRfm(wide, { bins: 2 }).scores, "rfm")).toEqual([212, 121]);
  });

  it("refuses a table without the features, infinite cells, and things that are no table", () => {
    expectRefusal(() => scoreRfm(fromMatrix([[1]], { names: ["revenue"] })), "invalid-option", "rfm.names");
    expect(refusalOf(() => scoreRfm(fromMatrix([[1]], { names: ["revenue"] }))).message).toContain(
      "daysSinceLastPurchase",
    );
    const infinite = { ...ten, values: ten.values.with(4, Infinity) };
    expectRefusal(() => scoreRfm(infinite), "invalid-value", "rfm.values[1, 1]");
    expectRefusal(() => scoreRfm(null as never), "shape-mismatch", "rfm");
  });

  const whole = fc.integer({ min: -20, max: 20 });
  const rows = fc.array(fc.tuple(whole, whole, whole), { minLength: 1, maxLength: 40 });
  const options = fc.record({
    bins: fc.integer({ min: 2, max: 12 }),
    method: fc.constantFrom("quantile" as const, "quantile-r-rfm" as const),
  });

  it("scores a table alike by quantiles and by the thresholds it returned", () => {
    fc.assert(
      fc.property(rows, options, (cells, chosen) => {
        const first = scoreRfm(table(cells), chosen);
        expect(scoreRfm(table(cells), { ...chosen, cuts: first.thresholds }).scores).toEqual(first.scores);
      }),
    );
  });

  it("orders customers as their values do, whatever the order of the rows", () => {
    fc.assert(
      fc.property(rows, options, (cells, chosen) => {
        const { scores } = scoreRfm(table(cells), chosen);
        const monetary = scoresOf(scores, "monetary");
        const recency = scoresOf(scores, "recency");
        for (let a = 0; a < cells.length; a++) {
          for (let b = 0; b < cells.length; b++) {
            if (cells[a][2] <= cells[b][2]) expect(monetary[a]).toBeLessThanOrEqual(monetary[b]);
            if (cells[a][0] <= cells[b][0]) expect(recency[a]).toBeGreaterThanOrEqual(recency[b]);
          }
        }
        const backwards = scoreRfm(table(cells.toReversed()), chosen);
        expect(scoresOf(backwards.scores, "rfm").reverse()).toEqual(scoresOf(scores, "rfm"));
      }),
      { numRuns: 50 },
    );
  });
});

describeWithData("scoreRfm on the orders of R's rfm package", ["rfm_orders"], () => {
  type Counts = Record<"R" | "F" | "M", Record<string, number>>;
  const expected =
    readDataJson<
      Record<
        "rule_of_the_rfm_package" | "plain_right_closed_quantile_classes",
        { sum_of_scores: number; score_counts: Counts; distinct_rfm_scores: number }
      >
    >("rfm_orders/expected.json");
  const rfm = deriveRfm(
    logOf(
      readDataRows("rfm_orders/rfm_orders.csv").map(
        (row) => [row["customer_id"], "buy", Date.parse(`${row["order_date"]}Z`), Number(row["revenue"])] as const,
      ),
    ),
    { asOf: Date.UTC(2006, 11, 31), purchase: "buy" },
  );

  it.each([
    ["quantile", "plain_right_closed_quantile_classes"],
    ["quantile-r-rfm", "rule_of_the_rfm_package"],
  ] as const)("counts the scores of method %s as expected", (method, key) => {
    const { scores } = scoreRfm(rfm, { method });
    const { sum_of_scores: sum, score_counts: counts, distinct_rfm_scores: distinct } = expected[key];
    const all = column(scores, "rfm");
    expect(all.reduce((a, b) => a + b, 0)).toBe(sum);
    expect(new Set(all).size).toBe(distinct);
    for (const [dimension, letter] of [
      ["recency", "R"],
      ["frequency", "F"],
      ["monetary", "M"],
    ] as const) {
      // prettier-ignore
      for (const [score, count] of Object.entries(counts[letter])) {
        expect(column(scores, dimension).filter((one) => one === Number(score))).toHaveLength(count);
      }
    }
  });

  it("gives all 995 customers the scores that the package prints, with its thresholds", () => {
    const { scores, thresholds } = scoreRfm(rfm, { method: "quantile-r-rfm" });
    // Of the package's documentation: 115 181 297.4 482, 4 5 6 8, 255.8 382 506.4 666.
    const printed = [115, 181, 297.4, 482, 4, 5, 6, 8, 255.8, 382, 506.4, 666];
    const because = "printed with one decimal";
    expectClose([thresholds.recency, thresholds.frequency, thresholds.monetary].flat(), printed, {
      absolute: 1e-9,
      because,
    });
    // The printed page shows an earlier release with other names, so customers are matched by their three numbers.
    const published = new Map<string, Set<number>>();
    for (const row of readDataRows("rfm_orders/published_rfm_table.csv")) {
      const key = [row["recency_days"], row["orders"], row["amount"]].join();
      published.set(key, (published.get(key) ?? new Set()).add(Number(row["rfm_score"])));
    }
    const mine = rfm.ids.map((id) => {
      const { daysSinceLastPurchase, orderCount, revenue } = rowOf(rfm, id);
      const wanted = published.get([daysSinceLastPurchase, orderCount, revenue].join());
      return wanted?.size === 1 && wanted.has(rowOf(scores, id)["rfm"]);
    });
    expect(mine.filter((agrees) => agrees)).toHaveLength(995);
  });

  it("gives every line of the printed table its score, from the numbers of that table", () => {
    const rows = readDataRows("rfm_orders/published_rfm_table.csv");
    expect(rows).toHaveLength(995);
    const printed = table(
      rows.map((row) => [Number(row["recency_days"]), Number(row["orders"]), Number(row["amount"])]),
    );
    const { scores } = scoreRfm(printed, { method: "quantile-r-rfm" });
    expect(scoresOf(scores, "rfm")).toEqual(rows.map((row) => Number(row["rfm_score"])));
  });

  it("gives the customers of the package's README their numbers, scores and segments", () => {
    const { published_rows: readme } = readDataJson<{
      published_rows: { rows: Record<string, [number, number, number, number, string]> };
    }>("rfm_orders/expected.json");
    const { scores } = scoreRfm(rfm, { method: "quantile-r-rfm" });
    const { labels, names: segments } = labelRfmSegments(scores);
    expect(Object.keys(readme.rows)).toHaveLength(5);
    for (const [id, expectedRow] of Object.entries(readme.rows)) {
      const { daysSinceLastPurchase, orderCount, revenue } = rowOf(rfm, id);
      const segment = segments[labels[rfm.ids.indexOf(id)]];
      expect([daysSinceLastPurchase, orderCount, revenue, rowOf(scores, id)["rfm"], segment]).toEqual(expectedRow);
    }
  });

  it("gives each customer the scores of the computed table", () => {
    const { scores } = scoreRfm(rfm, { method: "quantile-r-rfm" });
    const rows = readDataRows("rfm_orders/rfm_table_computed.csv");
    expect(rows).toHaveLength(995);
    for (const row of rows) {
      const { recency, frequency, monetary } = rowOf(scores, row["customer_id"]);
      expect([recency, frequency, monetary].join()).toBe([row["R"], row["F"], row["M"]].join());
    }
  });
});
