import { filterConsent, pseudonymize, readEventColumns } from "clientele/events";
import { randomOf } from "clientele/core";
import type { Python } from "./python.ts";
import { budget, type Race, type Racer, timed } from "./race.ts";

/** A log in which every event is another customer's → keyed pseudonyms of all. */
export function pseudonymRace(count: number, python: Python | undefined): Race {
  const names = Array.from({ length: count }, (_, i) => `customer-${i}@example.org`);
  const { log } = readEventColumns({ customer: names, type: names.map(() => "view"), time: new Float64Array(count) });
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const peers: Racer[] = [budget(10)];
  if (python !== undefined) {
    const peer: Racer = { name: "Python's hmac (OpenSSL), one call a name", gate: null, lap: () => python.lap("pseudonyms-hmac", { count }) }; // prettier-ignore
    peers.push(peer);
  }
  return {
    kernel: "pseudonyms by HMAC-SHA-256, log sorted anew",
    size: `${count} customers`,
    ours: () =>
      timed(
        () => pseudonymize(log, { key, keyId: "k1" }),
        (hidden) => ({ pseudonyms: hidden.log.customer.names.length }),
      ),
    peers,
  };
}

/** A log and one consent per customer, a third of them withdrawn → the events that may be used. */
export function consentRace(rows: number, customers: number, python: Python | undefined): Race {
  const random = randomOf(23);
  const names = Array.from({ length: customers }, (_, i) => `customer-${i}`);
  const customer = Uint32Array.from({ length: rows }, () => random.integer(customers));
  const time = Float64Array.from(customer, () => Math.floor(random.next() * 3e10));
  const { log } = readEventColumns({ customer: { codes: customer, names }, type: new Array<string>(rows).fill("view"), time }); // prettier-ignore
  const granted = Float64Array.from(names, () => Math.floor(random.next() * 1e10));
  const withdrawn = granted.map((from, i) => (i % 3 === 0 ? from + Math.floor(random.next() * 1e10) : Infinity));
  const consents = names.map((name, i) => ({
    customer: name,
    purpose: "analytics",
    granted: granted[i],
    withdrawn: withdrawn[i] === Infinity ? null : withdrawn[i],
  }));
  const peers: Racer[] = [];
  if (python !== undefined) {
    const shared = {
      customer: python.share("consent-customer.u32", customer),
      time: python.share("consent-time.f64", time),
      granted: python.share("granted.f64", granted),
      withdrawn: python.share("withdrawn.f64", withdrawn),
    };
    peers.push({
      name: "pandas merge and mask, integer ids",
      gate: null,
      lap: () => python.lap("consent-pandas", shared),
    });
  }
  return {
    kernel: "events by consent",
    size: `${rows} events, ${customers} consents`,
    ours: () =>
      timed(
        () => filterConsent(log, { consents, purpose: "analytics" }),
        (allowed) => ({ kept: allowed.log.length }),
      ),
    peers,
  };
}
