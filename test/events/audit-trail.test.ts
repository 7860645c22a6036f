import { createHash } from "node:crypto";
import {
  appendAudit,
  type AuditRecord,
  type AuditTrail,
  createAuditTrail,
  pseudonymOf,
  verifyAudit,
} from "clientele/events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileNames } from "../support/hostile.ts";
import { bitsOf, freezeDeep } from "../support/inspect.ts";
import { expectRefusal, refusalOf } from "../support/refusal.ts";

const subject = pseudonymOf("ann", { key: new Uint8Array(16).fill(1), keyId: "k1" });
const trailOf = (length: number): AuditTrail => {
  let trail = createAuditTrail();
  for (let i = 0; i < length; i++) {
    trail = appendAudit(trail, {
      actor: `analyst ${i % 3}`,
      action: i % 2 === 0 ? "filter-consent" : "erase",
      time: 1_700_000_000_000 + i,
      ...(i % 2 === 0 && { parameters: { purpose: "analytics", strict: true, limit: i, until: null } }),
      ...(i % 3 === 0 && { counts: { read: 10, kept: 10 - (i % 10) } }),
      ...(i % 5 === 1 && { subjects: [subject] }),
    });
  }
  return trail;
};
const withEntries = (trail: AuditTrail, entries: readonly unknown[]): AuditTrail => ({ ...trail, entries: entries as AuditRecord[] }); // prettier-ignore

describe("appendAudit", () => {
  it("makes a new trail, with who, what, when, settings, counts and the version, and leaves the old one as it was", () => {
    const empty = freezeDeep(createAuditTrail());
    const entry = freezeDeep({ actor: "job", action: "export", time: 5, parameters: { k: 3 }, counts: { read: 2 }, subjects: [subject] }); // prettier-ignore
    const trail = appendAudit(empty, entry);
    expect(empty.entries).toEqual([]);
    expect(trail.entries).toEqual([{ ...entry, library: "0.1.0", hash: trail.head }]);
    expect(trail).toMatchObject({ kind: "audit-trail", version: 1, length: 1 });
    expect(trail.head).toMatch(/^[0-9a-f]{64}$/);
  });

  it("hashes what the decision record describes, so that another program can check a trail", () => {
    const trail = appendAudit(createAuditTrail(), { actor: "job", action: "fit", time: 5 });
    const part = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
    const fields = [["action", "text", "fit"], ["actor", "text", "job"], ["library", "text", "0.1.0"], ["time", "5"]].flat(); // prettier-ignore
    const bytes = Buffer.concat(["0".repeat(64), "0", "object 4", ...fields].map(part));
    expect(trail.head).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("holds no raw id: subjects are pseudonyms, addresses and long texts are refused, and no message quotes them", () => {
    const base = { actor: "job", action: "erase", time: 0 };
    const wrong: readonly [object, string][] = [
      [{ subjects: ["ann"] }, "entry.subjects"],
      [{ subjects: [5] }, "entry.subjects"],
      [{ action: "erase ann@example.org" }, "entry.action"],
      [{ parameters: { who: "ann@example.org" } }, "entry.parameters[0]"],
      [{ parameters: { ok: 1, "ann@example.org": 1 } }, "entry.parameters[1]"],
      [{ parameters: { rows: [{ customer: "ann" }] } }, "entry.parameters[0]"],
      [{ parameters: { text: "x".repeat(201) } }, "entry.parameters[0]"],
      [{ counts: { read: NaN } }, "entry.counts[0]"],
      [{ counts: { read: "ann" } }, "entry.counts[0]"],
      [{ counts: ["ann"] }, "entry.counts"],
      [{ time: "2024-01-01" }, "entry.time"],
      [{ actor: "" }, "entry.actor"],
    ];
    for (const [part, path] of wrong) {
      const error = refusalOf(() => appendAudit(createAuditTrail(), { ...base, ...part }));
      expect({ code: error.code, path: error.path }).toEqual({ code: "invalid-value", path });
      expect(error.message).not.toContain("ann@");
    }
    const unknown = { ...base, customer: "ann" };
    expectRefusal(() => appendAudit(createAuditTrail(), unknown), "unknown-option", "entry.customer");
    expectRefusal(() => appendAudit(createAuditTrail(), null as never), "invalid-value", "entry");
  });

  it("takes hostile words as data", () => {
    let trail = createAuditTrail();
    const words = hostileNames.filter((name) => name.length <= 200 && !name.includes("@"));
    for (const name of words.filter((word) => word !== "")) {
      trail = appendAudit(trail, {
        actor: name,
        action: name,
        time: 0,
        parameters: Object.fromEntries([[name, name]]),
      });
    }
    expect(verifyAudit(JSON.parse(JSON.stringify(trail)) as AuditTrail)).toEqual({ valid: true, index: null });
  });

  it("refuses to go on from a trail whose end is damaged, and from what is no trail", () => {
    const trail = trailOf(3);
    const entry = { actor: "job", action: "fit", time: 0 };
    for (const damaged of [
      { ...trail, length: 4 },
      { ...trail, head: trail.entries[1].hash },
      withEntries(trail, trail.entries.slice(0, 2)),
    ]) {
      // prettier-ignore
      expectRefusal(() => appendAudit(damaged, entry), "incompatible-model", "trail.head");
    }
    for (const none of [null, [], {}, "trail", { kind: "k-means" }]) {
      expectRefusal(() => appendAudit(none as never, entry), "incompatible-model", "trail");
    }
  });
});

describe("verifyAudit", () => {
  const trail = trailOf(12);

  it("finds nothing in a trail as it was written, also after JSON and a structured clone", () => {
    for (const copy of [trail, JSON.parse(JSON.stringify(trail)) as AuditTrail, structuredClone(trail)]) {
      expect(verifyAudit(copy)).toEqual({ valid: true, index: null });
    }
    expect(verifyAudit(createAuditTrail())).toEqual({ valid: true, index: null });
  });

  it("does not depend on the order of keys", () => {
    const turned = trail.entries.map((record) => Object.fromEntries(Object.entries(record).reverse()));
    expect(verifyAudit(withEntries(trail, turned)).valid).toBe(true);
  });

  const at = fc.integer({ min: 0, max: 11 });

  it("finds any edit of any field, at its entry", () => {
    const edit = fc.oneof(
      fc.constantFrom<unknown>("someone", "", 0, -1, null, true, [], {}, undefined, "text"),
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())),
    );
    const field = fc.oneof(fc.constantFrom("actor", "action", "time", "parameters", "counts", "subjects", "library", "hash", "more"), fc.string()); // prettier-ignore
    fc.assert(
      fc.property(at, field, edit, (i, key, value) => {
        const record = Object.fromEntries([...Object.entries(trail.entries[i]).filter(([name]) => name !== key), [key, value]]); // prettier-ignore
        // What JSON writes alike is no edit.
        fc.pre(JSON.stringify(sorted(record)) !== JSON.stringify(sorted(trail.entries[i])));
        expect(verifyAudit(withEntries(trail, trail.entries.with(i, record as never)))).toEqual({ valid: false, index: i }); // prettier-ignore
      }),
      { numRuns: 1000 },
    );
  });

  it("finds edits inside parameters, counts and subjects", () => {
    const edits: readonly [number, object][] = [
      [0, { parameters: { ...trail.entries[0].parameters, purpose: "marketing" } }],
      [2, { parameters: { purpose: "analytics", strict: true, limit: "2", until: null } }],
      [4, { parameters: { purpose: "analytics", strict: "true", limit: 4, until: null } }],
      [6, { counts: { ...trail.entries[6].counts, kept: 5 } }],
      [1, { subjects: [] }],
      [1, { subjects: [subject, subject] }],
    ];
    for (const [i, part] of edits) {
      const entries = trail.entries.with(i, { ...trail.entries[i], ...part });
      expect(verifyAudit(withEntries(trail, entries))).toEqual({ valid: false, index: i });
    }
  });

  it("finds the first of dropped, repeated, inserted and swapped entries", () => {
    fc.assert(
      fc.property(at, at, (i, j) => {
        expect(verifyAudit(withEntries(trail, trail.entries.toSpliced(i, 1)))).toEqual({ valid: false, index: i });
        expect(verifyAudit(withEntries(trail, trail.entries.toSpliced(i + 1, 0, trail.entries[i])))).toEqual({ valid: false, index: i + 1 }); // prettier-ignore
        const swapped = trail.entries.with(i, trail.entries[j]).with(j, trail.entries[i]);
        expect(verifyAudit(withEntries(trail, swapped))).toEqual(i === j ? { valid: true, index: null } : { valid: false, index: Math.min(i, j) }); // prettier-ignore
      }),
    );
  });

  it("finds a missing tail at the first entry that is missing, and a changed head or length", () => {
    expect(verifyAudit(withEntries(trail, trail.entries.slice(0, 7)))).toEqual({ valid: false, index: 7 });
    expect(verifyAudit(withEntries(trail, []))).toEqual({ valid: false, index: 0 });
    expect(verifyAudit({ ...trail, head: trail.entries[3].hash })).toEqual({ valid: false, index: 11 });
    expect(verifyAudit({ ...trail, length: 3 })).toEqual({ valid: false, index: 3 });
    expect(verifyAudit({ ...trail, length: NaN })).toEqual({ valid: false, index: 12 });
  });

  it("finds a chain that was made anew, or cut with its head, by an anchor kept elsewhere", () => {
    const anchor = { length: trail.length, head: trail.head };
    const forged = trailOf(11);
    const grown = appendAudit(trail, { actor: "job", action: "fit", time: 0 });
    expect(verifyAudit(forged)).toEqual({ valid: true, index: null });
    expect(verifyAudit(forged, anchor)).toEqual({ valid: false, index: 11 });
    expect(verifyAudit(appendAudit(forged, { actor: "mallory", action: "fit", time: 0 }), anchor)).toEqual({ valid: false, index: 11 }); // prettier-ignore
    expect(verifyAudit(grown, anchor)).toEqual({ valid: true, index: null });
    expectRefusal(() => verifyAudit(trail, {} as never), "invalid-value", "anchor");
  });

  it("takes rubbish in place of an entry as damage, however deep", () => {
    let deep: unknown = 1;
    for (let i = 0; i < 50_000; i++) deep = [deep];
    for (const rubbish of [
      null,
      undefined,
      5,
      "entry",
      [],
      {},
      { ...trail.entries[4], parameters: deep },
      { ...trail.entries[4], time: 5n },
    ]) {
      // prettier-ignore
      expect(verifyAudit(withEntries(trail, trail.entries.with(4, rubbish as never)))).toEqual({ valid: false, index: 4 }); // prettier-ignore
    }
    expectRefusal(() => verifyAudit({ ...trail, entries: 5 as never }), "incompatible-model", "trail");
  });

  const sorted = (record: object): object => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))); // prettier-ignore

  it("gives the same trail for the same entries", () => {
    expect(bitsOf(trailOf(5))).toBe(bitsOf(trailOf(5)));
  });
});
