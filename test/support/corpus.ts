import * as house from "clientele";
import { samples } from "./samples.ts";

const bytes = new DataView(new ArrayBuffer(8));

function bitsOf(value: number): string {
  if (Number.isNaN(value)) return "NaN"; // the language does not fix a NaN's payload
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  bytes.setFloat64(0, value);
  return `#${bytes.getBigUint64(0).toString(16).padStart(16, "0")}`;
}

/**
 * Any result as text in which two results are equal only if every bit is: numbers by their bits, keys in their order,
 * typed arrays with their type.
 *
 * @param value - plain data; functions are only named.
 * @returns the text.
 */
function canonical(value: unknown): string {
  if (typeof value === "number") return bitsOf(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "(function)";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (ArrayBuffer.isView(value)) {
    const items = Array.from(value as unknown as ArrayLike<number | bigint>, canonical);
    return `${Object.prototype.toString.call(value)}[${items.join()}]`;
  }
  const entries: Iterable<readonly [unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  return `{${Array.from(entries, ([key, item]) => `${canonical(key)}:${canonical(item)}`).join()}}`;
}

const { fromMatrix, randomOf, run } = house;

/** Clustered points: `groups` centers, around each a cube, so that k-means has something to find and ties to break. */
function pointsOf(seed: number, rows: number, columns: number, groups: number): house.FeatureTable {
  const random = randomOf(seed);
  const centers = Float64Array.from({ length: groups * columns }, () => random.next() * 100 - 50);
  const values = Float64Array.from({ length: rows * columns }, (_, cell) => {
    const row = Math.floor(cell / columns);
    return centers[(row % groups) * columns + (cell % columns)] + random.next() * 30 - 15;
  });
  return fromMatrix(values, { columns });
}

const day = 86_400_000;
const start = Date.UTC(2024, 0, 1);

/** A year of views and purchases of 300 customers, in no order. */
function logOf(seed: number): house.EventLog {
  const random = randomOf(seed);
  const rows = Array.from({ length: 6000 }, () => ({
    customer: `c${Math.floor(300 * random.next() * random.next())}`,
    type: random.next() < 0.2 ? "purchase" : "view",
    time: start + Math.floor(365 * day * random.next()),
    value: Math.round(10_000 * random.next()) / 100,
  }));
  return house.readEvents(rows, { customer: "customer", type: "type", time: "time", value: "value" }).log;
}

/** Work that is larger than a sample: sizes at which lanes, blocks, restarts and substreams matter. */
const stories: Readonly<Record<string, () => unknown>> = {
  "draws from three substreams": () =>
    [0, 1, 2].map((stream) => {
      const random = randomOf(7, stream);
      return Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? random.next() : random.integer(1000)));
    }),
  "sums, moments and quantiles": () => {
    const random = randomOf(11);
    const values = Array.from({ length: 5001 }, () => (random.next() - 0.5) * 2 ** random.integer(60));
    const pairs = values.slice(0, 1000).map((value, i) => [value, values[i + 1000]]);
    return [
      run(house.compensatedSum, values),
      run(house.moments, values),
      run(house.covariance, pairs),
      house.quantiles(values, [0.01, 0.25, 0.5, 0.9, 1]),
    ];
  },
  "k-means, 5,000 × 8, k = 8": () => house.fitKMeans(pointsOf(1, 5000, 8, 8), { k: 8, restarts: 3 }),
  "k-means, 20,001 × 3, k = 5": () => {
    const table = pointsOf(2, 20_001, 3, 7);
    const model = house.fitKMeans(table, { k: 5, restarts: 2, seed: 5 });
    return [model, house.assignKMeans(model, table)];
  },
  "k-means with weights, 1,003 × 5": () => {
    const random = randomOf(3);
    const weights = Float64Array.from({ length: 1003 }, () => Math.floor(random.next() * 4) / 2);
    return house.fitKMeans(pointsOf(3, 1003, 5, 4), { k: 4, weights, seed: 9 });
  },
  "silhouette, 1,501 × 6": () => {
    const table = pointsOf(4, 1501, 6, 4);
    return house.measureSilhouette(table, house.assignKMeans(house.fitKMeans(table, { k: 4 }), table));
  },
  "the choice of k, 400 × 4": () => {
    const table = pointsOf(5, 400, 4, 3);
    return [
      house.chooseK(table, { to: 6 }),
      house.chooseK(table, { to: 5, by: "gap" }),
      house.measureElbow(table, { to: 6 }),
    ];
  },
  "covariances and principal components, 9,001 × 7": () => {
    const table = pointsOf(7, 9001, 7, 5);
    const pca = house.fitPca(table, { scale: true });
    return [house.covarianceOf(table.values, 7), pca, house.scoreComposite(table, { model: pca })];
  },
  "missing cells filled from neighbors, 1,203 × 4": () => {
    const table = pointsOf(8, 1203, 4, 3);
    const gaps = { ...table, values: table.values.map((value, i) => (i % 11 === 0 ? NaN : Math.round(value))) };
    return house.transformImpute(house.fitImputer(gaps, { strategy: "knn" }), gaps);
  },
  "a simulated shop, read and cut into sessions": () => {
    const { rows, truth } = house.simulateShop({ customers: 60, days: 120, seed: 12 });
    const columns = { customer: "customer", type: "type", time: "time", value: "value", id: "id" };
    const { log, report } = house.readEvents(rows, columns);
    const sessions = house.sessionize(log, { splitAtMidnight: true, timeZone: "America/St_Johns" });
    return [rows, truth, log, report, sessions, house.deriveSessions(log, sessions)];
  },
  "from events to profiles": () => {
    const log = logOf(6);
    const asOf = start + 366 * day;
    const rfm = house.deriveRfm(log, { asOf, purchase: "purchase" });
    const scored = house.scoreRfm(rfm);
    const named = house.labelRfmSegments(scored.scores);
    const activity = house.deriveActivity(log, { asOf });
    const weights = { eventsPerWeek: 3, daysSinceLastActivity: 1 };
    const engagement = house.scoreEngagement(activity, { weights, halfLifeDays: 30 });
    const joined = house.joinFeatures([rfm, engagement.scores], { how: "inner" });
    const scale = house.fitRobust(joined);
    const scaled = house.transformScale(scale, joined);
    const labels = house.assignKMeans(house.fitKMeans(scaled, { k: 4 }), scaled);
    const profile = house.profileSegments(joined, labels);
    const agreement = house.measureAdjustedRand(labels, labels);
    return [rfm, scored, named, activity, engagement, scale, scaled, profile, agreement, house.chartSegments(profile)];
  },
};

/**
 * Calls every public function that has a sample, and the stories, on seeded data.
 *
 * @returns canonical text by name of the call. The same text in every runtime is the promise "same input, same bits".
 */
export function corpus(): Record<string, string> {
  const results: Record<string, string> = {};
  const byName = house as unknown as Readonly<Record<string, ((...args: readonly unknown[]) => unknown) | undefined>>;
  for (const [room, calls] of Object.entries(samples)) {
    for (const [name, sample] of Object.entries(calls)) {
      const call = byName[name]; // rooms that need a peer are not in the root, and what they draw is the peer's
      if (call !== undefined) results[`${room}.${name}`] = canonical(call(...sample.args()));
    }
  }
  for (const [name, story] of Object.entries(stories)) results[name] = canonical(story());
  return results;
}
