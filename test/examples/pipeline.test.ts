import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transformScale } from "clientele/features";
import { assignKMeans } from "clientele/segments";
import { column } from "clientele/tables";
import { beforeAll, describe, expect, it } from "vitest";
import { parseStrictCsv } from "../support/strict-csv.ts";
import { readArguments } from "../../examples/shop/arguments.ts";
import type { Figures } from "../../examples/shop/figures.ts";
import { figuresOf } from "../../examples/shop/figures.ts";
import { shopFromFile } from "../../examples/shop/open-file.ts";
import { simulatedShop } from "../../examples/shop/open-shop.ts";
import type { Analysis, Shop } from "../../examples/shop/pipeline.ts";
import { analyze } from "../../examples/shop/pipeline.ts";
import { stepsTo } from "../../examples/shop/progress.ts";
import { reportPage } from "../../examples/shop/report.ts";
import { storyOf } from "../../examples/shop/story.ts";
import { customersCsv, segmentsJson } from "../../examples/shop/write.ts";
import { dataPath, describeWithData, readDataJson } from "../support/data.ts";
import golden from "../oracles/shop-example.golden.json" with { type: "json" };

interface Run {
  readonly shop: Shop;
  readonly analysis: Analysis;
  readonly figures: Figures;
  readonly story: readonly string[];
  readonly lines: readonly string[];
}

function finish(shop: Shop, lines: string[]): Run {
  const analysis = analyze(
    shop,
    stepsTo((line) => lines.push(line)),
    1,
  );
  const figures = figuresOf(shop, analysis);
  return { shop, analysis, figures, story: storyOf(shop, analysis, figures), lines };
}

async function runFile(path: string, flags: readonly string[]): Promise<Run> {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  return finish(await shopFromFile(readArguments(["--events", path, ...flags]).file!, stepsTo(print), print), lines);
}

/** What a marketing lead finds in every report, in this order. */
const sectionTitles = [
  ...["In short", "What changed", "Week by week", "What comes next"],
  ...["Who the segments are", "What distinguishes each segment", "Who moved", "Recency and frequency", "RFM segments"],
  ...["From visit to order", "Where visits stop", "The first steps of visits", "Who comes back"],
  ...["Who is at risk and what they are worth", "How well departures can be told", "Experiments", "Alerts"],
  ...["Recommended actions", "How the data were read", "Data quality", "Who is counted"],
  ...["How many segments", "How clear the segments are"],
];

/** The promises that every run keeps, whatever the data. */
function checkRun({ shop, analysis, figures, story, lines }: Run): void {
  const { intake } = shop;
  const rejected = Object.values(intake.rejected).reduce((sum, rows) => sum + rows, 0);
  expect(intake.accepted + rejected).toBe(intake.read);
  expect(shop.log.length).toBe(intake.accepted);
  expect([...figures.kinds.values()].reduce((sum, { events }) => sum + events, 0)).toBe(intake.accepted);

  expect(story).toHaveLength(10);
  for (const line of story) expect(line).toMatch(/^[A-Z].*\.$/);
  expect(story.join()).not.toMatch(/NaN|undefined|Infinity|null/);
  for (const line of lines.filter((one) => !one.startsWith("  "))) expect(line).toMatch(/ \d+\.\d\d s$/);

  const rows = parseStrictCsv(customersCsv(analysis));
  expect(rows.map(({ customer }) => customer)).toEqual(analysis.activity.ids);
  const spent = rows.reduce((sum, row) => sum + Number(row["revenue"]), 0);
  expect(spent).toBeCloseTo(figures.revenue, 4);
  const bySegment = new Map<string, number>();
  for (const { segmentName } of rows) bySegment.set(segmentName, (bySegment.get(segmentName) ?? 0) + 1);
  for (const { name, buyers } of figures.segments) expect(bySegment.get(name)).toBe(buyers);

  const text = segmentsJson(shop, analysis, figures);
  const saved = JSON.parse(text) as { scaling: Analysis["scaling"]; model: Analysis["model"]; logFeatures: string[] };
  // What is saved groups the same buyers the same way, without the table that it was learned from.
  const { ids, names, values } = analysis.features;
  const logged = values.map((value, cell) =>
    saved.logFeatures.includes(names[cell % names.length]) ? Math.log1p(value) : value,
  );
  const scaled = transformScale(saved.scaling, { ids, names, values: logged });
  expect(assignKMeans(saved.model, scaled)).toEqual(analysis.labels);

  const page = reportPage(shop, analysis, figures, story);
  expect(page.match(/<svg /g)!.length).toBeGreaterThanOrEqual(7);
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
  // Whatever the data lack, no section vanishes.
  expect(Array.from(page.matchAll(/<h2 [^>]*>(.*?)<\/h2>/g), ([, title]) => title)).toEqual(sectionTitles);
}

describe("the main job on a simulated shop", () => {
  let run: Run;
  beforeAll(() => {
    const lines: string[] = [];
    run = finish(
      simulatedShop(
        { customers: 400, seed: 3 },
        stepsTo((line) => lines.push(line)),
      ),
      lines,
    );
  });

  it("accounts for every row, tells ten lines, and saves what it learned", () => checkRun(run));

  it("finds every customer that was simulated, buyers and others", () => {
    expect(run.figures.customers).toBe(400);
    expect(run.figures.buyers).toBeGreaterThan(200);
    expect(run.figures.buyers).toBeLessThan(400);
    const rows = parseStrictCsv(customersCsv(run.analysis));
    const others = rows.filter(({ segmentName }) => segmentName === "No purchase yet");
    expect(others).toHaveLength(400 - run.figures.buyers);
    expect(others.every(({ revenue, rfmScore, segment }) => revenue === "" && rfmScore === "" && segment === "")).toBe(
      true,
    );
  });

  it("leaves out the rows that were sent twice", () => {
    expect(run.shop.intake.rejected["repeats an event id"]).toBeGreaterThan(0);
  });

  it("finds the same with the same seed", () => {
    const again = finish(
      simulatedShop(
        { customers: 400, seed: 3 },
        stepsTo(() => {}),
      ),
      [],
    );
    expect(again.story).toEqual(run.story);
    expect(customersCsv(again.analysis)).toBe(customersCsv(run.analysis));
  });

  it("names no customer in segments.json", () => {
    const text = segmentsJson(run.shop, run.analysis, run.figures);
    expect(run.analysis.activity.ids.filter((id) => text.includes(`"${id}"`))).toEqual([]);
  });
});

describe("the report", () => {
  const text = (page: string, title: string): string => {
    const section = page.split("<section ").find((part) => part.includes(`>${title}</h2>`))!;
    return section.replace(/<svg.*?<\/svg>/gs, "").replace(/<[^>]+>/g, " ");
  };
  const day = 86_400_000;

  /** Thirty days of 400 customers; of the variant "new" so many buy after the start as `buyers` says, of "old" one in ten. */
  async function tried(name: string, buyers: number, flags: readonly string[] = []): Promise<string> {
    const rows = ["who,when,what,arm"];
    const at = (days: number): string => new Date(Date.UTC(2024, 0, 1) + days * day).toISOString();
    for (let i = 0; i < 400; i++) {
      rows.push(`c${i},${at(i % 9)},purchase,`, `c${i},${at(10)},visit,${i % 2 === 0 ? "old" : "new"}`);
      const isBuyer = i % 2 === 0 ? i % 20 === 0 : i % 20 < buyers;
      if (isBuyer) rows.push(`c${i},${at(11 + (i % 3))},purchase,`);
    }
    rows.push(`c0,${at(30)},visit,new`);
    const path = join(mkdtempSync(join(tmpdir(), "clientele-report-")), `${name}.csv`);
    writeFileSync(path, rows.join("\n"));
    const columns = ["--customer", "who", "--time", "when", "--type", "what", "--variant", "arm", ...flags];
    const run = await runFile(path, columns);
    rmSync(dirname(path), { recursive: true });
    return text(reportPage(run.shop, run.analysis, run.figures, run.story), "Experiments");
  }

  it("says that a variant worked, with counts, rates and an interval, and leaves out who had both", async () => {
    const page = await tried("worked", 8, ["--control", "old"]);
    expect(page).toContain("399 customers from 2024-01-11 on: old 199, new 200.");
    expect(page).toContain("1 customer with several variants");
    // Odd i with i mod 20 < 8: 1, 3, 5, 7 of every ten; even ones with i mod 20 = 0: one of ten, c0 is out.
    expect(page).toMatch(
      /new: 40\.0% bought, against 9\.5% with old: \+30\.5 points \(95% interval \d.*\), so it worked/,
    );
  });

  it("says that a variant may have done nothing", async () => {
    expect(await tried("nothing", 3, ["--control", "old"])).toContain(
      "it may have done nothing: the interval holds zero",
    );
  });

  it("refuses a control that nobody had, in one sentence", async () => {
    await expect(tried("none", 3, ["--control", "other"])).rejects.toThrow("--control other is nobody's variant.");
  });

  it("finds the campaign that was planted into the simulated shop, and who is at risk", () => {
    const silent = stepsTo(() => {});
    const run = finish(simulatedShop({ customers: 3000, seed: 1 }, silent), []);
    const page = reportPage(run.shop, run.analysis, run.figures, run.story);
    expect(text(page, "Experiments")).toMatch(/message: [\d.]+% bought, .* so it worked/);
    expect(text(page, "Experiments")).toContain("The sizes are those of an even split.");
    const atRisk = run.analysis.lifecycle.labels.filter(
      (stage) => run.analysis.lifecycle.names[stage] === "atRisk",
    ).length;
    expect(text(page, "Who is at risk and what they are worth")).toContain(`${atRisk} of`);
  });
});

interface RfmSummary {
  readonly customers: number;
  readonly recency: Readonly<Record<string, number>>;
  readonly frequency: Readonly<Record<string, number>>;
  readonly monetary: Readonly<Record<string, number>>;
}

function checkRfm({ analysis, figures }: Run, expected: RfmSummary): void {
  expect(figures.buyers).toBe(expected.customers);
  for (const [feature, summary] of [
    ["daysSinceLastPurchase", expected.recency],
    ["orderCount", expected.frequency],
    ["revenue", expected.monetary],
  ] as const) {
    const sorted = column(analysis.rfm, feature).sort();
    expect(sorted.reduce((a, b) => a + b, 0)).toBeCloseTo(summary["sum"], 4);
    expect(sorted[0]).toBeCloseTo(summary["min"], 9);
    expect(sorted.at(-1)).toBeCloseTo(summary["max"], 6);
    const middle = (sorted.length - 1) / 2;
    expect((sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2).toBeCloseTo(summary["median"], 9);
  }
  for (const [dimension, summary] of [
    ["recency", expected.recency],
    ["frequency", expected.frequency],
    ["monetary", expected.monetary],
  ] as const) {
    const quintiles = ["q20", "q40", "q60", "q80"].map((name) => summary[name]);
    analysis.rfmScores.thresholds[dimension].forEach((cut, q) => expect(cut).toBeCloseTo(quintiles[q], 6));
  }
}

describeWithData("the main job on Online Retail", ["online_retail"], () => {
  const flags = ["--customer", "CustomerID", "--time", "InvoiceDate", "--type-is", "purchase"];
  const value = ["--value", "Quantity*UnitPrice", "--order", "InvoiceNo"];
  const expected = readDataJson<{
    counts: { rows: number; rows_without_customer: number };
    clean_sales: { rows: number; invoices: number; customers: number; amount: number };
    rfm_clean_sales_at_2011_12_10: RfmSummary & { top5_by_monetary: number[][]; first5_by_id: number[][] };
    rfm_scores: { counts: Record<string, Record<string, number>>; customers_555: number; customers_111: number };
  }>("online_retail/expected.json");
  let run: Run;
  beforeAll(async () => {
    run = await runFile(dataPath("online_retail/online_retail.csv.gz"), [...flags, ...value]);
  });

  it("accounts for every row, tells ten lines, and saves what it learned", () => checkRun(run));

  it("reads 541,909 rows and rejects those without a customer", () => {
    expect(run.shop.intake.read).toBe(expected.counts.rows);
    expect(run.shop.intake.rejected).toEqual({ "no customer": expected.counts.rows_without_customer });
  });

  it("takes exactly the clean sales for purchases", () => {
    const { rows, invoices, customers, amount } = expected.clean_sales;
    expect(golden.online_retail.purchasesAreCleanSales).toBe(true);
    expect(run.figures.kinds.get("purchase")?.events).toBe(rows);
    expect(run.figures).toMatchObject({ orders: invoices, buyers: customers });
    expect(run.figures.revenue).toBeCloseTo(amount, 2);
    expect(run.figures.kinds.get("refund")?.events).toBe(golden.online_retail.refunds);
    expect(run.figures.kinds.get("refund")?.value).toBeCloseTo(-golden.online_retail.refundAmount, 2);
    expect(run.figures.kinds.get("free")?.events).toBe(golden.online_retail.free);
  });

  it("makes the published RFM table at the day after the last invoice", () => {
    expect(new Date(run.shop.asOf).toISOString()).toBe("2011-12-10T00:00:00.000Z");
    const table = expected.rfm_clean_sales_at_2011_12_10;
    checkRfm(run, table);
    const { ids, values } = run.analysis.rfm;
    for (const [id, ...rfm] of [...table.top5_by_monetary, ...table.first5_by_id]) {
      const row = ids.indexOf(String(id));
      rfm.forEach((number, j) => expect(values[row * 3 + j]).toBeCloseTo(number, 6));
    }
  });

  it("scores it as published", () => {
    const { scores } = run.analysis.rfmScores;
    for (const dimension of ["recency", "frequency", "monetary"]) {
      const counts: Record<string, number> = {};
      for (const score of column(scores, dimension)) counts[score] = (counts[score] ?? 0) + 1;
      expect(counts).toEqual(expected.rfm_scores.counts[dimension]);
    }
    const rfm = column(scores, "rfm");
    expect(rfm.filter((score) => score === 555)).toHaveLength(expected.rfm_scores.customers_555);
    expect(rfm.filter((score) => score === 111)).toHaveLength(expected.rfm_scores.customers_111);
  });

  it("finds the sessions that pandas finds", () => {
    expect(run.figures).toMatchObject({
      customers: golden.online_retail.customers,
      sessions: golden.online_retail.sessions,
      first: Date.parse(golden.online_retail.first),
      last: Date.parse(golden.online_retail.last),
    });
  });

  it("groups buyers into segments of a usable size", () => {
    const { k, sizes } = { k: run.analysis.choice.k, sizes: run.analysis.model.sizes };
    expect(k).toBe(3);
    for (const size of sizes) expect(size).toBeGreaterThan(0.1 * run.figures.buyers);
  });
});

describeWithData("the main job on CDNOW", ["cdnow_sample"], () => {
  const flags = ["--customer", "master_id", "--time", "date", "--type-is", "purchase", "--value", "spend"];
  const expected = readDataJson<{
    counts: { rows: number; customers: number; spend: number; distinct_customer_days: number; zero_spend_rows: number };
    rfm_at_1998_07_01_frequency_is_rows: RfmSummary;
  }>("cdnow_sample/expected.json");
  let run: Run;
  beforeAll(async () => {
    run = await runFile(dataPath("cdnow_sample/cdnow_sample.csv"), flags);
  });

  it("accounts for every row, tells ten lines, and saves what it learned", () => checkRun(run));

  it("counts every row as an order, also the eight that cost nothing", () => {
    expect(run.shop.intake).toMatchObject({ read: expected.counts.rows, accepted: expected.counts.rows, rejected: {} });
    expect(run.figures).toMatchObject({ orders: expected.counts.rows, buyers: expected.counts.customers });
    expect(run.figures.revenue).toBeCloseTo(expected.counts.spend, 6);
  });

  it("makes the published RFM table", () => checkRfm(run, expected.rfm_at_1998_07_01_frequency_is_rows));

  it("finds one session per customer and day, as times without an hour must have", () => {
    expect(run.figures.sessions).toBe(expected.counts.distinct_customer_days);
    expect(golden.cdnow_sample.sessions).toBe(expected.counts.distinct_customer_days);
  });

  it("counts the eight apart when told to", async () => {
    const dropped = await runFile(dataPath("cdnow_sample/cdnow_sample.csv"), [...flags, "--free", "drop"]);
    expect(dropped.figures.kinds.get("free")?.events).toBe(expected.counts.zero_spend_rows);
    expect(dropped.figures.orders).toBe(golden.cdnow_sample.purchases);
  });
});

describeWithData("the report of retentioneering's A/B test", ["retentioneering_ab"], () => {
  it("counts from when each customer got the variant, and leaves out who got it too late", async () => {
    // pandas over ab_test_demo.csv: first event per user, payment_done within 14 days of it, users whose 14 days end by 2020-04-30.
    const columns = ["--customer", "user_id", "--time", "timestamp", "--type", "event", "--purchase", "payment_done", "--value", "transaction_value", "--variant", "user_backet"]; // prettier-ignore
    const { shop, analysis, figures, story } = await runFile(
      dataPath("retentioneering_ab/ab_test_demo.csv.gz"),
      columns,
    );
    const page = reportPage(shop, analysis, figures, story).replace(/<[^>]+>/g, " ");
    expect(page).toContain("2,645 customers from 2019-11-01 on: control 408, test 379, not_in_test 1,858.");
    expect(page).toContain("Left out: 1,106 customers who got it less than 14 days ago.");
    expect(page).toMatch(/test: 21\.6% bought, against 12\.7% with control: \+8\.9 points .*, so it worked/);
  });
});
