import { readEventColumns, sessionize } from "clientele/events";
import { measureFunnel, type MeasureFunnelOptions } from "clientele/journeys";
import type { EventLog, Partition } from "clientele/tables";
import { encodedColumns, eventColumns, eventTypes } from "./data.ts";
import { heavyPeer } from "./heavy-peers.ts";
import type { Python } from "./python.ts";
import { budget, type Quality, type Race, type Racer, timed } from "./race.ts";

const steps = ["home", "category", "product", "cart", "payment"];
const stepCodes = steps.map((step) => eventTypes.indexOf(step));
const windowMs = 3_600_000;

type Variant = "first entry" | "best entry" | "strict" | "any order";

const variants: Readonly<Record<Variant, Partial<MeasureFunnelOptions>>> = {
  "first entry": {},
  "best entry": { reentry: "optimized" },
  strict: { order: "strict" },
  "any order": { order: "any" },
};

/** A funnel of five steps over sessions, from a log that is cut into them already. */
export async function funnelRace(
  rows: number,
  customers: number,
  variant: Variant,
  python: Python | undefined,
): Promise<Race> {
  const data = eventColumns(rows, customers);
  const { log } = readEventColumns(encodedColumns(data));
  const per = sessionize(log);
  const peers: Racer[] = [budget(0.1)];
  // The peers do sequences with a window; what they would need for the other orders is no few lines.
  if (variant === "first entry") {
    const session = sessionsOf(per, log.length);
    if (python !== undefined) {
      const shared = {
        session: python.share("session.u32", session),
        time: python.share("sorted-time.f64", log.time),
        type: python.share("sorted-type.u32", log.type.codes),
        steps: stepCodes,
        windowMs,
      };
      peers.push({ name: "pandas, one merge per step", gate: 3, lap: () => python.lap("funnel-pandas", shared) });
    }
    peers.push(await duckdb(log, session));
  }
  return {
    kernel: `funnel of 5 steps over sessions, ${variant}`,
    size: `${rows} events, ${per.starts.length - 1} sessions`,
    ours: () => timed(() => measureFunnel(log, { steps, per, windowMs, ...variants[variant] }), ({ steps: found }) => reached(found.map(({ count }) => count))), // prettier-ignore
    peers,
  };
}

function reached(counts: readonly number[]): Quality {
  return { reached: counts.join(" ") };
}

/** The session of each row. */
function sessionsOf({ starts }: Partition, rows: number): Uint32Array {
  const session = new Uint32Array(rows);
  for (let group = 0; group + 1 < starts.length; group++) session.fill(group, starts[group], starts[group + 1]);
  return session;
}

/** Rows carry their position, so that equal times keep their order as ours do. */
async function duckdb(log: EventLog, session: Uint32Array): Promise<Racer> {
  const { DuckDBInstance } = await heavyPeer("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("create table events (session integer, type integer, time double, pos integer)");
  const appender = await connection.createAppender("events");
  session.forEach((group, row) => {
    appender.appendInteger(group);
    appender.appendInteger(log.type.codes[row]);
    appender.appendDouble(log.time[row]);
    appender.appendInteger(row);
    appender.endRow();
  });
  appender.closeSync();
  const first = `s0 as (select session, min(pos) pos, min(time) began from events where type = ${stepCodes[0]} group by session)`;
  const later = stepCodes
    .slice(1)
    .map(
      (code, i) =>
        `s${i + 1} as (select e.session, min(e.pos) pos, any_value(s.began) began from events e join s${i} s on e.session = s.session where e.type = ${code} and e.pos > s.pos and e.time - s.began <= ${windowMs} group by e.session)`,
    );
  const sql = `with ${[first, ...later].join(", ")} select ${stepCodes.map((_, i) => `(select count(*) from s${i})`).join(", ")}`;
  return {
    name: "DuckDB, one join per step, all threads",
    gate: null,
    lap: async () => {
      const begin = performance.now();
      const [counts] = (await connection.runAndReadAll(sql)).getRows();
      const seconds = (performance.now() - begin) / 1000;
      return { seconds, quality: reached(counts.map(Number)) };
    },
  };
}
