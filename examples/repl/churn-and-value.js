// Written by scripts/build-repl-stories.mjs from examples/notebooks/churn-and-value.ipynb.
// Where clientele, vega and vega-lite are installed: `node`, then `.load churn-and-value.js`; or `node -i < churn-and-value.js`.

repl.repl.ignoreUndefined = true;
const { mkdirSync, writeFileSync } = require("node:fs");
const drawing = import("clientele/report");
const pictures = [];
const show = (value) => {
  if (typeof value?.$schema !== "string") return console.log(value);
  const file = `out/churn-and-value-${pictures.length + 1}.svg`;
  mkdirSync("out", { recursive: true });
  pictures.push(drawing.then(({ renderSvg }) => writeFileSync(file, renderSvg(value))));
  console.log(`${value.description} → ${file}`);
};

// # Churn and value: who is leaving, and who is worth a call
//
// **The question.** Customers without a contract do not cancel; they just do not come back. Who is silently leaving, what will the others be
// worth in the next half year, and whom should the team, which can make fifty calls, call?
//
// The shop is simulated, so that some answers can be looked up. The last section fits the same models to CDNOW,
// the data set of the literature.

const { readEvents } = require("clientele/events");
const { customerView, derivePurchaseSummary } = require("clientele/features");
const { fitBgNbd, fitGammaGamma, scoreLifetimeValue } = require("clientele/predictions");
const { measurePurchaseForecast, predictAlive, predictPurchases } = require("clientele/predictions");
const { fitChurnModel, labelOutcomes, predictPropensity } = require("clientele/predictions");
const { rankCustomers } = require("clientele/predictions");
const { chartCalibration, chartLift, chartTracking } = require("clientele/charts");
const { toCsv } = require("clientele/actions");
const { column, filterRows } = require("clientele/tables");
const { simulateShop } = require("clientele/simulate");

const day = 86_400_000;
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const sumOf = (values) => values.reduce((sum, value) => sum + value, 0);

// ## Does the past tell the future?
//
// A year of orders. The model sees the first half and says how many orders the second half will have; only then is it looked up.

const shop = simulateShop({
  customers: 2500,
  days: 364,
  seed: 3,
  joinWithinDays: 120,
  anomalyShare: 0,
});
const { log } = readEvents(shop.rows, {
  customer: "customer",
  type: "type",
  time: "time",
  value: "value",
});
const endOfWeek = (week) => shop.truth.start + (7 * week + 7) * day - 1;
const summaryAt = (asOf) =>
  derivePurchaseSummary(log, { asOf, purchase: "purchase", unit: "week" });

const summaries = Array.from({ length: 52 }, (_, week) => summaryAt(endOfWeek(week)));
const half = fitBgNbd(summaries[25]);
const report = measurePurchaseForecast(half, summaries, { calibration: 25 });
const { forecast, baseline } = report;
console.log(
  `the model is off by ${forecast.meanAbsoluteError.toFixed(2)} orders per customer`,
);
console.log(`"everybody goes on as before" by ${baseline.meanAbsoluteError.toFixed(2)}`);
show(chartTracking(report));

// ## Who is still there, and what will they be worth?
//
// The same model with the whole year: the chance that somebody is still a customer, and the orders to come. What an order is worth is
// learned apart, because a single dear order is mostly chance.

const summary = summaryAt(shop.truth.end);
const purchases = fitBgNbd(summary);
const spend = fitGammaGamma(summary);
const alive = predictAlive(purchases, summary);
const orders = predictPurchases(purchases, summary, { horizon: 26 });
const worth = scoreLifetimeValue(purchases, spend, summary, {
  horizon: 26,
  unit: "week",
  margin: 0.3,
});

console.log(
  `${summary.ids.length} customers, of whom about ${Math.round(sumOf(alive))} are still there`,
);
console.log(`they will order ${Math.round(sumOf(orders))} times in half a year`);
console.log(`and are worth ${Math.round(sumOf(worth))}, at a margin of 30 %`);

// Here, and only here, it can be looked up: the shop was simulated, and each customer knows.

const planted = new Map(
  shop.truth.customers.map((customer) => [customer.id, customer.alive]),
);
console.log(
  `${summary.ids.filter((id) => planted.get(id)).length} customers really are still there`,
);

// Few carry the shop:

const best = Array.from(worth).sort((a, b) => b - a);
const tenth = Math.round(best.length / 10);
console.log(
  `a tenth of the customers brings ${percent(sumOf(best.slice(0, tenth)) / sumOf(best))} of it`,
);

// ## Who is leaving?
//
// Six questions of the past teach the answer: of those who had bought in the 60 days before a date, who bought nothing in the 30 days after it?
// The last date judges, on customers the model has not learned from.

const cutoffs = [150, 180, 210, 240, 270, 300].map((at) => shop.truth.start + at * day);
const population = { events: ["purchase"], withinDays: 60 };
const churn = labelOutcomes(log, {
  cutoff: cutoffs,
  horizonDays: 30,
  event: "purchase",
  population,
  positive: "no-event",
});
const viewAt = (cutoff) => customerView(log, { asOf: cutoff - 1, purchase: "purchase" });
const model = fitChurnModel(cutoffs.map(viewAt), churn, {
  holdoutShare: 0.5,
  calibration: "platt",
});
const { auc, intervals } = model.evaluation;

console.log(
  `${model.rows.read} answers, ${percent(churn.report.baseRate)} of them "bought nothing"`,
);
console.log(
  `AUC ${auc.toFixed(2)} (${intervals.auc.map((bound) => bound.toFixed(2)).join(" to ")})`,
);
show(chartLift(model.lift));

// The chance to leave is used as a number below, so seven in ten must mean seven in ten:

show(chartCalibration(model.reliability));

// ## What to do on Monday
//
// A call costs 4 and keeps perhaps one leaver in five. So it pays where the chance to leave, times 0.2, times what the customer will be worth, is
// more than 4: not with the most endangered, and not with the best, but where both meet.

const today = viewAt(shop.truth.end);
const silence = column(today, "daysSinceLastPurchase");
const active = filterRows(today, (row) => silence[row] <= 60);
const leaving = predictPropensity(model, active);
const worthOf = new Map(summary.ids.map((id, row) => [id, worth[row]]));
const value = active.ids.map((id) => worthOf.get(id));
const calls = rankCustomers(active, {
  probability: leaving.map((p) => 0.2 * p),
  value,
  cost: 4,
  capacity: 50,
});
const chosen = calls.customers.filter(({ selected }) => selected);

console.log(
  `${calls.selected} calls, ${calls.overCapacity} more would pay, ${calls.notWorthIt} would not`,
);
const expectedGain = sumOf(chosen.map(({ expectedValue }) => expectedValue));
console.log(
  `expected gain ${Math.round(expectedGain)}, with ${4 * calls.selected} spent on calls`,
);

// Calling the fifty most endangered instead, or the fifty best:

const gain = (rows) =>
  Math.round(sumOf(rows.map((row) => 0.2 * leaving[row] * value[row] - 4)));
const everybody = Array.from(active.ids.keys());
const endangered = everybody.toSorted((a, b) => leaving[b] - leaving[a]).slice(0, 50);
const dearest = everybody.toSorted((a, b) => value[b] - value[a]).slice(0, 50);

console.log(`both together ${gain(chosen.map(({ row }) => row))}`);
console.log(`most endangered ${gain(endangered)}`);
console.log(`dearest ${gain(dearest)}`);

// The list for the team:

const list = chosen.map(({ rank, id, row }) => ({
  rank,
  id,
  leaving: percent(leaving[row]),
  worth: Math.round(value[row]),
}));
console.log(toCsv(list.slice(0, 5)));

// **Decided.** The fifty of the list are called, except every tenth, drawn by lot: only those who are not called tell what calling does. "One in
// five" is a guess until then.
//
// ## The data of the literature
//
// CDNOW: 2,357 customers who first bought in the first quarter of 1997. Fader, Hardie and Lee published what these models find in it. The data
// are not part of the package: put them below the folder that `CLIENTELE_DATA` names, or read on.

const { existsSync, readFileSync } = require("node:fs");

const file = `${process.env.CLIENTELE_DATA ?? "data"}/cdnow_sample/cdnow_sample.csv`;
const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(1)
  : [];
const sales = lines.map((line) => {
  const [, who, date, , paid] = line.split(",");
  return { who, what: "purchase", at: `${date}T00:00:00Z`, paid: Number(paid) };
});
const cdnow = readEvents(sales, {
  customer: "who",
  type: "what",
  time: "at",
  value: "paid",
}).log;
if (lines.length > 0)
  console.log(`${cdnow.length} purchases of ${cdnow.customer.names.length} customers`); else console.log(`Skipped: there is no ${file}`);

if (lines.length > 0) {
  const known = derivePurchaseSummary(cdnow, {
    asOf: Date.UTC(1997, 8, 30),
    purchase: "purchase",
    unit: "week",
  });
  const bgNbd = fitBgNbd(known);
  const gammaGamma = fitGammaGamma(known);
  const three = (values) =>
    Object.entries(values)
      .map(([name, x]) => `${name} ${x.toFixed(3)}`)
      .join(", ");
  const { r, alpha, a, b } = bgNbd;
  const { p, q, v } = gammaGamma;
  console.log(
    `BG/NBD: ${three({ r, alpha, a, b })}, log-likelihood ${bgNbd.logLikelihood.toFixed(1)}`,
  );
  console.log(
    `gamma-gamma: ${three({ p, q, v })}, log-likelihood ${gammaGamma.logLikelihood.toFixed(1)}`,
  );
  const expected = sumOf(predictPurchases(bgNbd, known, { horizon: 39 }));
  console.log(`expected in the next 39 weeks: ${expected.toFixed(1)} purchases`);
} else console.log("Skipped.");

// Published are r 0.243, α 4.414, a 0.793, b 2.426 and −9582.4 for the purchases, p 6.25, q 3.74, v 15.44 for what they are worth.

void (await Promise.all(pictures));
