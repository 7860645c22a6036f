// Written by scripts/build-repl-stories.mjs from examples/notebooks/did-the-campaign-work.ipynb.
// Where clientele, vega and vega-lite are installed: `node`, then `.load did-the-campaign-work.js`; or `node -i < did-the-campaign-work.js`.

repl.repl.ignoreUndefined = true;
const { mkdirSync, writeFileSync } = require("node:fs");
const drawing = import("clientele/report");
const pictures = [];
const show = (value) => {
  if (typeof value?.$schema !== "string") return console.log(value);
  const file = `out/did-the-campaign-work-${pictures.length + 1}.svg`;
  mkdirSync("out", { recursive: true });
  pictures.push(drawing.then(({ renderSvg }) => writeFileSync(file, renderSvg(value))));
  console.log(`${value.description} → ${file}`);
};

// # Did the campaign work?
//
// **The question.** A mail with a voucher went out, and those who got it bought more than before. Did the mail do that? For whom did it pay,
// and whom should the next one go to?
//
// The campaign is simulated: the mail moves occasional and dormant customers, does nothing for loyal ones, and puts bargain hunters off. The
// analysis does not know that. The last section reads a real experiment with 64,000 customers.

const { readEvents } = require("clientele/events");
const { deriveRfm } = require("clientele/features");
const { adjustCuped, measureExperiment, testProportions } = require("clientele/experiments");
const { measureUpliftBySegment, testSampleRatio } = require("clientele/experiments");
const { fitUplift, measureQini, predictUplift } = require("clientele/experiments");
const { chooseNextAction } = require("clientele/actions");
const { chartUplift } = require("clientele/charts");
const { column, filterRows, labelsOf } = require("clientele/tables");
const { simulateCampaign, simulateShop } = require("clientele/simulate");

const day = 86_400_000;
const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const sumOf = (values) => values.reduce((sum, value) => sum + value, 0);

// ## What was sent to whom
//
// The mail went to half of the customers, drawn by lot. That is what makes the question answerable at all: the others are what would have
// happened without it.

const shop = simulateShop({ customers: 8000, days: 180, seed: 1, anomalyShare: 0 });
const at = shop.truth.start + 150 * day;
const uplift = { occasional: 0.25, dormant: 0.1, loyal: 0, bargain: -0.05 };
const campaign = simulateCampaign(shop, { at, uplift, windowDays: 14, seed: 1 });

const columns = { customer: "customer", type: "type", time: "time", value: "value" };
const past = readEvents(
  campaign.rows.filter(({ time }) => time < at),
  columns,
).log;
const buyers = deriveRfm(past, { asOf: at, purchase: "purchase" });
const wasMailed = new Map(campaign.customers.map(({ id, treated }) => [id, treated]));
const mailed = Uint8Array.from(buyers.ids, (id) => (wasMailed.get(id) ? 1 : 0));

console.log(`${buyers.ids.length} buyers, ${sumOf(mailed)} of them got the mail`);

// What each of them spent in the two weeks after it; nothing is a number, too.

const window = campaign.rows.filter(
  ({ type, time }) => type === "purchase" && time >= at && time < at + 14 * day,
);
const spentBy = new Map();
for (const { customer, value } of window)
  spentBy.set(customer, (spentBy.get(customer) ?? 0) + value);
const spent = buyers.ids.map((id) => spentBy.get(id) ?? 0);
const bought = Uint8Array.from(spent, (amount) => (amount > 0 ? 1 : 0));

const arm = (wanted, values) =>
  Array.from(values).filter((_, row) => mailed[row] === wanted);
const counts = (wanted) => ({
  n: arm(wanted, bought).length,
  successes: sumOf(arm(wanted, bought)),
});
console.log(`${sumOf(bought)} of them ordered, for ${Math.round(sumOf(spent))} in all`);

// ## Were the groups right?
//
// Ask this first. If the arms do not have the sizes that were planned, somebody was lost on the way, and whatever else differs may be due to that.

const sizes = testSampleRatio({ control: counts(0).n, mail: counts(1).n });
console.log(
  sizes.mismatch
    ? "The sizes are wrong: stop here."
    : `Sizes as planned (p = ${sizes.pValue.toFixed(2)}).`,
);

// ## Did it work?

const test = testProportions({ control: counts(0), treatment: counts(1) });
const [low, high] = test.interval;
const rate = ({ n, successes }) => percent(successes / n);
console.log(`without mail ${rate(counts(0))} bought, with mail ${rate(counts(1))}`);
console.log(
  `the mail added ${percent(test.estimate)} (${percent(low)} to ${percent(high)})`,
);
console.log(`p = ${test.pValue.toExponential(1)}, had it done nothing`);

// In money, the interval is wide: what people spend differs more than what a mail can do. What they spent *before* the mail cannot be due to it,
// and explains a part of the noise, which CUPED takes out.

const revenue = column(buyers, "revenue");
const amounts = (wanted) => ({
  outcome: arm(wanted, spent),
  covariate: arm(wanted, revenue),
});
const { unadjusted, adjusted, varianceReduction } = adjustCuped({
  control: amounts(0),
  treatment: amounts(1),
});
const told = ({ estimate, interval }) =>
  `${estimate.toFixed(2)} (${interval.map((x) => x.toFixed(2)).join(" to ")})`;
console.log(`spent more per customer: ${told(unadjusted)}`);
console.log(`the same, less noise:    ${told(adjusted)}`);

// ## For whom?
//
// Segments must have been known before the mail; here by the orders so far. Do the effects differ by more than chance? Only then is it worth
// looking at them one by one.

const orders = column(buyers, "orderCount");
const names = ["one order", "two or three", "four and more"];
const labels = labelsOf(
  Array.from(orders, (count) => (count === 1 ? 0 : count <= 3 ? 1 : 2)),
);
const effects = measureUpliftBySegment(labels, {
  treatment: mailed,
  outcome: bought,
  names,
});
console.log(`p = ${effects.heterogeneity.pValue.toExponential(1)}, were they all the same`);
show(chartUplift(effects));

// ## Customer by customer
//
// A model learns from one half for whom the mail works. The other half, which it has not seen, says whether that is true: treated in the order
// of the scores, do the first ones gain more than the average?

const isLearned = (row) => row % 2 === 0;
const half = (values, learned) =>
  Array.from(values).filter((_, row) => isLearned(row) === learned);
const known = filterRows(buyers, isLearned);
const unseen = filterRows(buyers, (row) => !isLearned(row));

const model = fitUplift(known, Uint8Array.from(half(mailed, true)), half(bought, true), {
  learner: "t",
  l2: 1,
});
const scores = predictUplift(model, unseen);
const judged = {
  treatment: Uint8Array.from(half(mailed, false)),
  outcome: half(bought, false),
};
const qini = measureQini(scores, { ...judged, replicates: 100 });
const [least, most] = qini.interval.map((orders) => orders.toFixed(1));
console.log(`better than chance by ${qini.qini.toFixed(1)} orders (${least} to ${most})`);
show(chartUplift(qini));

// ## What to do on Monday
//
// A mail costs 1.50 with its voucher, and an order leaves 12. Whom does the next one go to?

const chance = predictUplift(model, buyers);
const customers = buyers.ids.map((id, row) => ({
  id,
  uplift: { mail: chance[row] },
  value: { mail: 12 },
}));
const plan = chooseNextAction(customers, [{ name: "mail", cost: 1.5 }]);
const chosen = new Set(
  plan.choices.filter(({ action }) => action === "mail").map(({ id }) => id),
);
console.log(
  `mail ${chosen.size} of ${customers.length}: expected gain ${Math.round(plan.gain)}`,
);
console.log(`mail everybody: ${Math.round(12 * sumOf(chance) - 1.5 * customers.length)}`);

// Here the truth is known. What would both have brought?

const truth = new Map(campaign.customers.map(({ id, uplift: planted }) => [id, planted]));
const brings = (ids) => Math.round(sumOf(ids.map((id) => 12 * truth.get(id) - 1.5)));
const [fewer, all] = [brings([...chosen]), brings(buyers.ids)];
console.log(`really: chosen ${fewer}, everybody ${all}`);

// **Decided.** A mail to everybody would lose money, for all that it "worked": it goes to those whom it moves. What is won is not
// what was expected: a model of some thousand customers is sure of whom to ask, not of the sum. A tenth of the chosen gets nothing, by lot, so that the same question can be answered next time.
//
// ## A real experiment
//
// Kevin Hillstrom's 64,000 customers of a clothing shop: a third got a mail about men's clothes, a third about women's, a third none. The data
// are not part of the package: put them below the folder that `CLIENTELE_DATA` names, or read on.

const { existsSync, readFileSync } = require("node:fs");
const { gunzipSync } = require("node:zlib");

const file = `${process.env.CLIENTELE_DATA ?? "data"}/hillstrom/hillstrom.csv.gz`;
const lines = existsSync(file) ? gunzipSync(readFileSync(file)).toString().trim().split("\n").slice(1)
  : [];
const people = lines.map((line) => {
  const [mail, visit] = line.split(",").slice(-4);
  return { mail, visit: Number(visit) };
});
if (lines.length > 0) console.log(`${people.length} customers`); else console.log(`Skipped: there is no ${file}`);

if (lines.length > 0) {
  const visits = (mail) => {
    const group = people.filter((person) => person.mail === mail);
    const visit = {
      n: group.length,
      successes: sumOf(group.map((person) => person.visit)),
    };
    return { n: group.length, metrics: { visit } };
  };
  const arms = {
    control: visits("No E-Mail"),
    mens: visits("Mens E-Mail"),
    womens: visits("Womens E-Mail"),
  };
  for (const [name, { n, metrics }] of Object.entries(arms)) {
    console.log(`${name}: ${percent(metrics.visit.successes / n, 2)} of ${n} visited`);
  }
  const { sampleRatio, results } = measureExperiment(arms);
  console.log(`sizes as planned: p = ${sampleRatio.pValue.toFixed(3)}`);
  for (const { arm: name, test: difference, verdict } of results) {
    console.log(`${name}: ${percent(difference.estimate, 2)} more, ${verdict}`);
  }
} else console.log("Skipped.");

// **Decided.** Both mails bring people to the shop, the men's more of them. That does not mean that everybody should get the men's mail: it means that the next experiment sends each customer the one that fits, and tests it against this one.

void (await Promise.all(pictures));
