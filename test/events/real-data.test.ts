import { deriveSessions, measureSessions, readEvents, sessionize, stepSession, toEvents } from "clientele/events";
import type { ClosedSession, SessionsReport, SessionState } from "clientele/events";
import { type Codes, column, type EventLog, mergeLogs, nameAt, type Partition } from "clientele/tables";
import { expect, it } from "vitest";
import { expectSessions, expectWhole } from "../laws/log-laws.ts";
import { randomOf } from "../../src/core/random.ts";
import { expectClose } from "../support/close-to.ts";
import { bitsOf } from "../support/inspect.ts";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// Real shops against the expected.json of each data set, which its make_expected.py computes with pandas and numpy.

function shuffled<T>(rows: readonly T[]): T[] {
  const random = randomOf(11);
  const keyed = rows.map((row) => ({ row, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ row }) => row);
}

function countTypes(log: EventLog, rows: Iterable<number>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const name = nameAt(log.type, row)!;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** How often one type follows another inside a group: `counts[from][to]`. */
function countSteps(log: EventLog, { starts }: Partition): Record<string, Record<string, number>> {
  const counts: Record<string, Record<string, number>> = {};
  for (let group = 0; group + 1 < starts.length; group++) {
    for (let row = starts[group] + 1; row < starts[group + 1]; row++) {
      const [from, to] = [nameAt(log.type, row - 1)!, nameAt(log.type, row)!];
      counts[from] ??= {};
      counts[from][to] = (counts[from][to] ?? 0) + 1;
    }
  }
  return counts;
}

interface Sessions {
  readonly gap_minutes: number;
  readonly sessions: number;
  readonly users: number;
  readonly events: number;
  readonly events_per_session_mean: number;
  readonly events_per_session_max: number;
  readonly single_event_sessions: number;
  readonly duration_seconds_sum: number;
  readonly duration_seconds_mean: number;
  readonly duration_seconds_median: number;
  readonly duration_seconds_max: number;
  readonly sessions_per_user_max: number;
}

interface Shop {
  readonly counts: {
    events: number;
    users: number;
    event_types: Record<string, number>;
    users_per_event_type: Record<string, number>;
  };
  readonly sessions_30min: Sessions;
  readonly sessions_10min: Sessions;
  readonly sessions_1day: Sessions;
  readonly transitions_within_user: Record<string, Record<string, number>>;
  readonly transitions_within_30min_session: Record<string, Record<string, number>>;
  readonly session_entry_events: Record<string, number>;
  readonly session_exit_events: Record<string, number>;
  readonly markov_within_session: { observed_share_of_sessions_with_payment_done: number };
  readonly daily: { days: number; max_events_day: [string, number]; sum_of_daily_active_users: number };
}

/** The sessions of a shop by each function that makes or measures them, against pandas. */
function itHasTheSessionsOf(log: EventLog, expected: Shop): void {
  it.each(["sessions_10min", "sessions_30min", "sessions_1day"] as const)("has the %s that pandas counts", (key) => {
    const wanted = expected[key];
    const sessions = sessionize(log, { timeoutMinutes: wanted.gap_minutes });
    expectSessions(log, sessions);
    const table = deriveSessions(log, sessions);
    expect(table.ids).toHaveLength(wanted.sessions);
    const because = "microseconds are kept to 1/4 of one, and 6454 durations are added up";
    const seconds = column(table, "durationMs").map((ms) => ms / 1000);
    expectClose(seconds.reduce((a, b) => a + b, 0), wanted.duration_seconds_sum, { absolute: 0.004, because }); // prettier-ignore

    const report = measureSessions(log, sessions);
    expect(report).toMatchObject({ sessions: wanted.sessions, customers: wanted.users, events: wanted.events });
    expect(report.eventsPerSession!.max).toBe(wanted.events_per_session_max);
    expectClose(report.eventsPerSession!.mean, wanted.events_per_session_mean, { relative: 1e-15, because: "one division of integers" }); // prettier-ignore
    expect(report.bounces.sessions).toBe(wanted.single_event_sessions);
    expect(report.sessionsPerCustomer!.max).toBe(wanted.sessions_per_user_max);
    const spread = report.durationMs!;
    expectClose(spread.mean / 1000, wanted.duration_seconds_mean, { absolute: 1e-6, because });
    expectClose(spread.median / 1000, wanted.duration_seconds_median, { absolute: 1e-6, because });
    expectClose(spread.max / 1000, wanted.duration_seconds_max, { absolute: 1e-6, because });
  });

  it("has the entries, exits, conversions and steps that pandas counts", () => {
    const sessions = sessionize(log);
    const report = measureSessions(log, sessions, { goals: ["payment_done"] });
    const counts = (shares: SessionsReport["entries"]): Record<string, number> =>
      Object.fromEntries(shares.map(({ type, sessions: some }) => [type, some]));
    expect(counts(report.entries)).toEqual(expected.session_entry_events);
    expect(counts(report.exits)).toEqual(expected.session_exit_events);
    const share = expected.markov_within_session.observed_share_of_sessions_with_payment_done;
    expectClose(report.conversions!.share!, share, { relative: 1e-14, because: "pandas takes a mean of 0 and 1" });
    expect(report.goals).toEqual([{ type: "payment_done", ...report.conversions }]);
    expect(countSteps(log, sessions)).toEqual(expected.transitions_within_30min_session);
    expect(countSteps(log, log.byCustomer)).toEqual(expected.transitions_within_user);
  });

  it("has the days that pandas counts, cut at midnight", () => {
    // Sessions that only midnight cuts are the days on which a customer was active.
    const days = sessionize(log, { timeoutMinutes: 1e6, splitAtMidnight: true });
    const starts = column(deriveSessions(log, days), "start");
    expect(starts).toHaveLength(expected.daily.sum_of_daily_active_users);
    expect(new Set(starts.map((start) => Math.floor(start / 864e5))).size).toBe(expected.daily.days);
    const [date, most] = expected.daily.max_events_day;
    const day = Date.parse(date) / 864e5;
    expect(log.time.filter((time) => Math.floor(time / 864e5) === day)).toHaveLength(most);
  });

  it("has the customers per event type that pandas counts", () => {
    const users = Object.entries(expected.counts.users_per_event_type).map(([type, wanted]) => {
      const whole = measureSessions(log, log.byCustomer, { goals: [type] });
      return [type, whole.goals[0].sessions, wanted] as const;
    });
    for (const [type, found, wanted] of users) expect(found, type).toBe(wanted);
  });
}

describeWithData("the simple shop", ["simple_shop"], () => {
  const expected = readDataJson<Shop>("simple_shop/expected.json");
  const utc = (text: string): string => `${text.replace(" ", "T")}Z`;
  const { log, report } = readEvents(shuffled(readDataRows("simple_shop/simple_shop.csv.gz")), {
    customer: "user_id",
    type: "event",
    time: (row: TextRow) => utc(row["timestamp"]),
  });

  it("is read whole", () => {
    expectWhole(log);
    expect(report).toEqual({ read: 35_381, accepted: 35_381, rejected: [], rejectedCount: {}, notes: [] });
    expect(log.customer.names).toHaveLength(expected.counts.users);
    expect(countTypes(log, log.type.codes.keys())).toEqual(expected.counts.event_types);
    const times = log.time.toSorted();
    // 2019-11-01 17:59:13.273932 and 2020-04-29 12:48:07.595390
    expect(times[0]).toBe((Date.UTC(2019, 10, 1, 17, 59, 13) * 1000 + 273_932) / 1000);
    expect(times.at(-1)).toBe((Date.UTC(2020, 3, 29, 12, 48, 7) * 1000 + 595_390) / 1000);
  });

  itHasTheSessionsOf(log, expected);

  it("has the same sessions when its events come up to a day late", () => {
    const random = randomOf(3);
    const late = toEvents(log).map((event) => ({ event, key: event.time + random.next() * 86_400_000 }));
    let state: SessionState | undefined;
    const ended: ClosedSession[] = [];
    for (const { event } of late.sort((a, b) => a.key - b.key)) {
      const step = stepSession(state, event, { latenessMinutes: 1440 });
      state = step.state;
      if (step.closed !== undefined) ended.push(step.closed);
      ended.push(...step.expired);
    }
    ended.push(...stepSession(state, { now: Infinity }, { latenessMinutes: 1440 }).expired);
    expect(state!.late).toBe(0);
    const place = ({ customer, start, end, events }: ClosedSession): string => `${customer} ${start} ${end} ${events}`;
    const { starts } = sessionize(log);
    const wanted = Array.from({ length: starts.length - 1 }, (_, s) => {
      const [from, to] = [starts[s], starts[s + 1]];
      return `${nameAt(log.customer, from)} ${log.time[from]} ${log.time[to - 1]} ${to - from}`;
    });
    expect(ended.map(place).sort()).toEqual(wanted.sort());
  });

  it("is the same in one pass and merged from shards of days", () => {
    const events = toEvents(log);
    const readers = { customer: "customer", type: "type", time: "time" };
    const shards = [0, 1, 2].map((part) => {
      const rows = events.filter(({ time }) => Math.floor(time / 86_400_000) % 3 === part);
      return readEvents(rows, readers).log;
    });
    const merged = mergeLogs(shards);
    expect(bitsOf(merged)).toBe(bitsOf(readEvents(events, readers).log));
    expect(sessionize(merged)).toEqual(sessionize(log));
  });

  it("has the same sessions as a stream", () => {
    const events = toEvents(log).toSorted((a, b) => a.time - b.time);
    let state: SessionState | undefined;
    const ended: string[] = [];
    for (const event of events) {
      const step = stepSession(state, event);
      state = step.state;
      if (step.closed !== undefined) ended.push(`${step.closed.customer} ${step.closed.start} ${step.closed.end}`);
    }
    const rest = stepSession(state, { now: Infinity }).expired;
    ended.push(...rest.map(({ customer, start, end }) => `${customer} ${start} ${end}`));
    const { starts } = sessionize(log);
    const wanted = Array.from({ length: starts.length - 1 }, (_, s) => {
      const [from, to] = [starts[s], starts[s + 1]];
      return `${nameAt(log.customer, from)} ${log.time[from]} ${log.time[to - 1]}`;
    });
    expect(ended.sort()).toEqual(wanted.sort());
  });
});

describeWithData("the shop's A/B test", ["retentioneering_ab"], () => {
  const expected = readDataJson<Shop & { readonly groups: Record<string, { users: number; payers: number; value_sum: number; events: number }> }>("retentioneering_ab/expected.json"); // prettier-ignore
  const rows = readDataRows("retentioneering_ab/ab_test_demo.csv.gz");
  const readers = {
    customer: "user_id",
    type: "event",
    time: (row: TextRow) => `${row["timestamp"].replace(" ", "T")}Z`,
    value: (row: TextRow) => (row["transaction_value"] === "" ? null : Number(row["transaction_value"])),
  };
  const { log, report } = readEvents(shuffled(rows), readers);

  it("is read whole", () => {
    expectWhole(log);
    expect([report.read, report.accepted]).toEqual([expected.counts.events, expected.counts.events]);
    expect(log.customer.names).toHaveLength(expected.counts.users);
    expect(countTypes(log, log.type.codes.keys())).toEqual(expected.counts.event_types);
  });

  itHasTheSessionsOf(log, expected);

  it.each(["control", "test", "not_in_test"])("has the customers, payers and values of the group %s", (group) => {
    const wanted = expected.groups[group];
    const own = readEvents(rows.filter((row) => row["user_backet"] === group), readers).log; // prettier-ignore
    const whole = measureSessions(own, own.byCustomer, { goals: ["payment_done"] });
    expect(whole).toMatchObject({ sessions: wanted.users, customers: wanted.users, events: wanted.events });
    expect(whole.value).toBe(wanted.value_sum);
    expect(whole.conversions!.sessions).toBe(wanted.payers);
    expect(whole.valuePerSession).toBe(wanted.value_sum / wanted.users);
  });
});

describeWithData("the e-shop of 2008", ["eshop2008"], () => {
  interface Expected {
    readonly counts: {
      rows: number;
      sessions: number;
      countries: number;
      models: number;
      clicks_per_session_mean: number;
      clicks_per_session_max: number;
      single_click_sessions: number;
      clicks_by_category: Record<string, number>;
      price_mean: number;
      price_sum: number;
    };
    readonly daily_clicks: Record<string, number>;
    readonly sessions_with_several_dates_or_countries: { dates: number; countries: number };
    readonly category_transitions: Record<string, Record<string, number>>;
    readonly entry_category: Record<string, number>;
    readonly exit_category: Record<string, number>;
  }
  const expected = readDataJson<Expected>("eshop2008/expected.json");
  const cell = (row: TextRow, name: string): string => row[name].padStart(2, "0");

  // Days are the finest times there are, so the order of clicks is known from their running number alone.
  const { log, report } = readEvents(shuffled(readDataRows("eshop2008/eshop2008.csv.gz")), {
    customer: "session_id",
    type: "page1_main_category",
    time: (row: TextRow) => `${row["year"]}-${cell(row, "month")}-${cell(row, "day")}T00:00:00Z`,
    value: (row: TextRow) => Number(row["price"]),
    sequence: (row: TextRow) => Number(row["order"]),
    extra: { model: "page2_clothing_model", country: "country" },
  });

  it("is read whole, in the order of clicks", () => {
    expectWhole(log);
    expect([report.read, report.accepted]).toEqual([expected.counts.rows, expected.counts.rows]);
    expect(log.customer.names).toHaveLength(expected.counts.sessions);
    expect(log.value.reduce((a, b) => a + b, 0)).toBe(expected.counts.price_sum);
    const sequence = log.extra["sequence"] as Float64Array;
    const first = (row: number): number => log.byCustomer.starts[log.customer.codes[row]];
    expect(sequence.every((number, row) => number === row - first(row) + 1)).toBe(true);
  });

  it("has the clicks, entries, exits and steps that pandas counts", () => {
    const sessions = sessionize(log);
    expect(sessions.starts).toEqual(log.byCustomer.starts);
    expect(countTypes(log, log.type.codes.keys())).toEqual(expected.counts.clicks_by_category);
    expect(countTypes(log, sessions.starts.subarray(0, -1))).toEqual(expected.entry_category);
    expect(
      countTypes(
        log,
        sessions.starts.subarray(1).map((end) => end - 1),
      ),
    ).toEqual(expected.exit_category);
    expect(countSteps(log, sessions)).toEqual(expected.category_transitions);
  });

  it("has the depths, bounces and days that pandas counts", () => {
    const { counts } = expected;
    const measured = measureSessions(log, sessionize(log));
    expect(measured.sessions).toBe(counts.sessions);
    expectClose(measured.eventsPerSession!.mean, counts.clicks_per_session_mean, { relative: 1e-15, because: "one division of integers" }); // prettier-ignore
    expect(measured.eventsPerSession!.max).toBe(counts.clicks_per_session_max);
    expect(measured.bounces.sessions).toBe(counts.single_click_sessions);
    expect(measured.value).toBe(counts.price_sum);
    expectClose(measured.value / log.length, counts.price_mean, {
      relative: 1e-15,
      because: "one division of integers",
    });
    expect((log.extra["model"] as Codes).names).toHaveLength(counts.models);
    expect((log.extra["country"] as Codes).names).toHaveLength(counts.countries);
    expect(sessionize(log, { campaign: "country", splitAtMidnight: true }).starts).toEqual(log.byCustomer.starts);
    const daily: Record<string, number> = {};
    for (const time of log.time) {
      const date = new Date(time).toISOString().slice(0, 10);
      daily[date] = (daily[date] ?? 0) + 1;
    }
    expect(daily).toEqual(expected.daily_clicks);
    expect(measured.byHour[0]).toBe(counts.sessions); // days are the finest times there are
  });
});

describeWithData("the CDNOW sample", ["cdnow_sample"], () => {
  interface Expected {
    readonly counts: { rows: number; customers: number; cds: number; spend: number; zero_spend_rows: number };
  }
  const { counts } = readDataJson<Expected>("cdnow_sample/expected.json");

  it("is read whole, free orders included", () => {
    const { log, report } = readEvents(readDataRows("cdnow_sample/cdnow_sample.csv"), {
      customer: "master_id",
      type: () => "purchase",
      time: (row: TextRow) => `${row["date"]}T00:00:00Z`,
      value: (row: TextRow) => Number(row["spend"]),
      extra: { cds: (row: TextRow) => Number(row["cds"]) },
    });
    expect([report.read, report.accepted]).toEqual([counts.rows, counts.rows]);
    expect(log.customer.names).toHaveLength(counts.customers);
    expect((log.extra["cds"] as Float64Array).reduce((a, b) => a + b, 0)).toBe(counts.cds);
    expect(log.value.filter((value) => value === 0)).toHaveLength(counts.zero_spend_rows);
    const sum = log.value.reduce((a, b) => a + b, 0);
    expectClose(sum, counts.spend, { absolute: 1e-6, because: "6919 amounts in cents are added up" });
  });
});

describeWithData("the online retailer", ["online_retail"], () => {
  interface Expected {
    readonly counts: { rows: number; customers: number; rows_without_customer: number };
    readonly clean_sales: { rows: number; customers: number; invoices: number; amount: number };
  }
  const expected = readDataJson<Expected>("online_retail/expected.json");
  const readers = {
    customer: "CustomerID",
    type: () => "purchase",
    time: (row: TextRow) => `${row["InvoiceDate"].replace(" ", "T")}Z`,
    value: (row: TextRow) => Number(row["Quantity"]) * Number(row["UnitPrice"]),
    extra: { invoice: "InvoiceNo" },
  };
  const rows = readDataRows("online_retail/online_retail.csv.gz");

  it("is read but for the lines without a customer, each of which is counted", () => {
    const { log, report } = readEvents(rows, readers);
    expectWhole(log);
    const { rows: read, rows_without_customer: nobody, customers } = expected.counts;
    expect([report.read, report.accepted]).toEqual([read, read - nobody]);
    expect(report.rejectedCount).toEqual({ "missing-customer": nobody });
    expect(report.rejected[0].path).toBe(`rows[${rows.findIndex((row) => row["CustomerID"] === "")}].customer`);
    expect(log.customer.names).toHaveLength(customers);
  });

  it("sold what pandas counts, cancellations and gifts left out", () => {
    const sales = rows.filter(
      (row) => !row["InvoiceNo"].startsWith("C") && Number(row["Quantity"]) > 0 && Number(row["UnitPrice"]) > 0,
    );
    const { log } = readEvents(sales, readers);
    expect(log).toHaveLength(expected.clean_sales.rows);
    expect(log.customer.names).toHaveLength(expected.clean_sales.customers);
    expect((log.extra["invoice"] as Codes).names).toHaveLength(expected.clean_sales.invoices);
    const amount = log.value.reduce((a, b) => a + b, 0);
    expectClose(amount, expected.clean_sales.amount, { absolute: 0.01, because: "printed in whole cents" });
  });
});
