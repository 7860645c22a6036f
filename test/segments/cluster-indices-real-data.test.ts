import {
  assignKMeans,
  fitKMeans,
  measureAdjustedMutualInformation,
  measureAdjustedRand,
  measureCalinskiHarabasz,
  measureDaviesBouldin,
  measureSilhouette,
} from "clientele/segments";
import { fitZScore, transformScale } from "clientele/features";
import { type FeatureTable, fromMatrix, labelsOf } from "clientele/tables";
import { expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";

/** What scikit-learn says about a k-means. */
interface Fit {
  readonly k: number;
  readonly best_inertia_of_runs: number;
  readonly silhouette: number;
  readonly calinski_harabasz: number;
  readonly davies_bouldin: number;
  readonly against_labels?: Readonly<Record<string, { readonly ari: number; readonly ami: number }>>;
}

/** Compares every figure of a k-means with scikit-learn's; tells whether both ended in the same groups. */
function compareFit(table: FeatureTable, fit: Fit, classes: Readonly<Record<string, Int32Array>> = {}): boolean {
  const model = fitKMeans(table, { k: fit.k });
  const difference = model.withinSquares / fit.best_inertia_of_runs - 1;
  // The stop rule leaves a few customers on the wrong side of a border, here or there.
  expect(difference).toBeLessThan(1e-6);
  if (difference < -1e-6) return false;
  const labels = assignKMeans(model, table);
  const tolerance =
    Math.abs(difference) < 1e-9
      ? { absolute: 1e-9, relative: 1e-9, because: "sums in another order, distances in another precision" }
      : { absolute: 1e-3, relative: 1e-3, because: "a few customers on the border belong elsewhere" };
  const close = (actual: number, expected: number): void => expectClose(actual, expected, tolerance);
  close(measureSilhouette(table, labels).mean, fit.silhouette);
  close(measureCalinskiHarabasz(table, labels).value!, fit.calinski_harabasz);
  close(measureDaviesBouldin(table, labels).value!, fit.davies_bouldin);
  for (const [name, { ari, ami }] of Object.entries(fit.against_labels ?? {})) {
    close(measureAdjustedRand(classes[name], labels).value, ari);
    close(measureAdjustedMutualInformation(classes[name], labels).value, ami);
  }
  return true;
}

describeWithData("cluster indices on real data", ["iris", "faithful", "mall_customers", "marketing_campaign"], () => {
  const columns = {
    iris: ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"],
    faithful: ["eruptions", "waiting"],
    mall_customers: ["Annual Income (k$)", "Spending Score (1-100)"],
  };

  it.each([
    ["iris", 4],
    ["faithful", 4],
    // k = 7: scikit-learn's 50 runs ended in a worse solution, which has other figures.
    ["mall_customers", 9],
  ] as const)("agree with scikit-learn on %s, raw and standardized", (name, least) => {
    const rows = readDataRows(`${name}/${name}.csv`);
    const raw = fromMatrix(rows.map((row) => columns[name].map((column) => Number(row[column]))));
    const scaled = transformScale(fitZScore(raw), raw);
    const species = [...new Set(rows.map((row) => row["Species"]))];
    const classes = { species: labelsOf(rows.map((row) => species.indexOf(row["Species"]))) };
    const fits = Object.entries(readDataJson<Readonly<Record<string, { kmeans?: Fit }>>>(`${name}/expected.json`));
    const same = fits.filter(
      ([key, { kmeans }]) =>
        kmeans !== undefined && compareFit(key.startsWith("standardised") ? scaled : raw, kmeans, classes),
    );
    expect(same.length).toBeGreaterThanOrEqual(least);
  });

  it("agree with scikit-learn on the logarithms of what 2,216 customers spend on six kinds of goods", () => {
    const goods = ["MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts", "MntGoldProds"];
    const rows = readDataRows("marketing_campaign/marketing_campaign.csv.gz").filter((row) => row["Income"] !== "");
    const table = fromMatrix(rows.map((row) => goods.map((column) => Math.log1p(Number(row[column])))));
    type Expected = { kmeans_log1p_spend: Readonly<Record<string, { kmeans: Fit }>> };
    const fits = Object.values(readDataJson<Expected>("marketing_campaign/expected.json").kmeans_log1p_spend);
    expect(fits.filter(({ kmeans }) => compareFit(table, kmeans)).length).toBe(4);
  });
});
