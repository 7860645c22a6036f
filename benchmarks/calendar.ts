import { randomOf } from "clientele/core";
// The calendar has no public name; it is what features and series ask for local days.
import { calendarOf } from "../src/tables/calendar.ts";
import type { Python } from "./python.ts";
import { type Lap, type Race, timed } from "./race.ts";

const timeZone = "Europe/Berlin";

function instants(count: number): Float64Array {
  const random = randomOf(24);
  const start = Date.UTC(2020, 0, 1);
  return Float64Array.from({ length: count }, () => start + Math.floor(random.next() * 1.5e11));
}

function ourDays(times: Float64Array): Lap {
  return timed(
    () => {
      const calendar = calendarOf(timeZone);
      const days = new Float64Array(times.length);
      for (let i = 0; i < times.length; i++) days[i] = calendar.dayOf(times[i]);
      return days;
    },
    (days) => ({ sum: days.reduce((sum, day) => sum + day, 0) }),
  );
}

/** Instants in no order → numbers of local dates, five years of Berlin. */
export function localDaysRace(rows: number, python: Python): Race {
  const times = instants(rows);
  const time = python.share("instants.f64", times);
  return {
    kernel: "local dates, new calendar",
    size: `${rows} instants`,
    ours: () => ourDays(times),
    peers: [
      {
        name: "pandas tz_convert + normalize",
        gate: null,
        lap: () => python.lap("local-days-pandas", { time, timeZone }),
      },
    ],
  };
}

/** The same against what a program without a calendar does: one call of Intl per row. */
export function intlDaysRace(rows: number): Race {
  const times = instants(rows);
  return {
    kernel: "local dates, new calendar",
    size: `${rows} instants`,
    ours: () => ourDays(times),
    peers: [
      {
        name: "one Intl.DateTimeFormat call per row",
        gate: null,
        lap: () =>
          timed(
            () => {
              const format = new Intl.DateTimeFormat("sv-SE", { timeZone });
              return Array.from(times, (time) => format.format(time));
            },
            (dates) => ({ sum: dates.reduce((sum, date) => sum + Date.parse(date) / 86_400_000, 0) }),
          ),
      },
    ],
  };
}
