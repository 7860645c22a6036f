import {
  deriveSessions,
  type Identifier,
  type IdentityLink,
  readEvents,
  sessionize,
  stitchIdentities,
  type StitchIdentitiesOptions,
  toEvents,
} from "clientele/events";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleaningLaws } from "../laws/cleaning-laws.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";
import { shuffled } from "../support/rows.ts";

const kinds = ["user", "email", "cookie", "device"];
const options: StitchIdentitiesOptions = { kinds };

/** `"user:ann cookie:c1 5"`: a link with its time. */
function link(text: string): IdentityLink {
  const [a, b, time] = text.split(" ");
  const identifier = (part: string): Identifier => {
    const colon = part.indexOf(":");
    return { kind: part.slice(0, colon), value: part.slice(colon + 1) };
  };
  return { a: identifier(a), b: identifier(b), ...(time === undefined ? {} : { time: Number(time) }) };
}

function logOf(customers: readonly string[], times: readonly number[] = customers.map((_, i) => i)): EventLog {
  const rows = customers.map((who, i) => ({ who, at: times[i] }));
  return readEvents(rows, { customer: "who", type: () => "view", time: "at" }).log;
}

const stitch = (customers: readonly string[], links: readonly string[], more: Partial<StitchIdentitiesOptions> = {}) =>
  stitchIdentities(logOf(customers), links.map(link), { ...options, ...more });
const customersOf = (...args: Parameters<typeof stitch>): readonly string[] => stitch(...args).log.customer.names;

const anyLink: fc.Arbitrary<IdentityLink> = fc
  .tuple(
    fc.constantFrom(...kinds),
    fc.constantFrom("a", "b", "c", "__proto__", "null", "10", "\ud800"),
    fc.constantFrom(...kinds),
    fc.constantFrom("a", "b", "c", "d", "constructor", "10"),
    fc.constantFrom(undefined, 0, 1, 5, 5, 9),
  )
  .map(([kindA, a, kindB, b, time]) => ({
    a: { kind: kindA, value: a },
    b: { kind: kindB, value: b },
    ...(time === undefined ? {} : { time }),
  }));
const someLinks = fc.array(anyLink, { maxLength: 14 });

cleaningLaws("stitchIdentities", (log) =>
  stitchIdentities(log, ["user:10 cookie:a", "user:10 cookie:b 5", "user:ann cookie:b 7"].map(link), options),
);

describe("stitchIdentities", () => {
  it("puts the visits before the login, the e-mail and the second device together", () => {
    const links = ["cookie:c1 user:ann", "email:a@x.org user:ann", "device:d1 email:a@x.org"];
    const { log, identities, conflicts, report } = stitch(["c1", "ann", "d1", "bo"], links);
    expect(log.customer.names).toEqual(["ann", "bo"]);
    expect(conflicts).toEqual([]);
    expect(identities).toEqual([
      {
        customer: "ann",
        identifiers: [link("user:ann email:a@x.org").a, link("user:ann email:a@x.org").b, link("cookie:c1 device:d1").a, link("cookie:c1 device:d1").b], // prettier-ignore
        links: [
          { ...link("user:ann email:a@x.org"), count: 1, time: null },
          { ...link("user:ann cookie:c1"), count: 1, time: null },
          { ...link("email:a@x.org device:d1"), count: 1, time: null },
        ],
      },
    ]);
    expect(report).toMatchObject({ read: 4, kept: 4, dropped: {}, customersBefore: 4, customersAfter: 2 });
    expect(report.links).toEqual({ read: 3, used: 3, refused: {} });
  });

  it("does not split the session in which the user logs in", () => {
    const minute = 60_000;
    const log = logOf(["c1", "c1", "ann", "ann"], [0, 10 * minute, 20 * minute, 30 * minute]);
    expect(sessionize(log).starts).toHaveLength(3);
    const stitched = stitchIdentities(log, [link(`cookie:c1 user:ann ${20 * minute}`)], options).log;
    expect(deriveSessions(stitched, sessionize(stitched)).ids).toEqual(["ann#1"]);
  });

  it("never joins two users, and shows which links would have", () => {
    const { log, conflicts } = stitch(
      ["u1", "u2", "e", "c"],
      ["user:u1 email:e", "user:u2 cookie:c", "cookie:c email:e 5"],
    );
    expect(log.customer.names).toEqual(["u1", "u2"]);
    expect(conflicts).toEqual([
      {
        kind: "user",
        values: ["u1", "u2"],
        links: [{ ...link("email:e cookie:c"), count: 1, time: 5 }],
        resolution: "refused",
      },
    ]);
    expect(customersOf(["u1", "u2"], ["user:u1 user:u2"])).toEqual(["u1", "u2"]);
    expect(customersOf(["u1", "u2"], ["user:u1 user:u2"], { unique: [] })).toEqual(["u1"]);
  });

  it("gives each event of a shared device to the user who logged in last, and the first ones to the first", () => {
    const log = logOf(["d", "d", "d", "d", "d"], [0, 10, 19, 20, 35]);
    const links = ["device:d user:ann 10", "device:d user:bo 20", "device:d user:bo 25", "device:d user:ann 30"].map(
      link,
    );
    const { log: stitched, shared, conflicts } = stitchIdentities(log, links, options);
    expect(toEvents(stitched).map(({ customer, time }) => `${customer} ${time}`)).toEqual([
      "ann 0",
      "ann 10",
      "ann 19",
      "ann 35",
      "bo 20",
    ]);
    expect(shared).toEqual([
      {
        identifier: { kind: "device", value: "d" },
        spells: [
          { customer: "ann", from: 10 },
          { customer: "bo", from: 20 },
          { customer: "ann", from: 30 },
        ],
      },
    ]);
    expect(conflicts).toMatchObject([{ kind: "user", values: ["ann", "bo"], resolution: "by-time" }]);
  });

  it("leaves a shared device alone when a login has no time", () => {
    const { log, conflicts, report } = stitch(["d"], ["device:d user:ann 10", "device:d user:bo"]);
    expect(log.customer.names).toEqual(["d"]);
    expect(conflicts).toMatchObject([{ values: ["ann", "bo"], resolution: "refused" }]);
    expect(report.links).toEqual({ read: 2, used: 0, refused: { conflict: 2 } });
  });

  it.each([
    "null",
    "NULL",
    " null ",
    "undefined",
    "0",
    "",
    "None",
    "unknown",
    "n/a",
    "-",
    "NaN",
    "00000000-0000-0000-0000-000000000000",
    "kiosk",
  ])("joins nobody through %j", (value) => {
    const links = [
      { a: { kind: "cookie", value }, b: { kind: "user", value: "ann" } },
      { a: { kind: "cookie", value }, b: { kind: "email", value: "b@x.org" } },
    ];
    const log = logOf(["ann", "b@x.org"]);
    const { log: stitched, report } = stitchIdentities(log, links, { kinds, placeholders: ["Kiosk"] });
    expect(stitched.customer.names).toEqual(["ann", "b@x.org"]);
    expect(report.links.refused).toEqual({ placeholder: 2 });
  });

  it("uses no link of a hub, and takes exactly the maximum for a person's", () => {
    const links = ["email:a device:d", "email:b device:d", "email:c device:d"];
    expect(customersOf(["a", "b", "c"], links, { maxPerHub: 3 })).toEqual(["a"]);
    const { log, hubs, report } = stitch(["a", "b", "c"], links, { maxPerHub: 2 });
    expect(log.customer.names).toEqual(["a", "b", "c"]);
    expect(hubs).toEqual([{ identifier: { kind: "device", value: "d" }, linkedWith: 3 }]);
    expect(report.links.refused).toEqual({ hub: 3 });
  });

  it("undoes a merge when it runs again without the evidence", () => {
    const links = ["user:ann cookie:c1", "cookie:c1 device:d", "cookie:c2 device:d"];
    const { identities } = stitch(["c1", "c2"], links);
    const wrong = identities[0].links.filter(({ a }) => a.value === "c2");
    expect(customersOf(["c1", "c2"], links, { except: wrong })).toEqual(["ann", "c2"]);
  });

  it("keeps a person's name when others are linked, and when weaker identifiers join", () => {
    const links = ["user:bo cookie:c1", "user:bo cookie:c2"];
    const others = ["user:ann cookie:x", "device:y email:z", "cookie:c1 device:0d", "cookie:c2 email:a"];
    expect(customersOf(["c1"], links)).toEqual(["bo"]);
    expect(customersOf(["c1"], [...others, ...links])).toEqual(["bo"]);
  });

  it("never makes one person of a user and a device with the same value", () => {
    const { log, report } = stitch(["42", "43", "c"], ["user:42 cookie:c", "device:42 device:43"]);
    expect(log.customer.names).toEqual(["42", "device:42"]);
    expect(report.notes.map(({ code }) => code)).toEqual(["ambiguous-customers", "prefixed-names"]);
    expect(customersOf(["42"], ["user:42 cookie:c", "device:42 device:43"], { customerKind: "device" })).toEqual(["device:42"]); // prettier-ignore
  });

  it("finds the components of a plain union-find, whatever the order of links", () =>
    fc.assert(
      fc.property(someLinks, fc.nat(), (links, salt) => {
        const names = ["a", "b", "c", "d", "10", "constructor", "__proto__", "\ud800", "never"];
        const free: StitchIdentitiesOptions = { kinds, unique: [], maxPerHub: 99, customerKind: "cookie" };
        const stitched = stitchIdentities(logOf(names), links, free);
        const key = ({ kind, value }: Identifier): string => `${kind} ${value}`;
        const label = new Map<string, string>(names.map((name) => [`cookie ${name}`, `cookie ${name}`]));
        const used = links.filter(({ a, b }) => a.value !== "null" && key(a) !== key(b));
        for (const { a, b } of used) for (const end of [a, b]) label.set(key(end), key(end));
        for (let changed = true; changed;) {
          changed = false;
          for (const { a, b } of used) {
            const [one, other] = [label.get(key(a))!, label.get(key(b))!];
            if (one !== other) changed = true;
            for (const end of [a, b]) label.set(key(end), one < other ? one : other);
          }
        }
        // The event of names[i] happened at time i.
        const personOf = new Map(toEvents(stitched.log).map(({ customer, time }) => [names[time], customer]));
        for (const one of names) {
          for (const other of names) {
            const isOne = label.get(`cookie ${one}`) === label.get(`cookie ${other}`);
            expect(personOf.get(one) === personOf.get(other)).toBe(isOne);
          }
        }
        for (const { customer, identifiers } of stitched.identities) {
          const [{ kind, value }] = identifiers.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.value < b.value ? -1 : 1)); // prettier-ignore
          expect([value, `${kind}:${value}`, `${kind}:${kind}:${value}`]).toContain(customer);
          for (const identifier of identifiers) expect(label.get(key(identifier))).toBe(label.get(key(identifiers[0])));
        }
        const again = stitchIdentities(
          logOf(names),
          shuffled(links.length, salt).map((i) => links[i]),
          free,
        );
        expect(bitsOf(again)).toBe(bitsOf(stitched));
      }),
      { numRuns: 200 },
    ));

  it("gives the same bits for every order of links, and keeps unique values apart, under all guards", () =>
    fc.assert(
      fc.property(someLinks, fc.nat(), fc.constantFrom(1, 2, 10), (links, salt, maxPerHub) => {
        const names = ["a", "b", "c", "d", "10", "never"];
        const guarded: StitchIdentitiesOptions = { kinds, unique: ["user", "email"], maxPerHub };
        const stitched = stitchIdentities(logOf(names), links, guarded);
        const turned = shuffled(links.length, salt).map((i) => ({ ...links[i], a: links[i].b, b: links[i].a }));
        expect(bitsOf(stitchIdentities(logOf(names), turned, guarded))).toBe(bitsOf(stitched));
        for (const { identifiers } of stitched.identities) {
          for (const kind of ["user", "email"]) {
            expect(identifiers.filter((one) => one.kind === kind).length).toBeLessThan(2);
          }
        }
        const { read, used, refused } = stitched.report.links;
        expect(used + Object.values(refused).reduce((sum, count) => sum + count, 0)).toBe(read);
      }),
      { numRuns: 300 },
    ));

  it("takes times of either zero for one, whatever the order of links", () => {
    const zeros = [0, -0].map((time) => ({ ...link("user:ann cookie:c"), time }));
    const [one, other] = [zeros, zeros.toReversed()].map((links) => stitchIdentities(logOf(["c"]), links, options));
    expect(bitsOf(one)).toBe(bitsOf(other));
  });

  it("takes a chain of many links, a star and an empty list", () => {
    const chain = Array.from({ length: 50_000 }, (_, i) => ({ a: { kind: "cookie", value: `c${i}` }, b: { kind: "cookie", value: `c${i + 1}` } })); // prettier-ignore
    expect(stitchIdentities(logOf(["c7", "c50000"]), chain, options).log.customer.names).toEqual(["c0"]);
    const star = Array.from({ length: 50_000 }, (_, i) => ({ a: { kind: "user", value: "u" }, b: { kind: "cookie", value: `c${i}` } })); // prettier-ignore
    expect(stitchIdentities(logOf(["c7", "c49999"]), star, options).identities[0].links).toHaveLength(50_000);
    const { log, identities } = stitch(["a"], []);
    expect([log.customer.names, identities]).toEqual([["a"], []]);
  });

  it("refuses what is no link, with its place and without its content", () => {
    const run = (links: unknown, more: object = {}) =>
      stitchIdentities(logOf(["a"]), links as never, { ...options, ...more });
    const good = link("user:a cookie:b");
    expectRefusal(() => run(null), "shape-mismatch", "links");
    expectRefusal(() => run("user"), "shape-mismatch", "links");
    expectRefusal(() => run([good, null]), "invalid-value", "links[1]");
    expectRefusal(() => run([{ ...good, b: { kind: "phone", value: "1" } }]), "invalid-value", "links[0].b.kind");
    expectRefusal(() => run([{ ...good, a: undefined }]), "invalid-value", "links[0].a.kind");
    expectRefusal(() => run([{ ...good, a: { kind: "user", value: 5 } }]), "invalid-value", "links[0].a.value");
    expectRefusal(() => run([{ ...good, time: NaN }]), "invalid-value", "links[0].time");
    expectRefusal(() => run([], { unique: ["phone"] }), "invalid-option", "options.unique[0]");
    expectRefusal(() => run([], { customerKind: "phone" }), "invalid-option", "options.customerKind");
    expectRefusal(() => run([], { except: [link("phone:1 user:a")] }), "invalid-option", "options.except[0].a.kind");
  });
});
