import {
  explainPropensity,
  fitChurnModel,
  fitConversionModel,
  predictPropensity,
  type PropensityModel,
  rankCustomers,
} from "clientele/predictions";
import { column, fitFactors, transformFactors } from "clientele/tables";
import { expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows, type TextRow } from "../support/data.ts";

// The figures of docs/guide/predictions.md, "On real data": held-out customers, drawn by lot.

const numbersOf = (row: TextRow, names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, row[name].trim() === "" ? NaN : Number(row[name])]));

function expectShown(
  model: PropensityModel,
  wanted: Readonly<Record<"rows" | "baseRate" | "auc" | "skill", number>>,
): void {
  const { holdout, evaluation } = model;
  expect(holdout.rows).toBe(wanted.rows);
  const shown = { absolute: 0.0005, because: "as printed" };
  expectClose(evaluation.baseRate, wanted.baseRate, shown);
  expectClose(evaluation.auc!, wanted.auc, shown);
  expectClose(evaluation.skill.brier!, wanted.skill, shown);
}

describeWithData("a telecom's churn", ["telco_churn"], () => {
  const read = readDataRows("telco_churn/telco_churn.csv.gz");
  const numbers = ["tenure", "MonthlyCharges", "TotalCharges"];
  const rows = read.map((row) => ({ ...row, ...numbersOf(row, numbers) }));
  const factors = Object.keys(read[0]).filter((name) => !["customerID", "Churn", ...numbers].includes(name));
  const table = transformFactors(fitFactors(rows, { id: "customerID", numbers, factors }), rows);
  const left = Uint8Array.from(read, (row) => Number(row["Churn"] === "Yes"));
  const model = fitChurnModel(table, left, { holdout: "customers" });

  it("is foreseen as well as published models do (AUC 0.84 to 0.85), and the probabilities are true", () => {
    expectShown(model, { rows: 1761, baseRate: 0.265, auc: 0.838, skill: 0.286 });
    const [low, high] = model.evaluation.intervals.auc!;
    expect(low).toBeLessThan(0.845);
    expect(high).toBeGreaterThan(0.845);
    expect(model.reliability.calibrationError).toBeLessThan(0.03);
    expect(model.lift.groups[0].lift!).toBeGreaterThan(2.5);
  });

  it("takes the 11 charges that are blank as missing, repeated columns (no internet) as they are", () => {
    expect(model.columns.map(({ name }) => name)).toContain("TotalChargesMissing");
    expect(model.columns.length).toBeGreaterThan(30);
    expect(model.regression.converged).toBe(true);
  });

  it("ends in a list of whom to call, with reasons", () => {
    const probability = predictPropensity(model, table);
    const { customers, selected } = rankCustomers(table, { probability, value: "MonthlyCharges", cost: 20, capacity: 100 }); // prettier-ignore
    expect(selected).toBe(100);
    const called = customers.slice(0, 100).reduce((sum, { row }) => sum + left[row], 0);
    expect(called).toBeGreaterThan(60);
    const why = explainPropensity(model, table);
    const [first] = customers;
    expect(column(why, "tenure")[first.row]).toBeGreaterThan(0);
  });
});

describeWithData("purchases of a shop's visitors", ["online_shoppers"], () => {
  it("are foreseen from their visit so far", () => {
    const read = readDataRows("online_shoppers/online_shoppers_intention.csv.gz");
    const pages = ["Administrative", "Informational", "ProductRelated"].flatMap((page) => [page, `${page}_Duration`]);
    const numbers = [...pages, "BounceRates", "ExitRates", "PageValues", "SpecialDay"];
    const rows = read.map((row) => ({ ...row, ...numbersOf(row, numbers) }));
    const table = transformFactors(fitFactors(rows, { numbers, factors: ["Month", "VisitorType", "Weekend"] }), rows);
    const bought = Uint8Array.from(read, (row) => Number(row["Revenue"].toUpperCase() === "TRUE"));
    const model = fitConversionModel(table, bought, { holdout: "customers" });
    expectShown(model, { rows: 3083, baseRate: 0.155, auc: 0.901, skill: 0.358 });
  });
});

describeWithData("answers to a campaign", ["marketing_campaign"], () => {
  it("are foreseen, customers without an income among them", () => {
    const read = readDataRows("marketing_campaign/marketing_campaign.csv.gz");
    const channels = ["Deals", "Web", "Catalog", "Store"].map((channel) => `Num${channel}Purchases`);
    const spend = ["MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts", "MntGoldProds"];
    const numbers = ["Income", "Kidhome", "Teenhome", "Recency", ...channels, "NumWebVisitsMonth", ...spend];
    const rows = read.map((row) => ({ ...row, ...numbersOf(row, numbers) }));
    const table = transformFactors(fitFactors(rows, { id: "ID", numbers, factors: ["Education"] }), rows);
    const answered = Uint8Array.from(read, (row) => Number(row["Response"] === "1"));
    const model = fitConversionModel(table, answered, { holdout: "customers" });
    expect(model.columns.map(({ name }) => name)).toContain("IncomeMissing");
    expectShown(model, { rows: 561, baseRate: 0.15, auc: 0.821, skill: 0.186 });
  });
});
