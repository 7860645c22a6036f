import type { ShopChain } from "./paths.ts";
import type { ShopSegment } from "./plan.ts";

/** One event of a simulated shop, as a tracker would send it. */
export interface ShopEvent {
  /** Unique id of the event; a duplicate row repeats it. */
  readonly id: string;
  /** Who. */
  readonly customer: string;
  /** The page, or `"purchase"`. */
  readonly type: string;
  /** When it happened: epoch milliseconds, UTC. */
  readonly time: number;
  /** Order value of a purchase; undefined for every other event. */
  readonly value: number | undefined;
  /** The device it came from. */
  readonly device: string;
}

/** What is true of one simulated customer. */
export interface CustomerTruth {
  /** The customer's id in the rows. */
  readonly id: string;
  /** The name of the planted segment. */
  readonly segment: string;
  /** `"bot"`: floods the shop with views and buys nothing; `"outlier"`: orders 25 times the usual value. */
  readonly anomaly: "bot" | "outlier" | null;
  /** Time of the first event. */
  readonly joined: number;
  /** False when the customer left after a repeat purchase. */
  readonly alive: boolean;
  /** Purchases per day while active: BG/NBD's λ. Of a browser and a bot, the rate at which others would buy. */
  readonly lambda: number;
  /** Chance to leave after each repeat purchase: BG/NBD's p. */
  readonly p: number;
  /** Mean order value in the long run; null for a customer that never buys. */
  readonly expectedSpend: number | null;
  /** Number of purchases, the first included. */
  readonly purchases: number;
  /** Number of sessions. */
  readonly sessions: number;
}

/** What is true of one simulated session. */
export interface SessionTruth {
  /** Index into the customers of the truth. */
  readonly customer: number;
  /** The device of all its events. */
  readonly device: string;
  /** Time of its first event. */
  readonly start: number;
  /** Time of its last event. */
  readonly end: number;
  /** Number of events, duplicates not counted. */
  readonly events: number;
  /** Order value of the purchase that ends it; null when it ends without one. */
  readonly value: number | null;
}

/** What was planted in a simulated shop; everything an analysis can be held to. */
export interface ShopTruth {
  /** Start of the period, epoch milliseconds. */
  readonly start: number;
  /** End of the period; every event is earlier. */
  readonly end: number;
  /** The segments with their parameters, as planted. */
  readonly segments: readonly ShopSegment[];
  /** The chain of pages: exact for sessions after the first of customers that buy and are no bots. */
  readonly chain: ShopChain;
  /** Share of the chain's sessions that end in a purchase. */
  readonly conversion: number;
  /** One entry per customer, in the order of ids. */
  readonly customers: readonly CustomerTruth[];
  /** By customer, then time; any two of one customer are more than 30 minutes apart, no two events inside are. */
  readonly sessions: readonly SessionTruth[];
  /** Devices that two or more customers used. */
  readonly sharedDevices: readonly SharedDevice[];
  /** One entry per row. */
  readonly rows: RowTruth;
  /** Number of rows that repeat an earlier row. */
  readonly duplicates: number;
  /** Number of rows that stand after a row with a later time. */
  readonly late: number;
}

/** A shop's events and what is true about them. */
export interface SimulatedShop {
  /** Events in the order of arrival. */
  readonly rows: readonly ShopEvent[];
  /** What was planted. */
  readonly truth: ShopTruth;
}

/** A device that several customers used. */
export interface SharedDevice {
  /** The device's id in the rows. */
  readonly device: string;
  /** Ids of its customers. */
  readonly customers: readonly string[];
}

/** What is true of each row, in the order of the rows. */
export interface RowTruth {
  /** Index into the sessions of the truth. */
  readonly session: Uint32Array;
  /** 1 for a row that repeats an earlier row, id and all. */
  readonly duplicate: Uint8Array;
  /** 1 for a row that stands after a row with a later time. */
  readonly late: Uint8Array;
}
