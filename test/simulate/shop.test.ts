import { createHash } from "node:crypto";
import { readEvents, sessionize } from "clientele/events";
import { simulateShop } from "clientele/simulate";
import type { CustomerTruth, ShopEvent, ShopSegment, ShopTruth } from "clientele/simulate";
import { describe, expect, it } from "vitest";
import { simulateShopOptions } from "../../src/simulate/shop.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const shop = simulateShop({ customers: 4000, days: 365, seed: 7 });
const { rows, truth } = shop;
const { conversion, chain } = truth;

/** Customers of a segment without the odd ones. */
const ordinary = ({ customers }: ShopTruth, segment?: string): CustomerTruth[] =>
  customers.filter((customer) => customer.anomaly === null && (segment ?? customer.segment) === customer.segment);

const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Asserts a mean to lie within 4 of its standard errors of what theory says: 1 in 16,000 by chance, and seeds are fixed. */
function expectMean(values: readonly number[], expected: number): void {
  const mean = meanOf(values);
  const variance = meanOf(values.map((x) => (x - mean) ** 2));
  expect(values.length).toBeGreaterThan(20);
  expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(variance / values.length));
}

/** Rows by customer, without duplicates, in the order of time. */
function historiesOf(all: readonly ShopEvent[]): Map<string, ShopEvent[]> {
  const seen = new Set<string>();
  const histories = new Map<string, ShopEvent[]>();
  for (const row of all) {
    if (seen.has(row.id)) continue;
    seen.add(row.id);
    const history = histories.get(row.customer) ?? [];
    history.push(row);
    histories.set(row.customer, history);
  }
  for (const history of histories.values()) history.sort((a, b) => a.time - b.time);
  return histories;
}

const histories = historiesOf(rows);

/** ln Γ(x) for x > 0: Stirling's series after shifting x above 10; 1e-12. */
function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
}

/** Log-likelihood of BG/NBD, Fader, Hardie & Lee (2005), equation 6, over (repeat purchases, last, observed) in days. */
function bgNbdLikelihood(
  { r, alpha, a, b }: Pick<ShopSegment, "r" | "alpha" | "a" | "b">,
  summaries: readonly (readonly [x: number, last: number, observed: number])[],
): number {
  const logBeta = (m: number, n: number): number => logGamma(m) + logGamma(n) - logGamma(m + n);
  let sum = 0;
  for (const [x, last, observed] of summaries) {
    const common = logGamma(r + x) - logGamma(r) + r * Math.log(alpha) - logBeta(a, b);
    const stayed = Math.exp(logBeta(a, b + x) - (r + x) * Math.log(alpha + observed));
    const left = x === 0 ? 0 : Math.exp(logBeta(a + 1, b + x - 1) - (r + x) * Math.log(alpha + last));
    sum += common + Math.log(stayed + left);
  }
  return sum;
}

describe("simulateShop gives rows", () => {
  it("of every customer, inside the period, with a value on purchases only", () => {
    expect(histories.size).toBe(4000);
    expect(rows.length / 4000).toBeGreaterThan(40);
    expect(rows.length / 4000).toBeLessThan(65);
    const bad = rows.filter(
      ({ time, type, value }) =>
        !Number.isInteger(time) ||
        time < truth.start ||
        time >= truth.end ||
        (type === "purchase") !== (value !== undefined) ||
        (value !== undefined && !(value >= 0.01 && Math.abs(value * 100 - Math.round(value * 100)) < 1e-6)),
    );
    expect(bad).toEqual([]);
    expect(truth.start).toBe(Date.UTC(2025, 0, 1));
    expect(truth.end).toBe(Date.UTC(2026, 0, 1));
  });

  it("with exactly the planted duplicates: copies of an earlier row, id and all", () => {
    const first = new Map<string, ShopEvent>();
    // One assertion over all rows: an assertion a row takes longer than the simulation.
    const wrong: number[] = [];
    let copies = 0;
    rows.forEach((row, i) => {
      const before = first.get(row.id);
      if (truth.rows.duplicate[i] !== (before === undefined ? 0 : 1)) wrong.push(i);
      if (before === undefined) first.set(row.id, row);
      else {
        copies++;
        if (JSON.stringify(row) !== JSON.stringify(before)) wrong.push(i);
      }
    });
    expect(wrong).toEqual([]);
    expect(copies).toBe(truth.duplicates);
    const share = truth.duplicates / first.size;
    expect(Math.abs(share - 0.01)).toBeLessThan(4 * Math.sqrt((0.01 * 0.99) / first.size));
  });

  it("in the order of arrival, with exactly the planted late ones", () => {
    let [latest, late] = [-Infinity, 0];
    const wrong = rows.filter(({ time }, i) => {
      const isLate = time < latest ? 1 : 0;
      late += isLate;
      latest = Math.max(latest, time);
      return truth.rows.late[i] !== isLate;
    });
    expect(wrong).toEqual([]);
    expect(late).toBe(truth.late);
    // The delayed ones, and the second delivery of a duplicate, when something happened in between.
    expect(late / rows.length).toBeGreaterThan(0.02);
    expect(late / rows.length).toBeLessThan(0.032);
  });

  it("that fall into the planted sessions at 30 minutes, and at 26 as well", () => {
    for (const timeout of [26, 30]) {
      let sessions = 0;
      for (const history of histories.values()) {
        history.forEach(({ time }, i) => {
          if (i === 0 || time - history[i - 1].time > timeout * 60_000) sessions++;
        });
      }
      expect(sessions).toBe(truth.sessions.length);
    }
    const misplaced = rows.filter(({ customer, time, device }, i) => {
      const session = truth.sessions[truth.rows.session[i]];
      const own = truth.customers[session.customer].id === customer && session.device === device;
      return !own || time < session.start || time > session.end;
    });
    expect(misplaced).toEqual([]);
  });

  it("in which the library finds the planted sessions", () => {
    const { log, report } = readEvents(rows, { customer: "customer", type: "type", time: "time", value: "value" });
    expect(report.accepted).toBe(rows.length);
    const { starts } = sessionize(log);
    expect(starts.length - 1).toBe(truth.sessions.length);
  });

  it("from the planted devices", () => {
    const users = new Map<string, Set<string>>();
    for (const { device, customer } of rows) users.set(device, (users.get(device) ?? new Set()).add(customer));
    const shared = [...users].filter(([, customers]) => customers.size > 1);
    const byDevice = (a: { device: string }, b: { device: string }): number => (a.device < b.device ? -1 : 1);
    expect(
      shared
        .map(([device, customers]) => ({ device, customers: [...customers].sort() }))
        .sort(byDevice),
    ).toEqual(truth.sharedDevices.map(({ device, customers }) => ({ device, customers: [...customers].sort() })).sort(byDevice)); // prettier-ignore
    const borrowers = truth.sharedDevices.reduce((sum, { customers }) => sum + customers.length - 1, 0);
    expect(Math.abs(borrowers / 4000 - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 4000));
  });
});

describe("simulateShop tells the truth", () => {
  it("about each customer: first event, purchases and sessions", () => {
    const sessions = new Map<number, number>();
    for (const { customer } of truth.sessions) sessions.set(customer, (sessions.get(customer) ?? 0) + 1);
    truth.customers.forEach((customer, i) => {
      const history = histories.get(customer.id)!;
      expect(history[0].time).toBe(customer.joined);
      expect(history.filter(({ type }) => type === "purchase").length).toBe(customer.purchases);
      expect(sessions.get(i)).toBe(customer.sessions);
    });
  });

  it("about sessions: events and order values", () => {
    const seen = new Map(truth.customers.map(({ id }) => [id, [] as number[]]));
    for (const { customer, value } of truth.sessions) {
      if (value !== null) seen.get(truth.customers[customer].id)!.push(value);
    }
    for (const [id, history] of histories) {
      expect(seen.get(id)).toEqual(history.flatMap(({ value }) => value ?? []));
    }
    expect(truth.sessions.reduce((sum, { events }) => sum + events, 0)).toBe(rows.length - truth.duplicates);
  });

  it("about the chain: its rows are distributions, and the pages follow it", () => {
    const { states, probabilities } = chain;
    expect(states[0]).toBe("(start)");
    expect(states.at(-1)).toBe("(end)");
    probabilities.slice(0, -1).forEach((row) => expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 14));
    const counts = states.map(() => states.map(() => 0));
    let [sessions, sold] = [0, 0];
    for (const customer of ordinary(truth).filter(({ expectedSpend }) => expectedSpend !== null)) {
      const paths: string[][] = [];
      histories.get(customer.id)!.forEach((row, i, history) => {
        if (i === 0 || row.time - history[i - 1].time > 30 * 60_000) paths.push([]);
        paths.at(-1)!.push(row.type);
      });
      // The first visit is drawn until it buys, so it does not follow the chain.
      for (const path of paths.slice(1)) {
        const codes = ["(start)", ...path, "(end)"].map((name) => states.indexOf(name));
        codes.slice(1).forEach((to, i) => counts[codes[i]][to]++);
        sessions++;
        if (path.at(-1) === "purchase") sold++;
      }
    }
    expect(sessions).toBeGreaterThan(20_000);
    expect(Math.abs(sold / sessions - conversion)).toBeLessThan(
      4 * Math.sqrt((conversion * (1 - conversion)) / sessions),
    );
    counts.slice(0, -1).forEach((row, from) => {
      const total = row.reduce((sum, count) => sum + count, 0);
      row.forEach((count, to) => {
        const p = probabilities[from][to];
        // 100 cells: 4.5 standard errors keep the whole family below 1 in 1,000.
        expect(Math.abs(count - total * p)).toBeLessThanOrEqual(4.5 * Math.sqrt(total * p * (1 - p)));
      });
    });
  });

  it.each(truth.segments.filter(({ buys }) => buys))("about rates, chances to leave and spend in $name", (segment) => {
    const { name, r, alpha, a, b, p, q, v } = segment;
    const customers = ordinary(truth, name);
    expectMean(customers.map(({ lambda }) => lambda), r / alpha); // prettier-ignore
    expectMean(customers.map(({ lambda }) => (lambda - r / alpha) ** 2), r / alpha ** 2); // prettier-ignore
    expectMean(customers.map((customer) => customer.p), a / (a + b)); // prettier-ignore
    expectMean(customers.map((customer) => customer.p ** 2), (a * (a + 1)) / ((a + b) * (a + b + 1))); // prettier-ignore
    expectMean(customers.map(({ expectedSpend }) => expectedSpend!), (p * v) / (q - 1)); // prettier-ignore
  });

  it("about BG/NBD: repeat purchases and departures are what λ and p say", () => {
    const buyers = ordinary(truth).filter(({ expectedSpend }) => expectedSpend !== null);
    // Given λ and p, the chance to be active at t is e^(-λpt), and the expected repeat purchases are (1 - e^(-λpt)) / p:
    // Fader, Hardie & Lee (2005), section 3. Time in sessions delays purchases by minutes of a year.
    const residuals = buyers.map(({ lambda, p, joined, purchases, alive }) => {
      const active = Math.exp((-lambda * p * (truth.end - joined)) / day);
      const expected = p === 0 ? (lambda * (truth.end - joined)) / day : (1 - active) / p;
      return { purchases: purchases - 1 - expected, alive: (alive ? 1 : 0) - active };
    });
    expectMean(residuals.map(({ purchases }) => purchases), 0); // prettier-ignore
    expectMean(residuals.map(({ alive }) => alive), 0); // prettier-ignore
  });

  it.each(["bargain", "occasional", "dormant"])(
    "about BG/NBD: in %s its parameters are likelier than others",
    (name) => {
      const summaries = ordinary(truth, name).map(({ id }) => {
        const times = histories.get(id)!.flatMap(({ type, time }) => (type === "purchase" ? [time / day] : []));
        return [times.length - 1, times.at(-1)! - times[0], truth.end / day - times[0]] as const;
      });
      const planted = truth.segments.find((segment) => segment.name === name)!;
      const atTruth = bgNbdLikelihood(planted, summaries);
      for (const parameter of ["r", "alpha", "a", "b"] as const) {
        for (const factor of [0.5, 2]) {
          const elsewhere = bgNbdLikelihood({ ...planted, [parameter]: planted[parameter] * factor }, summaries);
          // 2 in log-likelihood is as far as chance takes the maximum from the truth along one parameter.
          expect(atTruth - elsewhere).toBeGreaterThan(2);
        }
      }
    },
  );

  it("about BG/NBD: waits between purchases are exponential with the customer's rate", () => {
    const loyal = ordinary(truth, "loyal").filter(({ alive, lambda }) => alive && lambda > 0.04);
    // Of customers that stayed, every wait that begins 150 days before the end: the censored rest is e^-6.
    const waits = loyal.flatMap(({ id, lambda }) => {
      const times = histories.get(id)!.filter(({ type }) => type === "purchase").map(({ time }) => time); // prettier-ignore
      return times.slice(1).flatMap((time, i) =>
        times[i] < truth.end - 150 * day ? [((time - times[i]) / day) * lambda] : [],
      ); // prettier-ignore
    });
    expect(waits.length).toBeGreaterThan(500);
    const sorted = Float64Array.from(waits).sort();
    const distance = sorted.reduce(
      (max, x, i) => Math.max(max, Math.abs(1 - Math.exp(-x) - (i + 0.5) / sorted.length)),
      0,
    );
    expect(distance).toBeLessThan(1.95 / Math.sqrt(sorted.length) + Math.exp(-6));
  });

  it("about gamma-gamma: order values scatter around the customer's mean with variance mean² / p", () => {
    for (const { name, p, buys } of truth.segments) {
      if (!buys) continue;
      const scores = ordinary(truth, name).flatMap(({ id, expectedSpend }) =>
        histories.get(id)!.flatMap(({ value }) => (value === undefined ? [] : [value / expectedSpend! - 1])),
      );
      expectMean(scores, 0);
      expectMean(scores.map((x) => x * x), 1 / p); // prettier-ignore
    }
  });

  it("about segments and anomalies", () => {
    for (const { name, share } of truth.segments) {
      const members = truth.customers.filter(({ segment }) => segment === name).length;
      expect(Math.abs(members / 4000 - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 4000));
    }
    const odd = (kind: string): CustomerTruth[] => truth.customers.filter(({ anomaly }) => anomaly === kind);
    expect(odd("bot").length + odd("outlier").length).toBeGreaterThan(8);
    expect(odd("bot").length).toBeGreaterThan(0);
    for (const { id, purchases, sessions } of odd("bot")) {
      expect(purchases).toBe(0);
      expect(histories.get(id)!.length / sessions).toBeGreaterThanOrEqual(50);
    }
    for (const { segment, expectedSpend } of odd("outlier")) {
      if (expectedSpend === null) continue;
      const usual = meanOf(ordinary(truth, segment).map((customer) => customer.expectedSpend!));
      expect(expectedSpend / usual).toBeGreaterThan(5);
    }
    for (const { purchases, expectedSpend } of ordinary(truth, "browser")) {
      expect([purchases, expectedSpend]).toEqual([0, null]);
    }
  });
});

describe("simulateShop", () => {
  const small = { customers: 60, days: 120, seed: 3 };

  it("gives the same shop for the same seed and another for another", () => {
    expect(simulateShop(small)).toEqual(simulateShop({ ...small }));
    expect(simulateShop({ ...small, seed: 4 }).rows).not.toEqual(simulateShop(small).rows);
  });

  it("gives the bits that every engine gives", () => {
    const hash = createHash("sha256").update(JSON.stringify(simulateShop(small))).digest("hex"); // prettier-ignore
    expect(hash).toBe("b44c497941eed07e9b127cb848c3af50ec2c1a248c3cf5e7b5fa9e1b6cfd0cd1");
  });

  it("lets no one's life depend on who else is there", () => {
    const few = simulateShop(small);
    const many = simulateShop({ ...small, customers: 90 });
    expect(many.truth.customers.slice(0, 60)).toEqual(few.truth.customers);
    const known = new Set(few.truth.customers.map(({ id }) => id));
    expect(many.rows.filter(({ customer }) => known.has(customer))).toEqual(few.rows);
  });

  it("lets no life depend on how rows are delivered", () => {
    const noisy = simulateShop(small);
    const clean = simulateShop({ ...small, duplicateShare: 0, lateShare: 0 });
    expect(clean.truth.sessions).toEqual(noisy.truth.sessions);
    expect(historiesOf(clean.rows)).toEqual(historiesOf(noisy.rows));
  });

  it("leaves out what has the share 0, and does to all what has the share 1", () => {
    const none = { anomalyShare: 0, sharedDeviceShare: 0, duplicateShare: 0, lateShare: 0 };
    const clean = simulateShop({ ...small, ...none });
    expect([clean.truth.duplicates, clean.truth.late, clean.truth.sharedDevices]).toEqual([0, 0, []]);
    expect(clean.truth.customers.every(({ anomaly }) => anomaly === null)).toBe(true);
    expect(clean.rows.every(({ time }, i) => i === 0 || time >= clean.rows[i - 1].time)).toBe(true);
    const all = simulateShop({ ...small, anomalyShare: 1, sharedDeviceShare: 1, duplicateShare: 1, lateShare: 1 });
    expect(all.truth.duplicates * 2).toBe(all.rows.length);
    expect(all.truth.customers.every(({ anomaly }) => anomaly !== null)).toBe(true);
    expect(all.truth.sharedDevices).toEqual([{ device: "d0", customers: all.truth.customers.map(({ id }) => id) }]);
  });

  it("takes segments of one's own: where nobody leaves everyone is alive, where nobody buys nothing is sold", () => {
    const segment: ShopSegment = { name: "one", share: 2, buys: true, r: 50, alpha: 500, a: 0, b: 1, p: 9, q: 9, v: 8 };
    const faithful = simulateShop({ ...small, anomalyShare: 0, segments: [segment] });
    expect(faithful.truth.customers.every(({ alive, purchases }) => alive && purchases > 1)).toBe(true);
    const museum = simulateShop({ ...small, segments: [{ ...segment, buys: false }] });
    expect(museum.rows.some(({ type }) => type === "purchase")).toBe(false);
    expect(museum.rows.length).toBeGreaterThan(1000);
  });

  it("opens where and when it is told: everyone on the first day, from another start, for a single day", () => {
    const start = Date.UTC(2020, 1, 29);
    const first = simulateShop({ ...small, start, joinWithinDays: 0 });
    expect(first.truth.customers.every(({ joined }) => joined === start)).toBe(true);
    const single = simulateShop({ customers: 1, days: 1 });
    expect(single.truth.customers).toHaveLength(1);
    expect(single.rows.length).toBeGreaterThan(0);
    const crowd = simulateShop({ customers: 500, days: 1, joinWithinDays: 400 });
    expect(crowd.truth.customers.every(({ sessions }) => sessions >= 1)).toBe(true);
    expect(crowd.rows.every(({ time }) => time < crowd.truth.end)).toBe(true);
  });

  it("survives rates so small that they underflow", () => {
    const rare: ShopSegment = { name: "rare", share: 1, buys: true, r: 1e-3, alpha: 1e6, a: 1e-3, b: 1e-3, p: 1, q: 1.5, v: 1e-3 }; // prettier-ignore
    const { rows: seldom, truth: seen } = simulateShop({ ...small, segments: [rare], anomalyShare: 0 });
    expect(seen.customers.every(({ purchases }) => purchases === 1)).toBe(true);
    expect(seldom.every(({ value }) => value === undefined || (value >= 0.01 && value < Infinity))).toBe(true);
    expect(seen.customers.every(({ expectedSpend }) => Number.isFinite(expectedSpend))).toBe(true);
  });

  it("refuses bad options by name", () => {
    const start = 8.64e15 - 86_400_000;
    expect(simulateShop({ customers: 1, days: 1, start }).truth.end).toBe(8.64e15);
    expectRefusal(() => simulateShop({ customers: 1, days: 2, start }), "invalid-option", "options.start");
    expectRefusal(() => simulateShop({ days: 10 } as never), "invalid-option", "options.customers");
    expectRefusal(() => simulateShop({ customers: 1, days: 1, shops: 2 } as never), "unknown-option", "options.shops");
    for (const [key, row] of Object.entries(simulateShopOptions)) {
      for (const value of row.refused) {
        expectRefusal(() => simulateShop({ ...small, [key]: value }), "invalid-option", `options.${key}`);
      }
    }
  });
});
