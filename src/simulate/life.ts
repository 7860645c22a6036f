import { dayMs, minuteMs } from "../core/durations.ts";
import type { Random } from "../core/random.ts";
import { sampleBeta, sampleExponential, sampleGamma } from "../numeric/samplers.ts";
import { drawBotPath, type DrawPath } from "./paths.ts";
import type { ShopSegment } from "./plan.ts";
import type { CustomerTruth, SessionTruth } from "./truth.ts";

/** Between sessions; above the 30 minutes by which sessions are commonly split. */
const shortestAbsence = 31 * minuteMs;
/** Between events of one session; well below those 30 minutes. */
const longestPause = 25 * minuteMs;
const outlierFactor = 25;

/** Where lives leave their events: columns that grow, grouped by customer and ordered by time. */
export interface LifeColumns {
  /** State of the chain. */
  readonly type: number[];
  /** Epoch milliseconds, integer. */
  readonly time: number[];
  /** Index into `sessions`, which know customer, device and order value. */
  readonly session: number[];
  /** All sessions so far. */
  readonly sessions: SessionTruth[];
}

/** What all lives of one shop have in common. */
export interface ShopFrame {
  readonly start: number;
  readonly end: number;
  /** Customers join in the first so many milliseconds. */
  readonly joining: number;
  readonly conversion: number;
  readonly drawPath: DrawPath;
}

/** Who lives: what was planted before the first visit. */
export interface Planted {
  /** Number of the customer. */
  readonly index: number;
  /** Where purchases and spend come from. */
  readonly segment: ShopSegment;
  /** What is odd about the customer. */
  readonly anomaly: CustomerTruth["anomaly"];
  /** The device of the first and of most visits. */
  readonly mainDevice: string;
}

/**
 * Lives one customer's life and appends its events.
 *
 * Visits are a Poisson process of rate λ / conversion and each is a walk through the chain, so purchases, being the walks
 * that reach one, are a Poisson process of rate λ: browsing and BG/NBD are one process. BG/NBD starts its clock at the
 * first purchase, so a buyer's first visit is drawn until it buys; a browser's visits are drawn until they do not.
 */
export function live(random: Random, frame: ShopFrame, planted: Planted, columns: LifeColumns): CustomerTruth {
  const { index, segment, anomaly } = planted;
  const joined = frame.start + Math.floor(random.next() * frame.joining);
  const lambda = sampleGamma(random, segment.r, segment.alpha);
  const p = segment.a === 0 ? 0 : sampleBeta(random, segment.a, segment.b);
  const spendRate = sampleGamma(random, segment.q, segment.v) / (anomaly === "outlier" ? outlierFactor : 1);
  const buyer = segment.buys && anomaly !== "bot";
  const secondDevice = `d${index}b`;
  const firstSession = columns.sessions.length;
  const visit: Visit = { path: [], times: [] };
  let [at, purchases, alive] = [joined, 0, true];
  while (alive) {
    const first = columns.sessions.length === firstSession;
    const wanted = buyer ? (first ? true : undefined) : false;
    const purchased = drawVisit(random, frame, anomaly === "bot", at, wanted, visit);
    const last = visit.times[visit.times.length - 1];
    // A visit that would outlast the period is left out whole; a first visit is drawn until it fits.
    if (last >= frame.end && !first) break;
    if (last >= frame.end) continue;
    const device = first || random.next() < 0.75 ? planted.mainDevice : secondDevice;
    append(columns, visit, {
      customer: index,
      device,
      value: purchased ? orderValue(random, segment.p, spendRate) : null,
    });
    if (purchased) {
      purchases++;
      alive = purchases === 1 || random.next() >= p;
    }
    const next = at + sampleExponential(random, lambda / frame.conversion) * dayMs;
    at = Math.floor(Math.max(next, last + shortestAbsence));
    // Written this way round, a rate that underflowed to 0 ends the life, too.
    if (!(at < frame.end)) break;
  }
  const sessions = columns.sessions.length - firstSession;
  const expectedSpend = buyer ? segment.p / spendRate : null;
  return {
    id: `c${index}`,
    segment: segment.name,
    anomaly,
    joined,
    alive,
    lambda,
    p,
    expectedSpend,
    purchases,
    sessions,
  };
}

interface Visit {
  readonly path: number[];
  readonly times: number[];
}

/** Draws pages and times of a visit; `wanted` asks for one with or without a purchase. */
function drawVisit(
  random: Random,
  frame: ShopFrame,
  bot: boolean,
  at: number,
  wanted: boolean | undefined,
  { path, times }: Visit,
): boolean {
  let purchased = false;
  if (bot) drawBotPath(random, path);
  else
    do purchased = frame.drawPath(random, path);
    while (wanted !== undefined && purchased !== wanted);
  times.length = 0;
  const pause = bot ? 700 : 45_000;
  let time = at;
  for (let i = 0; i < path.length; i++) {
    times.push(time);
    time += Math.min(1000 + Math.floor(sampleExponential(random, 1 / pause)), longestPause);
  }
  return purchased;
}

function orderValue(random: Random, p: number, spendRate: number): number {
  return Math.max(0.01, Math.round(sampleGamma(random, p, spendRate) * 100) / 100);
}

function append(
  { type, time, session, sessions }: LifeColumns,
  { path, times }: Visit,
  known: Pick<SessionTruth, "customer" | "device" | "value">,
): void {
  for (let i = 0; i < path.length; i++) {
    type.push(path[i]);
    time.push(times[i]);
    session.push(sessions.length);
  }
  sessions.push({ ...known, start: times[0], end: times[times.length - 1], events: times.length });
}
