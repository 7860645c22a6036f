import { fitZScore, transformScale } from "clientele/features";
import { fitKMeans } from "clientele/segments";
import { type FeatureTable, fromMatrix, labelsOf } from "clientele/tables";
import { expect, it } from "vitest";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { expectKMeansFigures, type KMeansFigures } from "../support/kmeans-figures.ts";

/** Our k-means has no larger squares than the best of scikit-learn's 50, but for where either stops. */
function expectAsTight(table: FeatureTable, { k, best_inertia_of_runs: theirs }: KMeansFigures): void {
  expect(fitKMeans(table, { k }).withinSquares).toBeLessThanOrEqual(theirs * (1 + 1e-6));
}

describeWithData("cluster indices on real data", ["iris", "faithful", "mall_customers", "marketing_campaign"], () => {
  const columns = {
    iris: ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"],
    faithful: ["eruptions", "waiting"],
    mall_customers: ["Annual Income (k$)", "Spending Score (1-100)"],
  };

  it.each(["iris", "faithful", "mall_customers"] as const)("are scikit-learn's on %s, raw and standardized", (name) => {
    const rows = readDataRows(`${name}/${name}.csv`);
    const raw = fromMatrix(rows.map((row) => columns[name].map((column) => Number(row[column]))));
    const scaled = transformScale(fitZScore(raw), raw);
    const kinds = [...new Set(rows.map((row) => row["Species"]))];
    const references = { species: labelsOf(rows.map((row) => kinds.indexOf(row["Species"]))) };
    const all = readDataJson<Readonly<Record<string, { kmeans?: KMeansFigures }>>>(`${name}/expected.json`);
    const fits = Object.entries(all).flatMap(([key, { kmeans }]) =>
      kmeans === undefined ? [] : [[key, kmeans] as const],
    );
    expect(fits.length).toBeGreaterThanOrEqual(4);
    for (const [key, figures] of fits) {
      const table = key.startsWith("standardised") ? scaled : raw;
      expectKMeansFigures(table, figures, references);
      expectAsTight(table, figures);
    }
  });

  it("are scikit-learn's on the logarithms of what 2,216 customers spend on six kinds of goods", () => {
    const goods = ["MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts", "MntGoldProds"];
    const rows = readDataRows("marketing_campaign/marketing_campaign.csv.gz").filter((row) => row["Income"] !== "");
    const table = fromMatrix(rows.map((row) => goods.map((column) => Math.log1p(Number(row[column])))));
    interface Expected {
      readonly kmeans_log1p_spend: Readonly<Record<string, { kmeans: KMeansFigures }>>;
    }
    const fits = Object.values(readDataJson<Expected>("marketing_campaign/expected.json").kmeans_log1p_spend);
    expect(fits.length).toBe(4);
    for (const { kmeans } of fits) {
      expectKMeansFigures(table, kmeans, {});
      expectAsTight(table, kmeans);
    }
  });
});
