import { evaluateClassifier, fitLogistic, predictLogistic } from "clientele/predictions";
import { fromMatrix } from "clientele/tables";
import { expect, it } from "vitest";
import { areaUnderRoc } from "../support/auc.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// expected.json of the data sets: numpy's Newton iterations, written down with their script; l2 of 1 is scikit-learn's C = 1.

interface Figures {
  readonly auc: number;
  readonly average_precision: number;
  readonly "accuracy_at_0.5": number;
  readonly log_loss: number;
  readonly brier: number;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

interface Expected {
  readonly rows: number;
  readonly positives: number;
  readonly maximum_likelihood_all_rows: {
    readonly log_likelihood: number;
    readonly null_log_likelihood: number;
    readonly coefficients: Readonly<Record<string, number>>;
    readonly standard_errors: Readonly<Record<string, number>>;
    readonly in_sample: Figures;
  };
  readonly cross_validated_l2_1: {
    readonly fold_auc: readonly number[];
    readonly mean_fold_auc: number;
    readonly pooled: Figures;
  };
}

/** Numbers divided by their population standard deviation, then 0 and 1 for each level but the first of each factor. */
function designOf(
  rows: readonly TextRow[],
  numbers: readonly string[],
  factors: readonly string[],
): Map<string, number[]> {
  const columns = new Map<string, number[]>();
  for (const name of numbers) {
    const values = rows.map((row) => Number(row[name]));
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length);
    columns.set(name, values.map((x) => (x - mean) / deviation)); // prettier-ignore
  }
  for (const name of factors) {
    const levels = [...new Set(rows.map((row) => row[name]))].sort();
    for (const level of levels.slice(1))
      columns.set(
        `${name}=${level}`,
        rows.map((row) => Number(row[name] === level)),
      );
  }
  return columns;
}

function expectFigures(outcome: Uint8Array, probabilities: Float64Array, wanted: Figures): void {
  const n = outcome.length;
  const mean = (of: (p: number, y: number) => number): number =>
    probabilities.reduce((sum, p, i) => sum + of(p, outcome[i]), 0) / n;
  const count = (predicted: boolean, came: number): number =>
    outcome.reduce((sum, y, i) => sum + Number(y === came && probabilities[i] >= 0.5 === predicted), 0);
  const near = { relative: 1e-8, because: "coefficients agree to 1e-8" };
  expectClose(areaUnderRoc(probabilities, outcome), wanted.auc, near);
  // And by our own judge, which is held to all of them.
  const judged = evaluateClassifier(outcome, probabilities);
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = judged.confusion;
  expect([truePositives, falsePositives, falseNegatives, trueNegatives]).toEqual([wanted.tp, wanted.fp, wanted.fn, wanted.tn]); // prettier-ignore
  expectClose((truePositives + trueNegatives) / n, wanted["accuracy_at_0.5"], { absolute: 1e-15, because: "a share" });
  expectClose([judged.auc!, judged.logLoss, judged.brier], [wanted.auc, wanted.log_loss, wanted.brier], near);
  const because = "equal customers are tied here, and told apart in the last bit by the reference's matrix product";
  expectClose(judged.averagePrecision!, wanted.average_precision, { absolute: 1e-6, because });
  expectClose(mean((p, y) => (p - y) * (p - y)), wanted.brier, near); // prettier-ignore
  expectClose(mean((p, y) => -Math.log(y === 1 ? p : 1 - p)), wanted.log_loss, near); // prettier-ignore
  expect([count(true, 1), count(true, 0), count(false, 1), count(false, 0)]).toEqual([wanted.tp, wanted.fp, wanted.fn, wanted.tn]); // prettier-ignore
}

function expectAll(columns: ReadonlyMap<string, readonly number[]>, outcome: Uint8Array, expected: Expected): void {
  const names = [...columns.keys()];
  const lists = [...columns.values()];
  const tableOf = (keep: (row: number) => boolean): ReturnType<typeof fromMatrix> =>
    fromMatrix(
      [...outcome.keys()].filter(keep).map((row) => lists.map((list) => list[row])),
      { names },
    );
  const table = tableOf(() => true);
  expect([outcome.length, outcome.reduce((sum, y) => sum + y, 0)]).toEqual([expected.rows, expected.positives]);
  const model = fitLogistic(table, outcome);
  const wanted = expected.maximum_likelihood_all_rows;
  const because = "the issue's tolerance";
  const order = ["intercept", ...names];
  expect(Object.keys(wanted.coefficients)).toEqual(order);
  expectClose([model.intercept, ...model.coefficients], order.map((name) => wanted.coefficients[name]), { absolute: 1e-8, because }); // prettier-ignore
  expectClose([model.interceptStandardError, ...model.standardErrors], order.map((name) => wanted.standard_errors[name]), { absolute: 1e-8, because }); // prettier-ignore
  expectClose(model.logLikelihood, wanted.log_likelihood, { absolute: 1e-8, because });
  expectClose(model.nullLogLikelihood, wanted.null_log_likelihood, { absolute: 1e-8, because });
  expectFigures(outcome, predictLogistic(model, table), wanted.in_sample);

  const validated = expected.cross_validated_l2_1;
  const pooled = new Float64Array(outcome.length);
  const areas = [0, 1, 2, 3, 4].map((fold) => {
    const own = (row: number): boolean => row % 5 === fold;
    const train = fitLogistic(tableOf((row) => !own(row)), outcome.filter((_, row) => !own(row)), { l2: 1 }); // prettier-ignore
    const probabilities = predictLogistic(train, tableOf(own));
    probabilities.forEach((p, i) => (pooled[5 * i + fold] = p));
    return areaUnderRoc(probabilities, outcome.filter((_, row) => own(row))); // prettier-ignore
  });
  expectClose(areas, validated.fold_auc, { relative: 1e-10, because: "ranks, with ties of equal customers" });
  expectClose(areas.reduce((sum, area) => sum + area, 0) / 5, validated.mean_fold_auc, { relative: 1e-10, because: "the same" }); // prettier-ignore
  expectFigures(outcome, pooled, validated.pooled);
}

const outcomeOf = (rows: readonly TextRow[], came: (row: TextRow) => boolean): Uint8Array =>
  Uint8Array.from(rows, (row) => Number(came(row)));

describeWithData("churn of a telecom's customers", ["telco_churn"], () => {
  const services = ["OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport", "StreamingTV", "StreamingMovies"]; // prettier-ignore
  const rows = readDataRows("telco_churn/telco_churn.csv.gz").map((row): TextRow => ({
    ...row,
    ...Object.fromEntries(services.map((name) => [name, row[name] === "No internet service" ? "No" : row[name]])),
    // Blank where tenure is 0: nothing was charged yet.
    TotalCharges: row["TotalCharges"].trim() === "" ? "0" : row["TotalCharges"],
  }));
  const churned = outcomeOf(rows, (row) => row["Churn"] === "Yes");
  const expected = readDataJson<Record<"logistic" | "logistic_3_columns", Expected>>("telco_churn/expected.json");

  it("is counted as in the reference, by each trait", () => {
    const { counts, churn_by: churnBy } = readDataJson<{
      readonly counts: Readonly<Record<string, number>>;
      readonly churn_by: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>>;
    }>("telco_churn/expected.json");
    const sum = (name: string): number => rows.reduce((total, row) => total + Number(row[name]), 0);
    expect([rows.length, new Set(rows.map((row) => row["customerID"])).size]).toEqual([counts["rows"], counts["distinct_customers"]]); // prettier-ignore
    expect(churned.reduce((total, one) => total + one, 0)).toBe(counts["churned"]);
    expect(rows.filter((row) => row["tenure"] === "0")).toHaveLength(counts["tenure_0_rows"]);
    expect(sum("tenure")).toBe(counts["tenure_sum"]);
    const near = { relative: 1e-12, because: "sums in another order" };
    expectClose([sum("MonthlyCharges"), sum("TotalCharges")], [counts["monthly_charges_sum"], counts["total_charges_sum_blank_as_0"]], near); // prettier-ignore
    for (const [trait, levels] of Object.entries(churnBy)) {
      for (const [level, expectedCounts] of Object.entries(levels)) {
        const own = [...rows.keys()].filter((row) => rows[row][trait] === level);
        expect([own.filter((row) => churned[row] === 1).length, own.length]).toEqual(expectedCounts);
      }
    }
  });

  it("goes with the same traits, equally strongly, as in the reference: 18 columns", () => {
    const numbers = ["tenure", "MonthlyCharges", "TotalCharges", "SeniorCitizen"];
    const factors = ["gender", "Partner", "Dependents", "PhoneService", "InternetService", ...services];
    const columns = designOf(rows, numbers, [...factors, "Contract", "PaperlessBilling", "PaymentMethod"]);
    expectAll(columns, churned, expected.logistic);
  });

  it("and 3 columns", () => {
    expectAll(designOf(rows, ["tenure", "MonthlyCharges"], ["Contract"]), churned, expected.logistic_3_columns);
  });
});

describeWithData("purchases of a shop's visitors", ["online_shoppers"], () => {
  it("go with the same behavior, equally strongly, as in the reference", () => {
    const read = readDataRows("online_shoppers/online_shoppers_intention.csv.gz");
    const rows = read.map((row) => ({ ...row, Weekend: row["Weekend"].toUpperCase() }));
    const pages = ["Administrative", "Informational", "ProductRelated"].flatMap((page) => [page, `${page}_Duration`]);
    const numbers = [...pages, "BounceRates", "ExitRates", "PageValues", "SpecialDay"];
    const bought = outcomeOf(rows, (row) => row["Revenue"].toUpperCase() === "TRUE");
    const { logistic } = readDataJson<{ logistic: Expected }>("online_shoppers/expected.json");
    expectAll(designOf(rows, numbers, ["Month", "VisitorType", "Weekend"]), bought, logistic);
  });

  it("are counted as in the reference, and each number ranks visitors as well as there", () => {
    const rows = readDataRows("online_shoppers/online_shoppers_intention.csv.gz");
    const bought = outcomeOf(rows, (row) => row["Revenue"].toUpperCase() === "TRUE");
    const expected = readDataJson<{
      readonly counts: { readonly rows: number; readonly buyers: number } & Readonly<
        Record<"by_month" | "by_visitor_type", Readonly<Record<string, readonly [number, number]>>>
      >;
      readonly single_feature_auc: Readonly<Record<string, number>>;
      readonly published: Readonly<Record<string, number>>;
    }>("online_shoppers/expected.json");
    const { counts, published } = expected;
    const buyers = bought.reduce((total, one) => total + one, 0);
    expect([rows.length, buyers]).toEqual([counts.rows, counts.buyers]);
    expect([rows.length, buyers, rows.length - buyers]).toEqual([published["rows"], published["purchase"], published["no_purchase"]]); // prettier-ignore
    for (const [trait, levels] of [
      ["Month", counts.by_month],
      ["VisitorType", counts.by_visitor_type],
    ] as const) {
      for (const [level, wanted] of Object.entries(levels)) {
        const own = [...rows.keys()].filter((row) => rows[row][trait] === level);
        expect([own.filter((row) => bought[row] === 1).length, own.length]).toEqual(wanted);
      }
    }
    for (const [name, auc] of Object.entries(expected.single_feature_auc)) {
      // The judge takes probabilities: a number is brought to 0 … 1, which keeps the order and the ties.
      const values = rows.map((row) => Number(row[name]));
      const most = Math.max(...values);
      const scores = values.map((value) => value / (most + 1));
      expectClose(evaluateClassifier(bought, scores).auc!, auc, { relative: 1e-12, because: "ranks" });
    }
  });
});

describeWithData("responses to a campaign", ["marketing_campaign"], () => {
  it("go with the same traits, equally strongly, as in the reference", () => {
    const rows = readDataRows("marketing_campaign/marketing_campaign.csv.gz").filter((row) => row["Income"] !== "");
    const channels = ["Deals", "Web", "Catalog", "Store"].map((channel) => `Num${channel}Purchases`);
    const spend = ["MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts", "MntGoldProds"];
    const numbers = ["Income", "Kidhome", "Teenhome", "Recency", ...channels, "NumWebVisitsMonth", ...spend];
    const answered = outcomeOf(rows, (row) => row["Response"] === "1");
    const { response_logistic_rows_with_income: expected } = readDataJson<{
      response_logistic_rows_with_income: Expected;
    }>("marketing_campaign/expected.json");
    expectAll(designOf(rows, numbers, ["Education"]), answered, expected);
  });
});
