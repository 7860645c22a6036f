import { randomOf } from "clientele/core";
import { readEventColumns } from "clientele/events";
import { countTransitions, fitMarkov, measureAbsorption } from "clientele/journeys";
import type { EventLog } from "clientele/tables";
import { encodedColumns, eventColumns, type EventColumns } from "./data.ts";
import { heavyPeer } from "./heavy-peers.ts";
import type { Python } from "./python.ts";
import { budget, type Quality, type Race, type Racer, timed } from "./race.ts";

/** Pairs of events of one customer: how many different, how many in all. */
const found = (counts: readonly number[]): Quality => ({
  pairs: counts.length,
  steps: counts.reduce((sum, count) => sum + count, 0),
});

/**
 * Encoded columns in shuffled order → how often each event follows which. Ours tells starts, ends, paths and times as well; the
 * peers count the pairs and no more.
 */
export async function transitionsRace(rows: number, customers: number, python: Python | undefined): Promise<Race> {
  const data = eventColumns(rows, customers);
  const columns = encodedColumns(data);
  const peers: Racer[] = [];
  if (python !== undefined) {
    const shared = {
      customer: python.share("customer.u32", data.customer),
      time: python.share("time.f64", data.time),
      type: python.share("type.u32", data.type),
    };
    peers.push({ name: "pandas", gate: 4, lap: () => python.lap("transitions-pandas", shared) });
  }
  peers.push(await polars(data), await duckdb(data));
  return {
    kernel: "transition counts from encoded columns",
    size: `${rows} events, ${customers} customers`,
    ours: () =>
      timed(
        () => countTransitions(readEventColumns(columns).log),
        ({ counts }) => found(counts.slice(1).flatMap((row) => row.slice(0, -1).filter((count) => count > 0))),
      ),
    peers,
  };
}

async function polars({ customer, time, type }: EventColumns): Promise<Racer> {
  const pl = await heavyPeer("nodejs-polars");
  const events = pl.DataFrame({ customer, time, type });
  const who = pl.col("customer");
  const lap = (): number[] => {
    const sorted = events.sort(["customer", "time"]);
    const pairs = sorted
      .select(who, pl.col("type"), who.shift(-1).alias("next"), pl.col("type").shift(-1).alias("to"))
      .filter(who.eq(pl.col("next")))
      .groupBy("type", "to")
      .agg(who.count().alias("count"));
    return Array.from(pairs.getColumn("count").toArray(), Number);
  };
  return { name: "polars, all threads", gate: 4, lap: () => timed(lap, found) };
}

async function duckdb(data: EventColumns): Promise<Racer> {
  const { DuckDBInstance } = await heavyPeer("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("create table events (customer integer, time double, type integer)");
  const appender = await connection.createAppender("events");
  data.customer.forEach((code, row) => {
    appender.appendInteger(code);
    appender.appendDouble(data.time[row]);
    appender.appendInteger(data.type[row]);
    appender.endRow();
  });
  appender.closeSync();
  const sql =
    'select type, "to", count(*) from (select type, lead(type) over (partition by customer order by time) "to" from events) where "to" is not null group by all';
  return {
    name: "DuckDB, all threads",
    gate: 4,
    lap: async () => {
      const begin = performance.now();
      const pairs = (await connection.runAndReadAll(sql)).getRows();
      return { seconds: (performance.now() - begin) / 1000, quality: found(pairs.map((row) => Number(row[2]))) };
    },
  };
}

/** Visits of a portal: 17 kinds of pages, about five views each, as UCI's MSNBC data have them. */
function pageViews(paths: number): EventLog {
  const random = randomOf(17);
  const starts = new Uint32Array(paths + 1);
  const types: number[] = [];
  for (let path = 0; path < paths; path++) {
    let page = Math.floor(17 * random.next() * random.next());
    do {
      types.push(page);
      if (random.next() < 0.5) page = Math.floor(17 * random.next() * random.next());
    } while (random.next() < 0.79);
    starts[path + 1] = types.length;
  }
  const customer = new Uint32Array(types.length);
  const time = new Float64Array(types.length);
  for (let path = 0; path < paths; path++) {
    customer.fill(path, starts[path], starts[path + 1]);
    for (let row = starts[path]; row < starts[path + 1]; row++) time[row] = 1000 * row;
  }
  return {
    length: types.length,
    customer: { codes: customer, names: Array.from({ length: paths }, (_, path) => `visit ${path}`) },
    type: { codes: Uint32Array.from(types), names: Array.from({ length: 17 }, (_, page) => `page ${page}`) },
    time,
    value: new Float64Array(types.length).fill(NaN),
    extra: {},
    byCustomer: { starts },
  };
}

/** Counts, chain and absorption of many short paths. */
export function chainRace(paths: number): Race {
  const log = pageViews(paths);
  const job = (): Quality => {
    const { steps } = countTransitions(log);
    const { fromStart } = measureAbsorption(fitMarkov(log), { into: "page 9" });
    return { steps, reached: fromStart ?? -1 };
  };
  return {
    kernel: "transition counts, chain and absorption",
    size: `${paths} paths of 17 states, ${log.length} views`,
    ours: () => timed(job, (quality) => quality),
    peers: [budget(1)],
  };
}
