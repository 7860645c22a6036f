import { evaluateClassifier } from "clientele/predictions";
import { expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

interface Fit {
  readonly rows: number;
  readonly positives: number;
  readonly maximum_likelihood_all_rows: {
    readonly log_likelihood: number;
    readonly coefficients: Readonly<Record<string, number>>;
    readonly in_sample: Readonly<Record<string, number>>;
  };
}

/** The probabilities that statsmodels' coefficients give: z-scored numbers, and "column=level" as 0 or 1. */
function probabilitiesOf(rows: readonly TextRow[], coefficients: Readonly<Record<string, number>>): number[] {
  const logOdds = rows.map(() => 0);
  for (const [name, coefficient] of Object.entries(coefficients)) {
    const [column, level] = name.split("=");
    let cells = rows.map((row) => (level === undefined ? Number(row[column]) : row[column] === level ? 1 : 0));
    if (name === "intercept") cells = rows.map(() => 1);
    else if (level === undefined) {
      const mean = cells.reduce((sum, x) => sum + x, 0) / cells.length;
      const spread = Math.sqrt(cells.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / cells.length);
      cells = cells.map((x) => (x - mean) / spread);
    }
    cells.forEach((x, row) => (logOdds[row] += coefficient * x));
  }
  return logOdds.map((odds) => 1 / (1 + Math.exp(-odds)));
}

/** scikit-learn's figures of these probabilities. */
function expectFigures(fit: Fit, rows: readonly TextRow[], cameOf: (row: TextRow) => boolean): void {
  const { coefficients, in_sample: wanted, log_likelihood: logLikelihood } = fit.maximum_likelihood_all_rows;
  const outcome = rows.map((row) => (cameOf(row) ? 1 : 0));
  const report = evaluateClassifier(outcome, probabilitiesOf(rows, coefficients));
  expect([report.n, report.positives]).toEqual([fit.rows, fit.positives]);
  const because = "coefficients are printed to 16 digits; sums in another order";
  expectClose(report.auc!, wanted["auc"], { absolute: 1e-9, because });
  // The product of NumPy tells some customers with equal features apart in the last bit; here they are tied.
  expectClose(report.averagePrecision!, wanted["average_precision"], { absolute: 1e-6, because: "ties" });
  expectClose(report.logLoss, wanted["log_loss"], { relative: 1e-9, because });
  expectClose(report.logLoss, -logLikelihood / report.n, { relative: 1e-9, because });
  expectClose(report.brier, wanted["brier"], { relative: 1e-9, because });
  expect(report.confusion.accuracy).toBe(wanted["accuracy_at_0.5"]);
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = report.confusion;
  expect([truePositives, falsePositives, falseNegatives, trueNegatives]).toEqual([wanted["tp"], wanted["fp"], wanted["fn"], wanted["tn"]]); // prettier-ignore
}

describeWithData("evaluateClassifier on Telco's customers", ["telco_churn"], () => {
  const services = ["OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport", "StreamingTV", "StreamingMovies"]; // prettier-ignore
  // "No internet service" is "No", and a blank total is 0: see the notes of expected.json.
  const rows = readDataRows("telco_churn/telco_churn.csv.gz").map((row): TextRow => {
    const plain = Object.fromEntries(services.map((name) => [name, row[name] === "Yes" ? "Yes" : "No"]));
    return { ...row, ...plain, TotalCharges: row["TotalCharges"].trim() === "" ? "0" : row["TotalCharges"] };
  });
  const expected = readDataJson<Record<string, Fit>>("telco_churn/expected.json");

  it.each(["logistic", "logistic_3_columns"])("has scikit-learn's figures of the %s fit", (name) => {
    expectFigures(expected[name], rows, (row) => row["Churn"] === "Yes");
  });
});

describeWithData("evaluateClassifier on online shoppers", ["online_shoppers"], () => {
  it("has scikit-learn's figures of the logistic fit", () => {
    const rows = readDataRows("online_shoppers/online_shoppers_intention.csv.gz");
    const expected = readDataJson<{ readonly logistic: Fit }>("online_shoppers/expected.json");
    expectFigures(expected.logistic, rows, (row) => row["Revenue"] === "TRUE");
  });
});
