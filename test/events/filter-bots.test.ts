import { filterBots, readEvents, readEventColumns, toEvents } from "clientele/events";
import { simulateShop } from "clientele/simulate";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleaningLaws } from "../laws/cleaning-laws.ts";
import { anyName } from "../support/arbitraries.ts";
import { expectRefusal } from "../support/refusal.ts";

const minute = 60_000;

function logAt(times: Readonly<Record<string, readonly number[]>>): EventLog {
  const rows = Object.entries(times).flatMap(([who, at]) => at.map((time) => ({ who, time })));
  return readEvents(rows, { customer: "who", type: () => "view", time: "time" }).log;
}

function agentsKept(agents: readonly (string | null)[], botAgents?: readonly string[]): (string | undefined)[] {
  const cells = agents.map(() => "a");
  const { log } = readEventColumns({ customer: cells, type: cells, time: agents.map((_, i) => i), extra: { agents } });
  return toEvents(filterBots(log, { userAgent: "agents", botAgents }).log).map((event) => event["agents"] as string);
}

cleaningLaws("filterBots", (log) =>
  filterBots(log, { maxEventsPerMinute: 3, bots: ["__proto__", "10"], userAgent: "page", botAgents: ["a", "CON"] }),
);

describe("filterBots", () => {
  it("drops all events of a customer with more than the maximum in any minute, and keeps one with exactly it", () => {
    const steady = Array.from({ length: 60 }, (_, i) => i * 1000);
    const log = logAt({ person: steady, program: [...steady.map((time) => time + 30_500), 59_999, 9 * minute] });
    const { log: kept, report } = filterBots(log, { maxEventsPerMinute: 60 });
    expect(kept.customer.names).toEqual(["person"]);
    expect(report).toEqual({
      read: 122,
      kept: 60,
      dropped: { "event-rate": 62 },
      notes: [],
      customersRemoved: 1,
      busiestKept: 60,
    });
  });

  it("counts events exactly a minute apart in two minutes", () => {
    const log = logAt({ a: [0, minute], b: [0, minute - 1] });
    expect(filterBots(log, { maxEventsPerMinute: 1 }).log.customer.names).toEqual(["a"]);
  });

  it("lets people pass without any option, and no program", () => {
    const { rows, truth } = simulateShop({ customers: 400, days: 30, seed: 3, anomalyShare: 0.1 });
    const readers = { customer: "customer", type: "type", time: "time", id: "id" } as const;
    const { log } = readEvents(rows, readers);
    const { log: kept } = filterBots(log);
    const stayed = new Set(kept.customer.names);
    const seen = truth.customers.filter(({ id }) => log.customer.names.includes(id));
    const isBot = ({ anomaly }: { anomaly: string | null }): boolean => anomaly === "bot";
    expect(seen.filter(isBot).length).toBeGreaterThan(5);
    expect(seen.filter(({ id }) => !stayed.has(id))).toEqual(seen.filter(isBot));
  });

  it("drops listed customers whatever they do, and says how many of the list it never met", () => {
    const { log, report } = filterBots(logAt({ ann: [0], monitor: [0, 1], constructor: [5] }), {
      bots: ["monitor", "constructor", "nobody", "nobody"],
    });
    expect(log.customer.names).toEqual(["ann"]);
    expect(report).toMatchObject({ dropped: { "listed-bot": 3 }, customersRemoved: 2 });
    expect(report.notes.map(({ code }) => code)).toEqual(["unknown-bots"]);
  });

  it("knows programs by their user agents, and leaves people's browsers and telephones alone", () => {
    const programs = [
      "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
      "Mozilla/5.0 (compatible; bingbot/2.0)",
      "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
      "facebookexternalhit/1.1",
      "curl/8.5.0",
      "python-requests/2.31.0",
      "Baiduspider+(+http://www.baidu.com/search/spider.htm)",
      "Mozilla/5.0 (Linux; Android 9; CUBOT X19) compatible; SemrushBot",
    ];
    const people = [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 Version/17.2 Mobile/15E148 Safari/604.1",
      "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
      "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 Chrome/119.0 Mobile Safari/537.36",
      "okhttp/4.12.0",
      "",
    ];
    expect(agentsKept([...programs, ...people, null])).toEqual([...people, undefined]);
  });

  it("takes another list of agents, in any case, as text and not as a pattern", () => {
    expect(agentsKept(["MyMonitor", "Googlebot", "aaaa"], ["mymonitor", "(a+)+$"])).toEqual(["Googlebot", "aaaa"]);
    expect(agentsKept(["Googlebot"], [])).toEqual(["Googlebot"]);
  });

  it("counts a row under the first reason that fits", () => {
    const { log } = readEventColumns({
      customer: ["a", "a", "a", "b", "b"],
      type: ["v", "v", "v", "v", "v"],
      time: [0, 1, 2, 0, 1],
      extra: { agent: ["bot", null, null, "bot", null] },
    });
    const { report } = filterBots(log, { maxEventsPerMinute: 2, bots: ["b"], userAgent: "agent" });
    expect(report.dropped).toEqual({ "listed-bot": 2, "bot-agent": 1, "event-rate": 2 });
  });

  it("agrees with a count from every event on", () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyName.filter(Boolean), fc.nat(200_000)), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (events, maxEventsPerMinute) => {
          const { log } = readEventColumns({
            customer: events.map(([who]) => who),
            type: events.map(() => "view"),
            time: events.map(([, at]) => at),
          });
          const fast = events.filter(([who, from]) => {
            const near = events.filter(([other, at]) => other === who && at >= from && at < from + minute);
            return near.length > maxEventsPerMinute;
          });
          const bots = new Set(fast.map(([who]) => who));
          const { report } = filterBots(log, { maxEventsPerMinute });
          expect(report.kept).toBe(events.filter(([who]) => !bots.has(who)).length);
          expect(report.customersRemoved).toBe(bots.size);
        },
      ),
    ));

  it("takes an empty log, and a column of user agents that does not exist for a mistake", () => {
    const empty = logAt({});
    expect(filterBots(empty).report).toMatchObject({ read: 0, kept: 0, customersRemoved: 0, busiestKept: 0 });
    expectRefusal(() => filterBots(empty, { userAgent: "agent" }), "invalid-option", "options.userAgent");
    expectRefusal(() => filterBots(empty, { maxEventsPerMinute: 0 }), "invalid-option", "options.maxEventsPerMinute");
  });
});
