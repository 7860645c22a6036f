import { dayMs, lastInstant } from "../core/durations.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { custom, instant, integer, type OptionTable, readOptions, real, seed } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import { cumulated, sampleCategorical } from "../numeric/samplers.ts";
import { type Arrivals, deliver, deliveredRows } from "./delivery.ts";
import { type LifeColumns, live, type ShopFrame } from "./life.ts";
import { conversionOf, pathDrawer, shopChain } from "./paths.ts";
import { isPlan, ordinaryShop, type ShopSegment } from "./plan.ts";
import type { CustomerTruth, SharedDevice, SimulatedShop, ShopTruth } from "./truth.ts";

/** Options of {@link simulateShop}. */
export interface SimulateShopOptions {
  /** How many customers; a year of the default shop has about 50 events for each. */
  readonly customers: number;
  /** Length of the period. */
  readonly days: number;
  /** Seed of everything; default 42. */
  readonly seed?: number | undefined;
  /** Start of the period, epoch milliseconds; default 2025-01-01T00:00:00Z. */
  readonly start?: number | undefined;
  /** Customers make their first visit in the first so many days, evenly; default half of the period. */
  readonly joinWithinDays?: number | undefined;
  /** Planted segments with their parameters; default: loyal, bargain, occasional, dormant and browser. */
  readonly segments?: readonly ShopSegment[] | undefined;
  /** Share of customers that are bots or outliers, half of each; default 0.005. */
  readonly anomalyShare?: number | undefined;
  /** Share of customers whose main device is that of the customer before; default 0.05. */
  readonly sharedDeviceShare?: number | undefined;
  /** Share of events that are sent twice; default 0.01. */
  readonly duplicateShare?: number | undefined;
  /** Share of events that arrive an hour to two days late; default 0.02. */
  readonly lateShare?: number | undefined;
}

const share = (fallback: number): ReturnType<typeof real> => real({ min: 0, max: 1, default: fallback });

/** Option table of {@link simulateShop}. */
export const simulateShopOptions: OptionTable<SimulateShopOptions, "joinWithinDays"> = {
  customers: integer({ min: 1, max: 10_000_000 }),
  days: integer({ min: 1, max: 36_525 }),
  seed: seed(),
  start: instant({ default: 1_735_689_600_000 }),
  joinWithinDays: real({ min: 0, optional: true }),
  segments: custom(
    "a non-empty list of segments with unique names and parameters in their ranges",
    isPlan,
    [
      [],
      null,
      "loyal",
      [{}],
      ordinaryShop.concat(ordinaryShop),
      [{ ...ordinaryShop[0], q: 1 }],
      [{ ...ordinaryShop[0], share: 0 }],
    ],
    { default: ordinaryShop },
  ),
  anomalyShare: share(0.005),
  sharedDeviceShare: share(0.05),
  duplicateShare: share(0.01),
  lateShare: share(0.02),
};

/**
 * Simulates a shop whose truth is known: for demos without anybody's data, for teaching, and for tests that ask whether an
 * analysis finds what is there.
 *
 * Sessions are walks through a Markov chain of pages; those that end in a purchase form a BG/NBD process per customer, with
 * gamma-gamma order values; parameters differ by planted segment. Bots, outliers, shared devices, duplicate rows and late
 * rows are planted in shares that may be 0. Each customer draws from a stream of its own: more customers, or other
 * shares of duplicates and late rows, change no one's life.
 *
 * @param options - see {@link SimulateShopOptions}.
 * @returns `rows` in the order of arrival, and the `truth`. Cost: about a second per million rows.
 * @throws {ClienteleError} `invalid-option`, also when the period ends later than dates can say; `unknown-option`.
 * @example
 * const { rows, truth } = simulateShop({ customers: 100, days: 90, seed: 7 });
 * truth.customers.length; // 100
 * const { log } = readEvents(rows, { customer: "customer", type: "type", time: "time", value: "value" });
 * sessionize(log).starts.length - 1 === truth.sessions.length; // true
 * @see Fader, Hardie & Lee (2005), "'Counting your customers' the easy way: an alternative to the Pareto/NBD model";
 * Fader & Hardie (2013), "The gamma-gamma model of monetary value".
 */
export function simulateShop(options: SimulateShopOptions): SimulatedShop {
  const given = readOptions("simulateShop", simulateShopOptions, options);
  const { days, start, segments } = given;
  const end = start + days * dayMs;
  if (end > lastInstant) {
    const expected = `at most ${lastInstant - days * dayMs}, so that dates can say when the period ends`;
    refuse("simulateShop", "invalid-option", "options.start", expected, describeValue(start));
  }
  const chain = shopChain();
  const conversion = conversionOf(chain);
  // The last hours of the period are left for the first visit itself.
  const joining = Math.min(given.joinWithinDays ?? days / 2, days - 0.125) * dayMs;
  const frame: ShopFrame = { start, end, joining, conversion, drawPath: pathDrawer(chain) };
  const columns: LifeColumns = { type: [], time: [], session: [], sessions: [] };
  const arrivals: Arrivals = { event: [], time: [] };
  const shares = cumulated(segments.map((segment) => segment.share));
  const customers: CustomerTruth[] = [];
  const mainDevices: string[] = [];
  for (let index = 0; index < given.customers; index++) {
    const random = randomOf(given.seed, index);
    const segment = segments[sampleCategorical(random, shares)];
    const oddity = random.next();
    const anomaly = oddity >= given.anomalyShare ? null : oddity < given.anomalyShare / 2 ? "bot" : "outlier";
    const shared = random.next() < given.sharedDeviceShare && index > 0;
    mainDevices.push(shared ? mainDevices[index - 1] : `d${index}`);
    const from = columns.time.length;
    customers.push(live(random, frame, { index, segment, anomaly, mainDevice: mainDevices[index] }, columns));
    deliver(randomOf(given.seed, index, 1), columns.time, from, given, arrivals);
  }
  const delivered = deliveredRows(columns, arrivals, chain.states);
  const truth: ShopTruth = {
    start,
    end,
    segments: segments.map((segment) => ({ ...segment })),
    chain,
    conversion,
    customers,
    sessions: columns.sessions,
    sharedDevices: sharedDevicesOf(mainDevices),
    ...delivered.truth,
  };
  return { rows: delivered.rows, truth };
}

function sharedDevicesOf(mainDevices: readonly string[]): SharedDevice[] {
  const shared: SharedDevice[] = [];
  for (let from = 0; from < mainDevices.length;) {
    let to = from + 1;
    while (mainDevices[to] === mainDevices[from]) to++;
    const customers = Array.from({ length: to - from }, (_, i) => `c${from + i}`);
    if (customers.length > 1) shared.push({ device: mainDevices[from], customers });
    from = to;
  }
  return shared;
}
