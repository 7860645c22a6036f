// Written by scripts/build-repl-stories.mjs from examples/notebooks/events-to-segments.ipynb.
// Where clientele, vega and vega-lite are installed: `node`, then `.load events-to-segments.js`; or `node -i < events-to-segments.js`.

repl.repl.ignoreUndefined = true;
const { mkdirSync, writeFileSync } = require("node:fs");
const drawing = import("clientele/report");
const pictures = [];
const show = (value) => {
  if (typeof value?.$schema !== "string") return console.log(value);
  const file = `out/events-to-segments-${pictures.length + 1}.svg`;
  mkdirSync("out", { recursive: true });
  pictures.push(drawing.then(({ renderSvg }) => writeFileSync(file, renderSvg(value))));
  console.log(`${value.description} → ${file}`);
};

// # From events to segments
//
// **The question.** A shop has a year of clicks and orders and one newsletter for everybody. Whom should it write to differently,
// into how many groups do its customers fall by themselves, and what is each group worth?
//
// The shop is simulated, so that its truth is known and the answer can be checked at the end. The last section does the
// first steps with a real retailer.

const { deduplicateEvents, filterBots, readEvents, sessionize } = require("clientele/events");
const { deriveRfm, labelRfmSegments, measurePowerUsers, scoreRfm } = require("clientele/features");
const { fitZScore, transformScale } = require("clientele/features");
const { assignKMeans, chooseK, fitKMeans } = require("clientele/segments");
const { describePersonas, labelLifecycle, profileSegments } = require("clientele/segments");
const { chartChooseK, chartRfm, chartSegments } = require("clientele/charts");
const { choosePlaybooks, toCsv } = require("clientele/actions");
const { column, groupCount } = require("clientele/tables");
const { log1p } = require("clientele/numeric");
const { simulateShop } = require("clientele/simulate");

const percent = (share) => `${(100 * share).toFixed(1)} %`;

// ## What happened
//
// An event is a row: who, what, when and, for an order, how much. This is how a tracker delivers them.

const shop = simulateShop({ customers: 3000, days: 365, seed: 7 });
show(shop.rows.slice(0, 2));

// Reading is the door: every row is accepted, or rejected for a reason that is counted. Then what was sent twice goes, and who clicks
// faster than a person can.

const columns = {
  id: "id",
  customer: "customer",
  type: "type",
  time: "time",
  value: "value",
};
const read = readEvents(shop.rows, columns);
const unique = deduplicateEvents(read.log);
const human = filterBots(unique.log, { maxEventsPerMinute: 30 });
const log = human.log;
const visits = sessionize(log, { timeoutMinutes: 30 });

const { accepted, rejected } = read.report;
console.log(
  `${read.report.read} rows = ${accepted} accepted + ${rejected.length} rejected`,
);
console.log(
  `${unique.report.duplicates} were sent twice, ${human.report.customersRemoved} bots are gone`,
);
console.log(`${log.length} events in ${groupCount(visits)} visits are left`);

// ## Recency, frequency, money
//
// Three numbers tell most about a buyer: days since the last order, how many orders, how much in all. `scoreRfm` ranks each from 1 to 5.

const asOf = shop.truth.end;
const rfm = deriveRfm(log, { asOf, purchase: "purchase" });
const scores = scoreRfm(rfm);

console.log(`${rfm.ids.length} of ${log.customer.names.length} customers have bought`);
show(chartRfm(scores));

// The same scores have names that everybody in marketing knows:

const stages = labelRfmSegments(scores.scores);
const customersAt = stages.names.map(
  (_, stage) => stages.labels.filter((label) => label === stage).length,
);
console.table(
  Object.fromEntries(
    stages.names.map((name, stage) => [name, { customers: customersAt[stage] }]),
  ),
);

// ## How many groups are there, really?
//
// The grid above cuts everybody into the same boxes, in any shop. Do *these* customers fall into groups by themselves? Days, orders
// and revenue differ by factors, not by amounts, so their logarithms are compared, each on the scale of its own spread.

const logarithms = { ...rfm, values: rfm.values.map((x) => log1p(x)) };
const scaled = transformScale(fitZScore(logarithms), logarithms);
const choice = chooseK(scaled, { from: 3, to: 8 });

console.log(choice.rule);
show(chartChooseK(choice, { height: 110 }));

// Read the line below the title before anything else. When it says *no structure*, the customers are one long crowd, and groups are slices
// of it, like income brackets: useful to work with, but no discovery, and no reason to believe in "the five types of our customers".

const labels = assignKMeans(fitKMeans(scaled, { k: choice.k }), scaled);
const personas = describePersonas(profileSegments(rfm, labels));
for (const { suggestedName, sentences } of personas) {
  console.log([suggestedName, ...sentences.map(({ text }) => text)].join("\n  "));
}

// A persona is figures in sentences, and nothing else. Names are for people to give, once they have read them:

const names = ["Silent", "Undecided", "Regulars"];
show(chartSegments(profileSegments(rfm, labels, { names })));

// ## Was it right?
//
// Here the truth is known: five kinds of customers were planted, and each has a rhythm of its own. This is whom each group holds:

const planted = new Map(shop.truth.customers.map(({ id, segment }) => [id, segment]));
const kinds = shop.truth.segments.map(({ name }) => name).filter((name) => rfm.ids.some((id) => planted.get(id) === name));
const holds = (group, kind) =>
  rfm.ids.filter((id, row) => labels[row] === group && planted.get(id) === kind).length;

console.table(
  Object.fromEntries(
    names.map((name, group) => [
      name,
      Object.fromEntries(kinds.map((kind) => [kind, holds(group, kind)])),
    ]),
  ),
);

// ## What to do on Monday
//
// One line per group: what it is worth, where its customers are in their life, and the play that is usual for most of them.

const power = measurePowerUsers(rfm, { by: "orderCount", topShare: 0.15 });
const life = labelLifecycle(log, { asOf, purchase: "purchase" });
const stageOf = new Map(life.ids.map((id, row) => [id, life.names[life.labels[row]]]));
const orders = column(rfm, "orderCount");
const revenue = column(rfm, "revenue");
const total = revenue.reduce((sum, amount) => sum + amount, 0);
const rowsOf = names.map((_, group) =>
  Array.from(rfm.ids.keys()).filter((row) => labels[row] === group),
);

const audience = rfm.ids.map((id, row) => {
  const customer = {
    stage: stageOf.get(id),
    orderCount: orders[row],
    isPowerUser: power.isPowerUser[row] === 1,
  };
  const [play] = choosePlaybooks(customer);
  return {
    id,
    segment: names[labels[row]],
    revenue: Math.round(revenue[row]),
    action: play?.action ?? "none",
  };
});
const most = (values) => {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0];
};
for (const [group, rows] of rowsOf.entries()) {
  const worth = rows.reduce((sum, row) => sum + revenue[row], 0);
  const [action, count] = most(rows.map((row) => audience[row].action));
  console.log(names[group]);
  console.log(`  ${rows.length} customers, ${percent(worth / total)} of the revenue`);
  console.log(`  first: ${action} (${count} of them)`);
}

// The list for the mail tool, safe to open in a spreadsheet:

console.log(toCsv(audience.slice(0, 4)));

// **Decided.** No types of customers are invented for a crowd that has none. The slices are kept as audiences, because they differ in what
// they are worth and in what should be said to them:
//
// - **Regulars**, a fifth of the customers and three fifths of the revenue, get thanks and early access, no discount: they buy anyway.
// - **Undecided** ones are shown what goes with what they have.
// - **Silent** ones get one reason to come back, a tenth of them nothing, so that the effect can be measured. After a quarter whoever did
//   not answer is left in peace.
//
// ## The same first steps with a real retailer
//
// UCI's Online Retail, 541,909 invoice lines of a British gift shop. It is not part of the package: put it below the folder that
// `CLIENTELE_DATA` names, or read on.

const { existsSync, readFileSync } = require("node:fs");
const { gunzipSync } = require("node:zlib");

const file = `${process.env.CLIENTELE_DATA ?? "data"}/online_retail/online_retail.csv.gz`;
const lines = existsSync(file) ? gunzipSync(readFileSync(file)).toString().trim().split("\n").slice(1)
  : [];
if (lines.length > 0) console.log(`${lines.length} invoice lines`); else console.log(`Skipped: there is no ${file}`);

// A sale is a line with a customer, a positive quantity and a price, of an invoice that was not cancelled.

const sales = [];
for (const line of lines) {
  const [invoice, , , quantity, time, price, customer] = line.split(",");
  const isSale =
    customer !== "" &&
    !invoice.startsWith("C") &&
    Number(quantity) > 0 &&
    Number(price) > 0;
  const at = `${time}Z`.replace(" ", "T");
  if (isSale)
    sales.push({ customer, type: "purchase", time: at, value: quantity * price, invoice });
}
const giftShop = readEvents(sales, {
  ...columns,
  id: undefined,
  extra: { order: "invoice" },
}).log;
const buyers = deriveRfm(giftShop, {
  asOf: Date.UTC(2011, 11, 10),
  purchase: "purchase",
  order: "order",
});
const sum = (name) => column(buyers, name).reduce((all, x) => all + x, 0);
const amount = sum("revenue").toFixed(2);
const told = `${buyers.ids.length} buyers, ${sum("orderCount")} orders, ${amount} in all`;
console.log(lines.length > 0 ? told : "Skipped.");

show(lines.length > 0 ? chartRfm(scoreRfm(buyers)) : "Skipped.");

void (await Promise.all(pictures));
