// What every step is told about a shop.
import type { EventLog } from "clientele/tables";

/** Who got what, and when it began. */
export interface Experiment {
  /** The variant of each customer by id. */
  readonly arms: ReadonlyMap<string, string>;
  /** The variant that the others are held against. */
  readonly control: string;
  /** When each of them got it first: epoch milliseconds, UTC. */
  readonly since: ReadonlyMap<string, number>;
  /** When it began: the earliest of these. */
  readonly start: number;
  /** Customers who are left out because they had several variants. */
  readonly mixed: number;
}

/** A clean log and what the analysis must know about it. */
export interface Shop {
  /** What the events are of, for titles: a file name. */
  readonly source: string;
  readonly log: EventLog;
  /** What became of every row. */
  readonly intake: {
    readonly read: number;
    readonly accepted: number;
    readonly rejected: Readonly<Record<string, number>>;
    readonly notes: readonly string[];
  };
  /** The moment at which customers are judged: epoch milliseconds, UTC. */
  readonly asOf: number;
  readonly timeZone: string;
  /** Which kind of event is a purchase. */
  readonly purchase: string;
  /** The extra column with order numbers, if there is one. */
  readonly order: string | undefined;
  /** Whether events say what they were worth. */
  readonly hasValue: boolean;
  /** Who got which variant, if the data say so. */
  readonly experiment: Experiment | undefined;
}
