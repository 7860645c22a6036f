import type { Sankey } from "../journeys/sankey.ts";
import { otherState } from "../journeys/step-matrix.ts";
import { startState } from "../journeys/paths.ts";

/** Columns in one picture; more cannot be read. */
const mostColumns = 12;
/** Events with a block of their own; the others share one. */
const mostEvents = 10;

/** A block of a column: an event at a step. */
export interface StepBlock {
  /** Position of the event in {@link StepColumns.events}; by it ribbons and colors find it. */
  readonly key: number;
  readonly color: number;
  readonly count: number;
  /** Paths that end here. */
  readonly dropped: number;
}

/** Paths between two columns, by the keys of the blocks. */
export interface StepStream {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** A Sankey of bounded size. */
export interface StepColumns {
  /** Names of the blocks: the most frequent event first; those without a color of their own last. */
  readonly events: readonly string[];
  /** How many of `events` have a color of their own. */
  readonly colored: number;
  /** Number of each column. */
  readonly steps: readonly number[];
  /** The blocks of each column, from top to bottom. */
  readonly columns: readonly (readonly StepBlock[])[];
  /** What flows from each column to the next, in the order in which it leaves and arrives. */
  readonly streams: readonly (readonly StepStream[])[];
  /** Columns that are not drawn. */
  readonly leftOut: number;
  /** Events that were put together here, beside those that already were. */
  readonly folded: number;
}

/**
 * Makes of a checked Sankey what can be drawn: few columns, few events, blocks ordered so that few ribbons cross.
 *
 * @param sankey - of `sankeyOf`, with a node at least.
 */
export function stepColumns({ nodes, links }: Sankey): StepColumns {
  const all = [...new Set(nodes.map(({ step }) => step))].sort((a, b) => a - b);
  const steps = middleOf(all);
  const isShown = new Set(steps);
  const totals = new Map<string, number>();
  for (const { event, count, step } of nodes) {
    if (isShown.has(step)) totals.set(event, (totals.get(event) ?? 0) + count);
  }
  const named = [...totals].filter(([event]) => event !== startState && event !== otherState);
  const ranked = named.sort((a, b) => b[1] - a[1]).map(([event]) => event);
  const kept = ranked.length <= mostEvents + 1 && !totals.has(otherState) ? ranked : ranked.slice(0, mostEvents);
  const events = [...kept, otherState, startState];
  const keyOf = new Map(events.map((event, key) => [event, key]));
  const other = kept.length;
  const keyById = new Map(nodes.map(({ id, event }) => [id, keyOf.get(event) ?? other]));
  const columns = steps.map((): Map<number, StepBlock> => new Map());
  const place = new Map(steps.map((step, c) => [step, c]));
  for (const { id, step, count, dropped } of nodes) {
    const column = columns[place.get(step) ?? -1] as Map<number, StepBlock> | undefined;
    if (column === undefined) continue;
    const key = keyById.get(id) as number;
    const before = column.get(key) ?? { key, color: key, count: 0, dropped: 0 };
    column.set(key, { ...before, count: before.count + count, dropped: before.dropped + dropped });
  }
  const streams = steps.slice(1).map((): Map<number, StepStream> => new Map());
  const stepById = new Map(nodes.map(({ id, step }) => [id, step]));
  for (const { source, target, value } of links) {
    const c = place.get(stepById.get(source) as number);
    if (c === undefined || c >= streams.length) continue;
    const [from, to] = [keyById.get(source) as number, keyById.get(target) as number];
    const name = from * events.length + to;
    streams[c].set(name, { from, to, count: (streams[c].get(name)?.count ?? 0) + value });
  }
  const flows = streams.map((column) => [...column.values()]);
  const ordered = orderBlocks(columns.map((column) => [...column.values()]), flows); // prettier-ignore
  return {
    events,
    colored: kept.length,
    steps,
    columns: ordered,
    streams: flows.map((column, c) => sortStreams(column, ordered[c], ordered[c + 1])),
    leftOut: all.length - steps.length,
    folded: ranked.length - kept.length,
  };
}

/** The columns that are drawn: the first ones, or those around 0. */
function middleOf(steps: readonly number[]): number[] {
  if (steps.length <= mostColumns) return steps.slice();
  if (steps[0] >= 0) return steps.slice(0, mostColumns);
  const reach = Math.floor((mostColumns - 1) / 2);
  return steps.filter((step) => Math.abs(step) <= reach);
}

type Columns = readonly (readonly StepBlock[])[];
type Streams = readonly (readonly StepStream[])[];

/** Starts from the largest on top, and lets blocks go to the mean height of their neighbors as long as fewer ribbons cross. */
function orderBlocks(columns: Columns, streams: Streams): StepBlock[][] {
  let order = columns.map((blocks) => blocks.toSorted((a, b) => b.count - a.count || a.key - b.key));
  let [best, fewest] = [order, crossings(order, streams)];
  for (let sweep = 0; sweep < 6 && fewest > 0; sweep++) {
    order = sweep % 2 === 0 ? swept(order, streams, 1) : swept(order, streams, -1);
    const crossed = crossings(order, streams);
    if (crossed < fewest) [best, fewest] = [order, crossed];
  }
  return best;
}

/** Sorts each column by the mean place of the blocks that it is connected with, from left to right or back. */
function swept(columns: readonly StepBlock[][], streams: Streams, direction: 1 | -1): StepBlock[][] {
  const sorted = columns.slice();
  const from = direction === 1 ? 1 : columns.length - 2;
  for (let c = from; c >= 0 && c < columns.length; c += direction) {
    const places = new Map(sorted[c - direction].map(({ key }, i) => [key, i]));
    const sums = new Map<number, { weighted: number; total: number }>();
    for (const stream of streams[direction === 1 ? c - 1 : c]) {
      const [own, neighbor] = direction === 1 ? [stream.to, stream.from] : [stream.from, stream.to];
      const sum = sums.get(own) ?? { weighted: 0, total: 0 };
      sum.weighted += stream.count * (places.get(neighbor) as number);
      sum.total += stream.count;
      sums.set(own, sum);
    }
    const meanOf = ({ key }: StepBlock, place: number): number => {
      const sum = sums.get(key);
      return sum === undefined ? place : sum.weighted / sum.total;
    };
    const means = new Map(sorted[c].map((block, place) => [block.key, meanOf(block, place)]));
    const mean = ({ key }: StepBlock): number => means.get(key) as number;
    sorted[c] = sorted[c].toSorted((a, b) => mean(a) - mean(b) || b.count - a.count || a.key - b.key);
  }
  return sorted;
}

/** How much crosses: for every two ribbons that do, the product of their paths. */
function crossings(columns: Columns, streams: Streams): number {
  return streams.reduce((sum, column, c) => {
    const [left, right] = [placesOf(columns[c]), placesOf(columns[c + 1])];
    let crossed = 0;
    column.forEach((a, i) => {
      for (const b of column.slice(i + 1)) {
        const [ups, downs] = [left(a.from) - left(b.from), right(a.to) - right(b.to)];
        if (ups * downs < 0) crossed += a.count * b.count;
      }
    });
    return sum + crossed;
  }, 0);
}

function placesOf(blocks: readonly StepBlock[]): (key: number) => number {
  const places = new Map(blocks.map(({ key }, i) => [key, i]));
  return (key) => places.get(key) as number;
}

function sortStreams(
  streams: readonly StepStream[],
  left: readonly StepBlock[],
  right: readonly StepBlock[],
): StepStream[] {
  const [leaves, reaches] = [placesOf(left), placesOf(right)];
  return streams.toSorted((a, b) => leaves(a.from) - leaves(b.from) || reaches(a.to) - reaches(b.to));
}
