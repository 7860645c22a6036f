import { randomOf } from "clientele/core";
import { readEventColumns } from "clientele/events";
import { type CountedPath, measureAttribution, measurePathAttribution } from "clientele/journeys";
import { codesOf, type EventLog } from "clientele/tables";
import { budget, type Quality, type Race, timed } from "./race.ts";

/** Distinct paths of about six touches, as those of ChannelAttribution's PathData; channels are not equally frequent. */
function countedPaths(count: number, channels: number): CountedPath[] {
  const random = randomOf(5);
  const seen = new Set<string>();
  const paths: CountedPath[] = [];
  while (paths.length < count) {
    const length = 1 + Math.floor(11 * random.next());
    const path = Array.from({ length }, () => `channel ${Math.floor(channels * random.next() * random.next())}`);
    if (seen.has(path.join())) continue;
    seen.add(path.join());
    paths.push({ channels: path, conversions: Math.floor(5 * random.next()), nulls: Math.floor(20 * random.next()) });
  }
  return paths;
}

/** Touches and conversions of customers with ten events each. */
function eventLog(rows: number, channels: number): EventLog {
  const random = randomOf(6);
  const conversions = Uint8Array.from({ length: rows }, () => (random.next() < 0.1 ? 1 : 0));
  const { log } = readEventColumns({
    customer: codesOf(Array.from({ length: rows }, (_, row) => `customer ${Math.floor(row / 10)}`)),
    type: { codes: Uint32Array.from(conversions), names: ["visit", "paid"] },
    time: Float64Array.from({ length: rows }, (_, row) => row * 60_000),
    extra: { channel: codesOf(Array.from(conversions, () => `channel ${Math.floor(channels * random.next())}`)) },
  });
  return log;
}

const totalOf = ({ conversions, baseConversion }: { conversions: number; baseConversion: number }): Quality => ({
  conversions,
  baseConversion,
});

/** Removal effects of order 1, from paths as lists of names to credits. */
export function attributionRace(paths: number, channels: number): Race {
  const counted = countedPaths(paths, channels);
  return {
    kernel: "Markov attribution of counted paths",
    size: `${paths} paths × ${channels} channels`,
    ours: () => timed(() => measurePathAttribution(counted, { method: "markov" }), totalOf),
    peers: [budget(0.05)],
  };
}

/** Removal effects of order 1, from a log to credits. */
export function logAttributionRace(rows: number, channels: number): Race {
  const log = eventLog(rows, channels);
  return {
    kernel: "Markov attribution of a log",
    size: `${rows} events × ${channels} channels`,
    ours: () => timed(() => measureAttribution(log, { goal: "paid", channel: "channel", method: "markov" }), totalOf),
    peers: [budget(1)],
  };
}
