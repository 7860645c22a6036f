/** One timed run: how long it took and how good the answer is. */
export interface Lap {
  readonly seconds: number;
  readonly quality: Quality;
}

/** What makes two answers comparable: inertia, a score, counts. */
export type Quality = Readonly<Record<string, number | string>>;

/** A competitor: runs the job once, timing only the job. */
export interface Racer {
  readonly name: string;
  readonly lap: () => Promise<Lap> | Lap;
  /** The ratio below which the benchmark has failed; `null` where there is none. */
  readonly gate: number | null;
}

/** One line of the result: ours against one peer. */
export interface Row {
  readonly kernel: string;
  readonly size: string;
  readonly peer: string;
  /** Best run, seconds. */
  readonly ours: number;
  /** Best run, seconds. */
  readonly theirs: number;
  /** theirs / ours. */
  readonly ratio: number;
  readonly gate: number | null;
  /** Median over median, beside the best over best. */
  readonly medianRatio: number;
  readonly quality: { readonly ours: Quality; readonly theirs: Quality };
}

/** A job that we and the peers do on the same data. */
export interface Race {
  readonly kernel: string;
  readonly size: string;
  readonly ours: () => Promise<Lap> | Lap;
  readonly peers: readonly Racer[];
}

const fewestRounds = 5;
const mostRounds = 25;
// Short jobs take more turns: the first calls of a function run before the engine has compiled it well.
const wantedSeconds = 2;
const patienceSeconds = 25;

/** A goal in seconds, as a competitor that always takes exactly that long. */
export function budget(seconds: number): Racer {
  return { name: `the goal of ${seconds} s`, gate: 1, lap: () => ({ seconds, quality: {} }) };
}

/** Times a synchronous job. */
export function timed<T>(job: () => T, quality: (result: T) => Quality): Lap {
  const begin = performance.now();
  const result = job();
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, quality: quality(result) };
}

/**
 * Lets ours and every peer take turns (A B A B …), so that a machine that slows down slows everybody down. One lap
 * each is not counted. A peer that takes longer than the patience allows stops early and keeps the laps it has.
 */
export async function run(race: Race): Promise<Row[]> {
  const ours: Lap[] = [];
  const theirs = race.peers.map((): Lap[] => []);
  const spent = race.peers.map(() => 0);
  await race.ours();
  const enough = (round: number): boolean =>
    round >= mostRounds || (round >= fewestRounds && ours.reduce((sum, lap) => sum + lap.seconds, 0) > wantedSeconds);
  for (let round = 0; !enough(round); round++) {
    ours.push(await race.ours());
    for (const [p, peer] of race.peers.entries()) {
      if (spent[p] > patienceSeconds) continue;
      globalThis.gc?.();
      const lap = await peer.lap();
      spent[p] += lap.seconds;
      theirs[p].push(lap);
    }
  }
  return race.peers.map((peer, p) => rowOf(race, peer, ours, theirs[p]));
}

function rowOf(race: Race, peer: Racer, ours: readonly Lap[], theirs: readonly Lap[]): Row {
  const best = (laps: readonly Lap[]): number => laps.reduce((low, lap) => Math.min(low, lap.seconds), Infinity);
  return {
    kernel: race.kernel,
    size: race.size,
    peer: peer.name,
    ours: best(ours),
    theirs: best(theirs),
    ratio: best(theirs) / best(ours),
    gate: peer.gate,
    medianRatio: median(theirs) / median(ours),
    quality: { ours: ours[0].quality, theirs: theirs[0].quality },
  };
}

function median(laps: readonly Lap[]): number {
  const seconds = laps.map((lap) => lap.seconds).sort((a, b) => a - b);
  const middle = seconds.length >> 1;
  return seconds.length % 2 === 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
}
