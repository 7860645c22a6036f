// Written by scripts/build-repl-stories.mjs from examples/notebooks/journeys.ipynb.
// Where clientele, vega and vega-lite are installed: `node`, then `.load journeys.js`; or `node -i < journeys.js`.

repl.repl.ignoreUndefined = true;
const { mkdirSync, writeFileSync } = require("node:fs");
const drawing = import("clientele/report");
const pictures = [];
const show = (value) => {
  if (typeof value?.$schema !== "string") return console.log(value);
  const file = `out/journeys-${pictures.length + 1}.svg`;
  mkdirSync("out", { recursive: true });
  pictures.push(drawing.then(({ renderSvg }) => writeFileSync(file, renderSvg(value))));
  console.log(`${value.description} → ${file}`);
};

// # Journeys: where the shop loses its visitors
//
// **The question.** A third of the visits end with an order. Where do the others stop, what is each step worth, and what should be mended first?
//
// First with a simulated shop, then with a real one.

const { readEvents, sessionize } = require("clientele/events");
const { countTransitions, measureStepMatrix, sankeyOf } = require("clientele/journeys");
const { fitMarkov, measureAbsorption } = require("clientele/journeys");
const { measureDropOff, measureFunnel } = require("clientele/journeys");
const { chartFunnel, chartSankey, chartTransitions } = require("clientele/charts");
const { sampleSizeForProportions } = require("clientele/experiments");
const { groupCount } = require("clientele/tables");
const { simulateShop } = require("clientele/simulate");

const percent = (share) => `${(100 * share).toFixed(1)} %`;

// ## Visits
//
// A visit ends when nothing happens for half an hour. Everything below counts visits, not people: who comes back tomorrow has a second chance.

const { rows } = simulateShop({
  customers: 2000,
  days: 180,
  seed: 11,
  duplicateShare: 0,
  anomalyShare: 0,
});
const { log } = readEvents(rows, {
  customer: "customer",
  type: "type",
  time: "time",
  value: "value",
});
const visits = sessionize(log, { timeoutMinutes: 30 });

const pagesPerVisit = log.length / groupCount(visits);
const people = log.customer.names.length;
console.log(
  `${people} people made ${groupCount(visits)} visits of ${pagesPerVisit.toFixed(1)} pages`,
);

// ## What they do, step by step
//
// A ribbon is as thick as the number of visits that went this way; a gray stub is where they end.

const steps = measureStepMatrix(log, {
  per: visits,
  steps: 5,
  top: 7,
  goal: "purchase",
  selfLoops: "collapse",
});
show(chartSankey(sankeyOf(steps), { title: "The first five steps of a visit" }));

// Drawn as a map: from each page, how many of a hundred go where?

const moves = countTransitions(log, { per: visits, selfLoops: "collapse" });
show(chartTransitions(moves, { title: "From which page do visitors go where?" }));

// ## What each page is worth
//
// The map has an answer that no single visit shows: the chance that a visit which is on a page *now* will end with an order. Where it jumps, a
// step is hard; where it is low, people are only looking.

const odds = measureAbsorption(fitMarkov(log, { per: visits }), { into: "purchase" });
const pages = log.type.names.filter((page) => page !== "purchase");
pages.sort((one, other) => odds.probability[other] - odds.probability[one]);
for (const page of pages)
  console.log(`${page.padEnd(10)} ${percent(odds.probability[page])}`);
console.log(`new visit  ${percent(odds.fromStart)}`);

// ## Where they stop
//
// The steps that every order takes, in this order, within one visit:

const way = { steps: ["product", "cart", "checkout", "purchase"], per: visits };
const funnel = measureFunnel(log, way);
show(chartFunnel(funnel, { title: "From a product to an order" }));

// How many are lost is one thing. What they would have been worth, and what they did instead, is another:

const lost = measureDropOff(log, way);
for (const { name, lost: visitsLost, rate, lostValue, next } of lost.points) {
  const instead = next.slice(0, 2).map(({ event, share }) => `${event} ${percent(share)}`);
  console.log(`after ${name}: ${visitsLost} visits lost (${percent(rate)})`);
  console.log(`  worth ${Math.round(lostValue)} at most; next: ${instead.join(", ")}`);
}

// ## What to do on Monday
//
// The dearest loss is not always the one to mend: those who look at a product are mostly looking. Those who have filled a cart wanted
// something, so the checkout is changed, and a test shall tell whether that helped. How long must it run?

const cart = funnel.steps.find(({ name }) => name === "cart");
const paying = funnel.converted / cart.count;
const perWeek = cart.count / (180 / 7);

console.log(`${percent(paying)} of ${cart.count} visits with a cart end with an order`);
for (const points of [2, 5, 8]) {
  const { total } = sampleSizeForProportions({
    baseline: paying,
    difference: points / 100,
  });
  console.log(
    `${points} points more are seen with ${total} visits: ${Math.ceil(total / perWeek)} weeks`,
  );
}

// **Decided.** A change that is worth two points would have to be tested for more than a year: nobody waits for the color of a button. The bold
// change is built, a checkout on one page, and gets a quarter of a year to show its five points.
//
// ## A real shop
//
// 35,381 events of 3,751 people, published with retentioneering. The data are not part of the package: put them below the folder that
// `CLIENTELE_DATA` names, or read on.

const { existsSync, readFileSync } = require("node:fs");
const { gunzipSync } = require("node:zlib");

const file = `${process.env.CLIENTELE_DATA ?? "data"}/simple_shop/simple_shop.csv.gz`;
const lines = existsSync(file) ? gunzipSync(readFileSync(file)).toString().trim().split("\n").slice(1)
  : [];
const clicks = lines.map((line) => {
  const [who, what, at] = line.split(",");
  return { who, what, at: `${at}Z`.replace(" ", "T") };
});
const store = readEvents(clicks, { customer: "who", type: "what", time: "at" }).log;
const storeVisits = sessionize(store, { timeoutMinutes: 30 });
if (lines.length > 0)
  console.log(`${store.length} events in ${groupCount(storeVisits)} visits`); else console.log(`Skipped: there is no ${file}`);

// How many people come how far? `lost` is an event of the tracker, and no step that anybody takes.

const storeSteps = ["catalog", "cart", "delivery_choice", "payment_choice", "payment_done"];
const storeFunnel =
  lines.length > 0 ? measureFunnel(store, { steps: storeSteps }) : undefined;
if (storeFunnel)
  console.log(storeFunnel.steps.map(({ name, count }) => `${name} ${count}`).join(" → "));
show(storeFunnel
  ? chartFunnel(storeFunnel, { title: "Where does the shop lose its customers?" })
  : "Skipped.");

// And how far is each step from the payment?

if (lines.length > 0) {
  const chance = measureAbsorption(fitMarkov(store, { per: storeVisits }), {
    into: "payment_done",
  }).probability;
  const deliveries = ["delivery_courier", "delivery_pickup"];
  const payments = ["payment_card", "payment_cash"];
  for (const page of ["catalog", "cart", ...deliveries, ...payments]) {
    console.log(`${page.padEnd(16)} ${percent(chance[page])}`);
  }
} else console.log("Skipped.");

// **Decided.** Who has come to the payment by card pays nine times out of ten, in cash one time out of two; the courier loses fewer than the
// pickup. Neither is a matter of marketing: payment in cash and pickup are mended first, the catalog is left as it is.

void (await Promise.all(pictures));
