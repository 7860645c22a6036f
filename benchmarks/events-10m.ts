import { readEventColumns, sessionize } from "clientele/events";
import { deriveRfm } from "clientele/features";
import { groupCount } from "clientele/tables";
import { type EventColumns, eventColumns, eventTypes } from "./data.ts";
import { utf8Of } from "./dictionary.ts";
import { heavyPeer } from "./heavy-peers.ts";
import { type Quality, type Race, type Racer, timed } from "./race.ts";

const gapMs = 30 * 60 * 1000;
const asOf = Date.UTC(2025, 3, 2);

/**
 * What is asked of the columns. The peers sort or group only the columns they need; our log carries all four, and reading
 * them into it is part of our time, except where the log is ready as the peers' tables are.
 */
export type Job = "sessions" | "RFM" | "RFM, log ready" | "sessions and RFM";

/** Columns in shuffled order → sessions, RFM, or both from one log. */
export async function columnsRace(job: Job, rows: number, customers: number, from: "codes" | "utf8"): Promise<Race> {
  const data = eventColumns(rows, customers);
  const { time, value } = data;
  const customer = from === "codes" ? { codes: data.customer, names: data.names } : utf8Of(data.customer, data.names);
  const columns = { customer, type: { codes: data.type, names: eventTypes }, time, value };
  const ready = job === "RFM, log ready" ? readEventColumns(columns).log : undefined;
  return {
    kernel: `${job}, from columns, ids as ${from}`,
    size: `${rows} events, ${customers} customers`,
    ours: () => timed(() => answer(job, ready ?? readEventColumns(columns).log), (quality) => quality), // prettier-ignore
    peers: await Promise.all([polars(job, data, from), duckdb(job, data, from)]),
  };
}

function answer(job: Job, log: ReturnType<typeof readEventColumns>["log"]): Quality {
  const sessions = job.startsWith("RFM") ? {} : { sessions: groupCount(sessionize(log)) };
  if (job === "sessions") return sessions;
  const { ids, values } = deriveRfm(log, { asOf, purchase: "purchase" });
  let revenue = 0;
  for (let i = 2; i < values.length; i += 3) revenue += values[i];
  return { ...sessions, buyers: ids.length, revenue: Math.round(revenue) };
}

async function polars(job: Job, data: EventColumns, from: "codes" | "utf8"): Promise<Racer> {
  const pl = await heavyPeer("nodejs-polars");
  const customer = from === "codes" ? data.customer : Array.from(data.customer, (code) => data.names[code]);
  const { time, type, value } = data;
  const events = pl.DataFrame({ customer, time, type, value });
  const [who, when] = [pl.col("customer"), pl.col("time")];
  const begins = who
    .neq(who.shift(1))
    .or(when.minus(when.shift(1)).gt(gapMs))
    .fillNull(true);
  const lap = (): Quality => {
    const sorted = job.startsWith("RFM") ? undefined : events.select("customer", "time").sort(["customer", "time"]);
    const sessions = sorted && { sessions: Number(sorted.select(begins.cumSum().alias("session")).getColumn("session").max()) }; // prettier-ignore
    if (job === "sessions") return { ...sessions };
    const bought = events.filter(pl.col("type").eq(eventTypes.indexOf("purchase"))).groupBy("customer");
    const rfm = bought.agg(
      when.max().alias("last"),
      when.count().alias("orders"),
      pl.col("value").sum().alias("revenue"),
    );
    return { ...sessions, buyers: rfm.height, revenue: Math.round(Number(rfm.getColumn("revenue").sum())) };
  };
  return { name: "polars, all threads", gate: 1, lap: () => timed(lap, (quality) => quality) };
}

async function duckdb(job: Job, data: EventColumns, from: "codes" | "utf8"): Promise<Racer> {
  const { DuckDBInstance } = await heavyPeer("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`create table events (customer ${from === "codes" ? "integer" : "varchar"}, time double, type integer, value double)`); // prettier-ignore
  const appender = await connection.createAppender("events");
  data.customer.forEach((code, row) => {
    if (from === "codes") appender.appendInteger(code);
    else appender.appendVarchar(data.names[code]);
    appender.appendDouble(data.time[row]);
    appender.appendInteger(data.type[row]);
    appender.appendDouble(data.value[row]);
    appender.endRow();
  });
  appender.closeSync();
  const begins = `case when time - lag(time) over (partition by customer order by time) <= ${gapMs} then 0 else 1 end`;
  const sessions = `create or replace table sessions as select *, sum(begins) over (partition by customer order by time rows unbounded preceding) as sid from (select customer, time, ${begins} begins from events)`;
  const rfm = `create or replace table rfm as select customer, (${asOf} - max(time)) / 86400000 recency, count(*) orders, sum(value) revenue from events where type = ${eventTypes.indexOf("purchase")} group by customer`;
  return {
    name: "DuckDB, all threads",
    gate: 1,
    lap: async () => {
      const begin = performance.now();
      if (!job.startsWith("RFM")) await connection.run(sessions);
      if (job !== "sessions") await connection.run(rfm);
      const seconds = (performance.now() - begin) / 1000;
      const first = async (sql: string): Promise<number[]> =>
        (await connection.runAndReadAll(sql)).getRows()[0].map(Number);
      const quality: Record<string, number> = {};
      if (!job.startsWith("RFM")) [quality["sessions"]] = await first("select sum(begins) from sessions");
      if (job !== "sessions")
        [quality["buyers"], quality["revenue"]] = await first("select count(*), round(sum(revenue)) from rfm");
      return { seconds, quality };
    },
  };
}
