import { readEventColumns, readEvents, sessionize } from "clientele/events";
import { deriveRfm, scoreRfm } from "clientele/features";
import { groupCount } from "clientele/tables";
import { encodedColumns, eventColumns, type EventColumns, eventTypes } from "./data.ts";
import { heavyPeer } from "./heavy-peers.ts";
import type { Python } from "./python.ts";
import { type Race, type Racer, timed } from "./race.ts";

const gapMs = 30 * 60 * 1000;
const asOf = Date.UTC(2025, 3, 2);

/** One object per event, as a tracker or a JSON file delivers them. */
export interface EventRow {
  readonly customer: string;
  readonly type: string;
  readonly time: number;
  readonly value: number;
}

/** The rows of an event stream as objects. */
export function eventRows({ customer, names, time, type, value }: EventColumns): EventRow[] {
  return Array.from(customer, (code, i) => ({ customer: names[code], type: eventTypes[type[i]], time: time[i], value: value[i] })); // prettier-ignore
}

/** Encoded columns in shuffled order → sorted log → sessions. */
export async function sessionsRace(rows: number, customers: number, python: Python | undefined): Promise<Race> {
  const data = eventColumns(rows, customers);
  const columns = encodedColumns(data);
  // The peers sort customer and time only; ours cannot leave out the event types.
  const peers: Racer[] = [];
  if (python !== undefined) {
    const shared = { customer: python.share("customer.u32", data.customer), time: python.share("time.f64", data.time), customers }; // prettier-ignore
    peers.push({ name: "numpy lexsort", gate: 4, lap: () => python.lap("sessions-numpy", shared) });
    peers.push({ name: "pandas, categorical ids", gate: 4, lap: () => python.lap("sessions-pandas", shared) });
  }
  peers.push(await duckdb(data), await arquero(data));
  return {
    kernel: "sessions from encoded columns",
    size: `${rows} events, ${customers} customers`,
    ours: () =>
      timed(
        () => sessionize(readEventColumns(columns).log),
        (sessions) => ({ sessions: groupCount(sessions) }),
      ),
    peers,
  };
}

async function duckdb(data: EventColumns): Promise<Racer> {
  const { DuckDBInstance } = await heavyPeer("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("create table events (customer integer, time double)");
  const appender = await connection.createAppender("events");
  data.customer.forEach((code, row) => {
    appender.appendInteger(code);
    appender.appendDouble(data.time[row]);
    appender.endRow();
  });
  appender.closeSync();
  const begins = `case when time - lag(time) over (partition by customer order by time) <= ${gapMs} then 0 else 1 end`;
  const sql = `create or replace table sessions as select *, sum(begins) over (partition by customer order by time rows unbounded preceding) as sid from (select *, ${begins} begins from events)`;
  return {
    name: "DuckDB, all threads",
    gate: 4,
    lap: async () => {
      const begin = performance.now();
      await connection.run(sql);
      const seconds = (performance.now() - begin) / 1000;
      const [[sessions]] = (await connection.runAndReadAll("select sum(begins) from sessions")).getRows() as [
        [unknown],
      ];
      return { seconds, quality: { sessions: Number(sessions) } };
    },
  };
}

async function arquero(data: EventColumns): Promise<Racer> {
  const { table, op, rolling } = await heavyPeer("arquero");
  const events = table({ customer: data.customer, time: data.time });
  return {
    name: "arquero",
    gate: 4,
    lap: () =>
      timed(
        () =>
          events
            .groupby("customer")
            .orderby("time")
            .derive({ gap: (d: { time: number }) => d.time - op.lag(d.time, 1, -1e18) })
            .ungroup()
            .derive({ begins: (d: { gap: number }) => (d.gap > 1_800_000 ? 1 : 0) })
            .groupby("customer")
            .orderby("time")
            .derive({ session: rolling((d: { begins: number }) => op.sum(d.begins)) })
            .reify(),
        (sessions) => ({ sessions: sessions.ungroup().rollup({ total: (d: { begins: number }) => op.sum(d.begins) }).get("total", 0) }), // prettier-ignore
      ),
  };
}

/** Row objects → log → sessions → RFM scores: the first half of the main job. */
export function pathRace(rows: number, customers: number, python: Python): Race {
  const data = eventColumns(rows, customers);
  const events = eventRows(data);
  const shared = {
    customer: python.share("customer.u32", data.customer),
    time: python.share("time.f64", data.time),
    type: python.share("type.u32", data.type),
    value: python.share("value.f64", data.value),
    types: eventTypes,
    customers,
    asOf,
  };
  const peer = (name: string, from: string, gate: number | null): Racer => ({ name, gate, lap: () => python.lap("path-pandas", { ...shared, from }) }); // prettier-ignore
  return {
    kernel: "row objects → sessions → RFM scores",
    size: `${rows} events, ${customers} customers`,
    ours: () => timed(() => shortPath(events), (result) => result), // prettier-ignore
    peers: [peer("pandas, from row dicts", "rows", 3), peer("pandas, its DataFrame ready", "columns", null)],
  };
}

function shortPath(events: readonly EventRow[]): { sessions: number; buyers: number; revenue: number } {
  const { log } = readEvents(events, { customer: "customer", type: "type", time: "time", value: "value" });
  const sessions = sessionize(log);
  const rfm = deriveRfm(log, { asOf, purchase: "purchase" });
  const { scores } = scoreRfm(rfm);
  let revenue = 0;
  for (let i = 2; i < rfm.values.length; i += 3) revenue += rfm.values[i];
  return { sessions: groupCount(sessions), buyers: scores.ids.length, revenue: Math.round(revenue * 100) / 100 };
}
