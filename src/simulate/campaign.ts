import { entriesOf, isRecord, lookUp } from "../core/dictionary.ts";
import { dayMs } from "../core/durations.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { custom, instant, type OptionTable, readOptions, real, seed } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import { sampleGamma } from "../numeric/samplers.ts";
import type { ShopEvent, SimulatedShop } from "./truth.ts";

/** Options of {@link simulateCampaign}. */
export interface SimulateCampaignOptions {
  /** When the message goes out, epoch milliseconds; customers who joined before take part. */
  readonly at: number;
  /** What the message adds to the chance of one more purchase within the window, by planted segment; below 0 it keeps customers from buying. */
  readonly uplift: Readonly<Record<string, number>>;
  /** How long it works; default 14 days. */
  readonly windowDays?: number | undefined;
  /** Share of the customers who get it, by chance; the others are the control group. Default 0.5. */
  readonly treatedShare?: number | undefined;
  /** Seed; default 42. */
  readonly seed?: number | undefined;
}

/** Draws of its own: those of a shop with the same seed decide its customers' segments, and who is treated must not depend on these. */
const ownStream = -7;

const areUplifts = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((effect) => typeof effect === "number" && effect >= -1 && effect <= 1);

/** Option table of {@link simulateCampaign}. */
export const simulateCampaignOptions: OptionTable<SimulateCampaignOptions> = {
  at: instant(),
  uplift: custom("numbers in [-1, 1] by segment", areUplifts, [
    null,
    5,
    [],
    { loyal: 2 },
    { loyal: NaN },
    { loyal: "0.1" },
  ]),
  windowDays: real({ above: 0, max: 36_525, default: 14 }),
  treatedShare: real({ min: 0, max: 1, default: 0.5 }),
  seed: seed(),
};

/** What a campaign did to one customer. */
export interface CampaignCustomer {
  /** Who; only customers who had joined. */
  readonly id: string;
  /** The planted segment. */
  readonly segment: string;
  /** Whether the message was sent. */
  readonly treated: boolean;
  /** What the message adds, or would have added, to the chance of one more purchase. */
  readonly uplift: number;
  /** What one more purchase is worth in the long run; 0 for who never buys. */
  readonly value: number;
}

/** A shop after a campaign. */
export interface SimulatedCampaign {
  /** The shop's events with the `"message"` events of the treated and what the message did to purchases, by time. */
  readonly rows: readonly ShopEvent[];
  /** The planted truth, in the order of the shop's customers. */
  readonly customers: readonly CampaignCustomer[];
  /** Purchases that the message brought. */
  readonly added: number;
  /** Purchases that it kept customers from. */
  readonly removed: number;
}

/**
 * Plants a campaign with a known effect into a simulated shop: who gets a message is drawn by chance, and each planted segment
 * answers in its own way. What an experiment, an uplift model or a next best action finds can be held against it.
 *
 * A treated customer buys once more within the window with the chance `uplift` of the segment; a negative one drops the customer's
 * next purchase in the window with that chance. Bots and customers who never buy do not answer. Each customer draws from a
 * stream of its own.
 *
 * @param shop - of {@link simulateShop}.
 * @param options - see {@link SimulateCampaignOptions}; segments that are not named have no uplift.
 * @returns the rows by time, and who was treated with what true effect.
 * @throws {ClienteleError} `invalid-option` also for a segment that the shop does not have, and for an `at` outside the shop's
 * period; `shape-mismatch` when `shop` is no shop. Cost: a sort of the rows.
 * @example
 * const shop = simulateShop({ customers: 200, days: 90, seed: 7 });
 * const at = shop.truth.start + 60 * 86_400_000;
 * const { rows, customers, added } = simulateCampaign(shop, { at, uplift: { occasional: 0.3, loyal: 0.02 } });
 * customers.filter(({ treated }) => treated).length === rows.filter(({ type }) => type === "message").length; // true
 * added > 0; // true
 */
export function simulateCampaign(shop: SimulatedShop, options: SimulateCampaignOptions): SimulatedCampaign {
  const caller = "simulateCampaign";
  const given = readOptions(caller, simulateCampaignOptions, options);
  const { at, uplift, windowDays, treatedShare } = given;
  checkShop(caller, shop);
  const { start, end, segments, customers } = shop.truth;
  if (at < start || at >= end) {
    refuse(caller, "invalid-option", "options.at", "within the period of the shop", describeValue(at));
  }
  for (const [name] of entriesOf(uplift)) {
    if (segments.some((segment) => segment.name === name)) continue;
    refuse(caller, "invalid-option", `options.uplift.${name}`, "a segment of the shop", "another name");
  }
  const shapes = new Map(segments.map((segment) => [segment.name, segment.p]));
  const close = Math.min(end, at + windowDays * dayMs);
  const rows: ShopEvent[] = [];
  const dropped = new Set<string>();
  const withheld = new Set<string>();
  const told: CampaignCustomer[] = [];
  let added = 0;
  customers.forEach(({ id, segment, anomaly, joined, expectedSpend }, index) => {
    if (joined >= at) return;
    const random = randomOf(given.seed, ownStream, index);
    const treated = random.next() < treatedShare;
    const answers = anomaly !== "bot" && expectedSpend !== null;
    const effect = answers ? (lookUp(uplift, segment) ?? 0) : 0;
    told.push({ id, segment, treated, uplift: effect, value: expectedSpend ?? 0 });
    const answered = random.next() < Math.abs(effect);
    if (!treated) return;
    rows.push({ id: `${id}-message`, customer: id, type: "message", time: at, value: undefined, device: "mail" });
    if (!answered) return;
    if (effect < 0) {
      withheld.add(id);
      return;
    }
    const shape = shapes.get(segment) ?? 1;
    const amount = sampleGamma(random, shape, shape / (expectedSpend ?? 1));
    const time = Math.min(close - 1, Math.floor(at + 1 + random.next() * (close - at - 1)));
    const value = Math.max(0.01, Math.round(amount * 100) / 100);
    rows.push({ id: `${id}-answer`, customer: id, type: "purchase", time, value, device: "mail" });
    added++;
  });
  for (const { id, customer, type, time } of shop.rows) {
    // One purchase each; a duplicate row of it has the same id and goes too.
    if (type !== "purchase" || time < at || time >= close || !withheld.has(customer)) continue;
    withheld.delete(customer);
    dropped.add(id);
  }
  const kept = shop.rows.filter(({ id }) => !dropped.has(id)).map((row) => ({ ...row }));
  return {
    rows: [...kept, ...rows].sort((a, b) => a.time - b.time),
    customers: told,
    added,
    removed: dropped.size,
  };
}

function checkShop(caller: string, shop: unknown): void {
  if (isRecord(shop) && isRecord(shop["truth"]) && Array.isArray(shop["rows"])) return;
  refuse(caller, "shape-mismatch", "shop", "a simulated shop", describeValue(shop));
}
