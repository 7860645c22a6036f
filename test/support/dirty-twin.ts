import type { ConsentRecord } from "clientele/tables";
import type { IdentityLink } from "clientele/events";
import { randomOf } from "../../src/core/random.ts";

/** An event as a tracker delivers it. */
export interface TrackedRow {
  readonly id: string | null;
  readonly who: string | null;
  readonly what: string;
  readonly at: number | null;
  readonly agent: string;
}

/** A dirty copy of clean rows, what is needed to clean it, and what was planted. */
export interface DirtyTwin {
  readonly rows: readonly TrackedRow[];
  readonly links: readonly IdentityLink[];
  readonly consents: readonly ConsentRecord[];
  readonly bots: readonly string[];
  /** Rows by what is wrong with them, and links that must not be used. */
  readonly planted: {
    readonly missingCustomers: number;
    readonly missingTimes: number;
    readonly duplicates: number;
    readonly conflicts: number;
    readonly listedBots: number;
    readonly botAgents: number;
    readonly fastBots: number;
    readonly withdrawn: number;
    readonly early: number;
    readonly strangers: number;
    readonly placeholderLinks: number;
    readonly hubLinks: number;
  };
}

const hour = 3_600_000;
export const browser = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0";

/**
 * Makes clean rows dirty: copies and contradictions under the same id, two devices per user in place of the user id,
 * events before a consent, after its withdrawal and of people who gave none, bots of three kinds, rows without a customer
 * or a time; all in a scrambled order.
 *
 * @param clean - rows with distinct ids and user ids as customers.
 * @param seed - of the scramble.
 * @returns the twin; cleaning it must give `clean` back.
 */
export function dirtyTwin(clean: readonly TrackedRow[], seed: number): DirtyTwin {
  const random = randomOf(seed);
  const rows: TrackedRow[] = [];
  const extra = (row: Partial<TrackedRow>, at: number | null): number =>
    rows.push({ what: "planted", agent: browser, who: null, ...row, id: `planted ${rows.length}`, at });

  const spans = new Map<string, { first: number; last: number; number: number }>();
  for (const { who, at } of clean) {
    const span = spans.get(who!);
    if (span === undefined) spans.set(who!, { first: at!, last: at!, number: spans.size });
    else [span.first, span.last] = [Math.min(span.first, at!), Math.max(span.last, at!)];
  }
  const deviceOf = (user: string, which: number): string =>
    `${which === 0 ? "phone" : "laptop"} ${spans.get(user)!.number}`;

  // Every third event still carries the user id, also in the middle of a session, the others one of two devices.
  let [duplicates, conflicts] = [0, 0];
  clean.forEach((row, i) => {
    const side = random.integer(3);
    const delivered = { ...row, who: side === 2 ? row.who : deviceOf(row.who!, side) };
    rows.push(delivered);
    for (let copy = 0; copy < (i % 7 === 0 ? 1 + random.integer(3) : 0); copy++) duplicates += Math.sign(rows.push({ ...delivered })); // prettier-ignore
    if (i % 97 === 1 && i % 7 !== 0) conflicts += Math.sign(rows.push({ ...delivered, at: row.at! + 5 * hour }));
  });

  const links: IdentityLink[] = [];
  const consents: ConsentRecord[] = [];
  let [withdrawn, early, placeholderLinks, hubLinks] = [0, 0, 0, 0];
  for (const [user, { first, last, number }] of spans) {
    const login = { kind: "user", value: user };
    const device = (value: string): IdentityLink => ({ a: { kind: "device", value }, b: login, time: first + number });
    links.push(device(deviceOf(user, 0)), device(deviceOf(user, 1)));
    if (number % 50 === 0) placeholderLinks += Math.sign(links.push(device("null")));
    if (number % 60 === 0) hubLinks += Math.sign(links.push(device("kiosk in the shop")));
    const consent = { customer: user, purpose: "analytics", granted: first };
    consents.push({ ...consent, purpose: "marketing", granted: 0 });
    if (number % 5 !== 0) consents.push(consent);
    else {
      consents.push({ ...consent, withdrawn: last + 1 });
      for (let late = 0; late < 3; late++) withdrawn += Math.sign(extra({ who: deviceOf(user, late % 2) }, last + 1 + late * hour)); // prettier-ignore
    }
    if (number % 11 === 0) early += Math.sign(extra({ who: deviceOf(user, 1) }, first - hour));
  }

  const start = clean[0].at!;
  const times = (count: number, step: number, plant: (i: number) => Partial<TrackedRow>): number => {
    for (let i = 0; i < count; i++) extra(plant(i), start + i * step);
    return count;
  };
  const planted = {
    listedBots: times(90, hour, (i) => ({ who: `crawler ${i % 3}` })),
    botAgents: times(70, hour, (i) => ({ who: `visitor ${i % 7}`, agent: "Mozilla/5.0 (compatible; Googlebot/2.1)" })),
    fastBots: times(400, 50, (i) => ({ who: `fast ${i % 2}` })),
    strangers: times(60, hour, (i) => ({ who: `stranger ${i % 20}` })),
    missingCustomers: times(7, hour, () => ({ who: null })),
  };
  let missingTimes = 0;
  for (; missingTimes < 5; missingTimes++) extra({ who: "phone 0" }, null);

  const order = rows.map((row) => ({ row, key: random.next() })).sort((a, b) => a.key - b.key);
  return {
    rows: order.map(({ row }) => row),
    links: links.map((link) => ({ link, key: random.next() })).sort((a, b) => a.key - b.key).map(({ link }) => link), // prettier-ignore
    consents,
    bots: ["crawler 0", "crawler 1", "crawler 2", "not seen"],
    planted: { ...planted, missingTimes, duplicates, conflicts, withdrawn, early, placeholderLinks, hubLinks },
  };
}
