import { minuteMs } from "../core/durations.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, isTextList, type OptionTable, readOptions, text } from "../core/options.ts";
import { missingCode } from "../tables/codes.ts";
import { checkLog, codesColumn, type EventLog } from "../tables/event-log.ts";
import { busiestWindows, humanEventsPerMinute } from "./event-rate.ts";
import { dropRows, type LogReport } from "./log-report.ts";

/** Options of {@link filterBots}. */
export interface FilterBotsOptions {
  /** A customer with more events than this in any 60 seconds is a bot; default 30. */
  readonly maxEventsPerMinute?: number | undefined;
  /** Customers that are known to be bots: monitors, testers, partners. */
  readonly bots?: readonly string[] | undefined;
  /** The extra column that holds the user agent; without it no event is judged by one. */
  readonly userAgent?: string | undefined;
  /** Parts of a user agent, in any case, that only programs have; replaces the list that {@link filterBots} describes. */
  readonly botAgents?: readonly string[] | undefined;
}

/** Option table of {@link filterBots}. */
export const filterBotsOptions: OptionTable<FilterBotsOptions, "userAgent" | "botAgents"> = {
  maxEventsPerMinute: integer({ min: 1, default: humanEventsPerMinute }),
  bots: custom("a list of customers", isTextList, ["bot", [1], null, {}], { default: [] }),
  userAgent: text({ optional: true }),
  botAgents: custom("a list of strings, none empty", isAgentList, ["bot", [""], [1], null, {}], { optional: true }),
};

function isAgentList(value: unknown): boolean {
  return isTextList(value) && value.every((part) => part !== "");
}

/** What {@link filterBots} did. */
export interface BotReport extends LogReport {
  /** Customers without an event left. */
  readonly customersRemoved: number;
  /** The most events that a customer who stayed has in any 60 seconds: how close people come to the limit. */
  readonly busiestKept: number;
}

/** A log without bots, and the account of what was dropped. */
export interface BotFreeLog {
  /** The rows that were kept, in their order. */
  readonly log: EventLog;
  /** Every row of the input, kept or dropped. */
  readonly report: BotReport;
}

/** What programs call themselves: crawlers, previews, monitors, browsers without a screen, libraries for scripts. */
const knownAgents: readonly string[] = [
  ...["bot", "crawl", "spider", "slurp", "archiver", "preview", "scrap", "facebookexternalhit", "mediapartners-google"],
  ...["monitor", "uptime", "pingdom", "statuscake", "lighthouse", "pagespeed", "synthetics"],
  ...["headless", "phantomjs", "puppeteer", "playwright", "selenium", "webdriver", "electron-fetch"],
  ...["curl/", "wget/", "httpie", "postman", "python-requests", "python-urllib", "aiohttp", "httpx", "libwww-perl"],
  ...["go-http-client", "apache-httpclient", "java/", "node-fetch", "axios/", "undici", "guzzlehttp"],
];

/** A brand of telephones, the one common agent of people with "bot" in it. */
const phoneBrand = /cubot/g;

const reasons = ["listed-bot", "bot-agent", "event-rate"] as const;
const [listed, byAgent, byRate] = [1, 2, 3];

/**
 * Drops the events of programs: of customers that are listed, of user agents that say so, and of customers faster than
 * any person. Bots inflate visits and ruin every average, and a conversion rate most of all.
 *
 * - `bots` and `maxEventsPerMinute` drop all events of a customer. The rate is the most events in any 60 seconds,
 *   wherever they begin, of all the customer's events; a customer with exactly the maximum stays. The default is for
 *   logs of pages and orders, where people stay below 20; raise it where every scroll and click is an event.
 * - `userAgent` drops single events, because one customer may use a browser and a script. A user agent is a program's
 *   when one of `botAgents` is a part of it, in any case. The list that is built in knows some forty: `bot`, `crawl`, `spider`,
 *   `headless`, `curl/`, `python-requests` and the like (Cubot telephones are left alone). A missing user agent proves nothing.
 *
 * Deduplicate first: a copy is no second event.
 *
 * @param log - any log.
 * @param options - see {@link FilterBotsOptions}.
 * @returns the log without bots, and a report. Each row is counted under the first reason that fits: `listed-bot`, `bot-agent`,
 * `event-rate`.
 * @throws {ClienteleError} `invalid-option` when `userAgent` names no extra column.
 * @example
 * const seconds = Array.from({ length: 200 }, (_, i) => i);
 * const { log } = readEventColumns({
 *   customer: ["ann", ...seconds.map(() => "crawler")],
 *   type: ["view", ...seconds.map(() => "view")],
 *   time: [0, ...seconds.map((second) => second * 100)],
 * });
 * const { report } = filterBots(log, { maxEventsPerMinute: 120 });
 * report.dropped; // { "event-rate": 200 }
 * report.kept; // 1
 * @see Cost: a few passes over the events, and one search per distinct user agent and known part; no regular expression
 * that could be made to run long.
 */
export function filterBots(log: EventLog, options?: FilterBotsOptions): BotFreeLog {
  const caller = "filterBots";
  const read = readOptions(caller, filterBotsOptions, options);
  checkLog(caller, log);
  const marks = new Uint8Array(log.length);
  const rates = busiestWindows(log, minuteMs);
  const { starts } = log.byCustomer;
  const wanted = new Set(read.bots);
  const known = log.customer.names.map((name) => wanted.delete(name));
  for (let customer = 0; customer < rates.length; customer++) {
    if (known[customer]) marks.fill(listed, starts[customer], starts[customer + 1]);
  }
  if (read.userAgent !== undefined) markAgents(caller, log, read.userAgent, read.botAgents ?? knownAgents, marks);
  let customersRemoved = 0;
  let busiestKept = 0;
  for (let customer = 0; customer < rates.length; customer++) {
    let kept = 0;
    for (let row = starts[customer]; row < starts[customer + 1]; row++) {
      if (marks[row] === 0 && rates[customer] > read.maxEventsPerMinute) marks[row] = byRate;
      if (marks[row] === 0) kept++;
    }
    if (kept > 0) busiestKept = Math.max(busiestKept, rates[customer]);
    else if (starts[customer] < starts[customer + 1]) customersRemoved++;
  }
  const cleaned = dropRows(log, marks, reasons, notesOf(wanted.size));
  return { log: cleaned.log, report: { ...cleaned.report, customersRemoved, busiestKept } };
}

function markAgents(caller: string, log: EventLog, column: string, parts: readonly string[], marks: Uint8Array): void {
  const { codes, names } = codesColumn(caller, log, "options.userAgent", column);
  const lowered = parts.map((part) => part.toLowerCase());
  const isProgram = Uint8Array.from(names, (name) => {
    const agent = name.toLowerCase().replace(phoneBrand, "");
    return lowered.some((part) => agent.includes(part)) ? 1 : 0;
  });
  for (let row = 0; row < marks.length; row++) {
    if (marks[row] === 0 && codes[row] !== missingCode && isProgram[codes[row]] === 1) marks[row] = byAgent;
  }
}

function notesOf(unknown: number): Note[] {
  if (unknown === 0) return [];
  return [{ code: "unknown-bots", message: `${unknown} of options.bots have no event in the log.` }];
}
