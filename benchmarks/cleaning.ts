import { deduplicateEvents, type IdentityLink, readEventColumns, stitchIdentities } from "clientele/events";
import { randomOf } from "clientele/core";
import type { Python } from "./python.ts";
import { budget, type Race, type Racer, timed } from "./race.ts";

/** A log with ids, a tenth of which were delivered twice → the log without the second ones. */
export function deduplicateRace(rows: number, customers: number, python: Python | undefined): Race {
  const random = randomOf(21);
  const distinct = Math.floor(rows * 0.9);
  // The copies repeat an event whole: same customer, type and time.
  const id = Uint32Array.from({ length: rows }, (_, i) => (i < distinct ? i : random.integer(distinct)));
  const first = Float64Array.from({ length: distinct }, () => Math.floor(random.next() * 3e10));
  const owner = Uint32Array.from({ length: distinct }, () => random.integer(customers));
  const { log } = readEventColumns({
    customer: Array.from(id, (event) => `customer-${owner[event]}`),
    type: new Array<string>(rows).fill("view"),
    time: Float64Array.from(id, (event) => first[event]),
    id: Array.from(id, (event) => `event-${event}`),
  });
  const peers: Racer[] = [budget(2)];
  if (python !== undefined) {
    const shared = { id: python.share("id.u32", id), time: python.share("id-time.f64", Float64Array.from(id, (event) => first[event])) }; // prettier-ignore
    const peer = (name: string, encoded: boolean): Racer => ({ name, gate: null, lap: () => python.lap("deduplicate-pandas", { ...shared, encoded }) }); // prettier-ignore
    peers.push(
      peer("pandas drop_duplicates, ids as strings", false),
      peer("pandas drop_duplicates, ids encoded", true),
    );
  }
  return {
    kernel: "duplicates by id, contradictions told apart",
    size: `${rows} events`,
    ours: () =>
      timed(
        () => deduplicateEvents(log),
        (cleaned) => ({ kept: cleaned.log.length }),
      ),
    peers,
  };
}

/** Links between string identifiers → persons with evidence; scipy finds components and nothing else. */
export function stitchRace(count: number, users: number, python: Python | undefined): Race {
  const random = randomOf(22);
  const user = Uint32Array.from({ length: count }, () => random.integer(users));
  const cookie = Uint32Array.from(user, (owner) => owner * 3 + random.integer(3));
  const links = Array.from(user, (owner, i): IdentityLink => ({
    a: { kind: "user", value: `user-${owner}` },
    b: { kind: "cookie", value: `cookie-${cookie[i]}` },
    time: i * 1000,
  }));
  const few = Array.from({ length: 1000 }, (_, i) => `user-${i}`);
  const { log } = readEventColumns({ customer: few, type: few.map(() => "view"), time: Float64Array.from(few.keys()) });
  const peers: Racer[] = [budget(2)];
  if (python !== undefined) {
    const shared = { a: python.share("link-a.u32", user), b: python.share("link-b.u32", cookie) };
    peers.push({
      name: "pandas factorize + scipy connected_components",
      gate: null,
      lap: () => python.lap("stitch-scipy", shared),
    });
  }
  return {
    kernel: "identities from links of strings",
    size: `${count} links, ${users} users`,
    ours: () =>
      timed(
        () => stitchIdentities(log, links, { kinds: ["user", "cookie"] }),
        ({ identities }) => ({ persons: identities.length }),
      ),
    peers,
  };
}
