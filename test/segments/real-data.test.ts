import { deriveRfm, fitZScore, transformScale } from "clientele/features";
import {
  assignKMeans,
  chooseK,
  describePersonas,
  fitKMeans,
  profileSegments,
  type ProfileReport,
} from "clientele/segments";
import { column, type FeatureTable, featureTable, fromMatrix, labelsOf } from "clientele/tables";
import { expect, it } from "vitest";
import { log1p } from "../../src/numeric/elementary.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { retailLog } from "../support/retail.ts";
import golden from "../oracles/personas.golden.json" with { type: "json" };

describeWithData("the buyers of Online Retail as personas", ["online_retail"], () => {
  const log = retailLog();
  const rfm = deriveRfm(log, { asOf: Date.UTC(2011, 11, 10), purchase: "buy", order: "order", timeZone: "UTC" });
  const logs = { ...rfm, values: rfm.values.map(log1p) };
  const scaled = transformScale(fitZScore(logs), logs);
  // The optimum is flat: stopped as early as usual, a few customers are still on their way.
  const labels = assignKMeans(fitKMeans(scaled, { k: 4, tolerance: 0 }), scaled);
  const days = column(rfm, "daysSinceLastPurchase");
  const stages = {
    labels: Int32Array.from(days, (since) => (since <= 30 ? 0 : since <= 90 ? 1 : 2)),
    names: ["recent", "cooling", "gone"],
  };
  const profile = profileSegments(rfm, labels, { stages });
  const because = "pandas sums in another order";

  it("have the sizes, means, medians, differences, indices and stages that pandas and scikit-learn give", () => {
    expect(profile.segments.map(({ size }) => size)).toEqual(golden.segments.map(({ size }) => size));
    golden.segments.forEach((expected, s) => {
      const { means, medians, standardizedDifference, overIndexed, underIndexed, typicalStage } = profile.segments[s];
      for (const feature of ["daysSinceLastPurchase", "orderCount", "revenue"] as const) {
        expectClose(means[feature]!, expected.means[feature], { relative: 1e-10, because });
        expectClose(medians[feature]!, expected.medians[feature], { relative: 1e-10, because });
        const difference = expected.standardizedDifference[feature];
        expectClose(standardizedDifference[feature]!, difference, { relative: 1e-9, because });
        const listed = [...overIndexed, ...underIndexed].find((one) => one.feature === feature);
        expect(listed !== undefined).toBe(Math.abs(difference) >= 0.25);
        if (listed !== undefined) expectClose(listed.index!, expected.index[feature], { relative: 1e-10, because });
      }
      const { name, share, overallShare } = expected.typicalStage;
      expect(typicalStage?.name).toBe(name);
      expectClose(typicalStage!.share, share, { relative: 1e-12, because });
      expectClose(typicalStage!.overallShare, overallShare, { relative: 1e-12, because });
    });
  });

  it("read as the figures of the golden file written out", () => {
    const personas = describePersonas({ ...profile, units: { ...profile.units, revenue: "GBP" } });
    expect(personas.map(({ suggestedName }) => suggestedName)).toEqual([
      "Many days since last purchase, low order count",
      "Close to the average",
      "Few days since last purchase, low order count",
      "High order count, few days since last purchase",
    ]);
    expect(personas[1].text).toBe(
      "About one in four customers: 1,161 of 4,338 (26.8%). Nothing stands out: furthest from all customers is days since " +
        "last purchase, its mean 0.24 standard deviations below (mean 69.14 days, compared with 93.06 days). Typical " +
        "stage: cooling, 51.7% of the segment, compared with 29.1% of all customers.",
    );
    expect(personas[3].text).toBe(
      "About one in six customers: 725 of 4,338 (16.7%). High order count: median 10, compared with 2 for all customers; " +
        "the mean is 1.21 standard deviations higher (index 318). Few days since last purchase: median 9 days, compared " +
        "with 51 days for all customers; the mean is 0.81 standard deviations lower (index 13). High revenue: median 3,712 " +
        "GBP, compared with 674.5 GBP for all customers; the mean is 0.66 standard deviations higher (index 389). Typical " +
        "stage: recent, 92.6% of the segment, compared with 37.5% of all customers.",
    );
  });
});

describeWithData("the mall's customers as personas", ["mall_customers"], () => {
  const names = ["Annual Income (k$)", "Spending Score (1-100)"];
  const table: FeatureTable = fromMatrix(
    readDataRows("mall_customers/mall_customers.csv").map((line) => names.map((name) => Number(line[name]))),
    { names: ["annualIncome", "spendingScore"] },
  );
  const { k } = chooseK(table);
  const profile = profileSegments(
    { ...table, units: { annualIncome: "k$" } },
    assignKMeans(fitKMeans(table, { k }), table),
  );

  it("are the five that everybody finds: the middle, and each pair of high and low", () => {
    const { k5 } = readDataJson<{ k5: { kmeans: { sizes_sorted: number[]; centers_sorted: number[][] } } }>(
      "mall_customers/expected.json",
    );
    expect(profile.segments.map(({ size }) => size)).toEqual(k5.kmeans.sizes_sorted.toReversed());
    const centers = profile.segments.map(({ means }) => [means["annualIncome"]!, means["spendingScore"]!]);
    const because = "scikit-learn sums in another order";
    const sorted = centers.toSorted((a, b) => a[0] - b[0]);
    expectClose(sorted.flat(), k5.kmeans.centers_sorted.flat(), { relative: 1e-10, because });
    expect(describePersonas(profile).map(({ suggestedName }) => suggestedName)).toEqual([
      "Close to the average",
      "High spending score, high annual income",
      "Low spending score, high annual income",
      "Low annual income, low spending score",
      "Low annual income, high spending score",
    ]);
  });
});

describeWithData("the customers of a marketing campaign by education", ["marketing_campaign"], () => {
  const rows = readDataRows("marketing_campaign/marketing_campaign.csv.gz");
  const spent = ["MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts", "MntGoldProds"];
  const table = featureTable(rows, {
    id: "ID",
    features: {
      income: ({ Income }) => (Income === "" ? NaN : Number(Income)),
      spend: (row) => spent.reduce((sum, name) => sum + Number(row[name]), 0),
      response: ({ Response }) => Number(Response),
    },
  });
  const levels = ["Graduation", "PhD", "Master", "2n Cycle", "Basic"];
  const labels = labelsOf(rows.map(({ Education }) => levels.indexOf(Education)));
  const profile: ProfileReport = profileSegments(table, labels, { names: levels });
  interface Expected {
    readonly counts: { readonly missing_income: number; readonly response: number; readonly education: Record<string, number>; readonly income_mean: number; readonly income_median: number }; // prettier-ignore
    readonly spend: { readonly sum: number; readonly mean_by_education: Record<string, number> };
  }
  const { counts, spend } = readDataJson<Expected>("marketing_campaign/expected.json");
  const because = "pandas sums in another order";

  it("have the counts, means and medians that pandas gives, missing incomes counted", () => {
    const { overall } = profile;
    expect(overall.missing["income"]).toBe(counts.missing_income);
    expectClose(overall.means["income"]!, counts.income_mean, { relative: 1e-12, because });
    expect(overall.medians["income"]).toBe(counts.income_median);
    expectClose(overall.means["spend"]!, spend.sum / rows.length, { relative: 1e-12, because });
    expectClose(overall.means["response"]!, counts.response / rows.length, { relative: 1e-12, because });
    for (const { name, size, means } of profile.segments) {
      expect(size).toBe(counts.education[name]);
      expectClose(means["spend"]!, spend.mean_by_education[name], { relative: 1e-12, because });
    }
  });

  it("differ little, but for the few with a basic education", () => {
    const personas = describePersonas(profile);
    expect(personas.map(({ suggestedName }) => suggestedName).slice(0, 2)).toEqual(["Close to the average (1,127)", "Close to the average (486)"]); // prettier-ignore
    expect(personas[4].suggestedName).toBe("Low income, low spend");
    expect(personas[4].evidence.map(({ feature }) => feature)).toEqual(["income", "spend", "response"]);
  });
});
