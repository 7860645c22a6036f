import { type AudienceDiff, audiencePayloads, type AudienceTarget, diffAudience } from "clientele/actions";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteWriter } from "../../src/numeric/bytes.ts";
import { hostileNames } from "../support/hostile.ts";
import { payloadSchemas } from "../support/payload-schemas.ts";
import { expectRefusal } from "../support/refusal.ts";

const targets: readonly AudienceTarget[] = ["hubspot", "salesforce", "marketo", "segment", "webhook"];
const diff: AudienceDiff = {
  added: [{ id: "cleo", segment: "new" }],
  removed: [{ id: "ben", segment: "loyal" }],
  changed: [{ id: "ann", segment: "loyal", from: "new", to: "loyal" }],
};
const many = (count: number): AudienceDiff => ({
  added: Array.from({ length: count }, (_, i) => ({ id: `customer-${i}`, segment: `s${i % 5}` })),
  removed: Array.from({ length: 450 }, (_, i) => ({ id: `gone-${i}`, segment: "s" })),
  changed: [],
});
const sizes = (target: AudienceTarget, of: AudienceDiff, mostRecords?: number): number[] =>
  audiencePayloads(of, { target, mostRecords }).map(({ body }) => Object.values(body).find(Array.isArray)!.length);

// Golden requests, checked by hand against the pages in test/support/payload-schemas.ts.
describe("audiencePayloads", () => {
  it("tells HubSpot: an upsert by a unique property, and an update that clears it", () => {
    expect(audiencePayloads(diff, { target: "hubspot" })).toEqual([
      {
        target: "hubspot",
        method: "POST",
        path: "/crm/v3/objects/contacts/batch/upsert",
        run: "",
        idempotencyKey: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        body: {
          inputs: [
            { id: "cleo", idProperty: "customer_id", properties: { customer_segment: "new" }, objectWriteTraceId: "cleo" }, // prettier-ignore
            { id: "ann", idProperty: "customer_id", properties: { customer_segment: "loyal" }, objectWriteTraceId: "ann" }, // prettier-ignore
          ],
        },
      },
      {
        target: "hubspot",
        method: "POST",
        path: "/crm/v3/objects/contacts/batch/update",
        run: "",
        idempotencyKey: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        body: {
          inputs: [
            { id: "ben", idProperty: "customer_id", properties: { customer_segment: "" }, objectWriteTraceId: "ben" },
          ],
        },
      },
    ]);
    const byEmail = audiencePayloads(diff, { target: "hubspot", idField: "email", attribute: "tier" });
    expect(byEmail.map(({ path }) => path)).toEqual(Array(2).fill("/crm/v3/objects/contacts/batch/upsert"));
    expect(byEmail[1].body.inputs).toEqual([
      { id: "ben", idProperty: "email", properties: { tier: "" }, objectWriteTraceId: "ben" },
    ]);
  });

  it("tells Salesforce: a collection upsert by external id that stands as a POST, null clears", () => {
    const payloads = audiencePayloads(diff, { target: "salesforce", object: "Lead", apiVersion: "61.0" });
    const path = "/services/data/v61.0/composite/sobjects/Lead/Customer_Id__c?_HttpMethod=PATCH";
    const attributes = { type: "Lead" };
    expect(payloads.map((one) => ({ path: one.path, body: one.body }))).toEqual([
      {
        path,
        body: {
          allOrNone: false,
          records: [
            { attributes, Customer_Id__c: "cleo", Customer_Segment__c: "new" },
            { attributes, Customer_Id__c: "ann", Customer_Segment__c: "loyal" },
          ],
        },
      },
      { path, body: { allOrNone: false, records: [{ attributes, Customer_Id__c: "ben", Customer_Segment__c: null }] } },
    ]);
    expect(audiencePayloads(diff, { target: "salesforce" })[0].path).toBe(
      "/services/data/v66.0/composite/sobjects/Contact/Customer_Id__c?_HttpMethod=PATCH",
    );
  });

  it("tells Marketo: leads synced by a lookup field, removals only updated", () => {
    const payloads = audiencePayloads(diff, { target: "marketo", idField: "email" });
    expect(payloads.map(({ path, body }) => ({ path, body }))).toEqual([
      {
        path: "/rest/v1/leads.json",
        body: {
          action: "createOrUpdate",
          lookupField: "email",
          input: [
            { email: "cleo", customerSegment: "new" },
            { email: "ann", customerSegment: "loyal" },
          ],
        },
      },
      {
        path: "/rest/v1/leads.json",
        body: { action: "updateOnly", lookupField: "email", input: [{ email: "ben", customerSegment: null }] },
      },
    ]);
  });

  it("tells Segment: identify with a trait, and track on request, each with a message id of its own", () => {
    const now = Date.UTC(2026, 2, 1);
    const [first, second] = audiencePayloads(diff, { target: "segment", now, trackEvent: "Segment Changed" });
    const messageId = expect.stringMatching(/^[\w-]{22}$/) as string;
    const timestamp = "2026-03-01T00:00:00.000Z";
    const event = "Segment Changed";
    expect(first.path).toBe("/v1/batch");
    expect(first.body).toEqual({
      batch: [
        { type: "identify", userId: "cleo", traits: { customer_segment: "new" }, messageId, timestamp },
        { type: "track", userId: "cleo", event, properties: { from: null, to: "new" }, messageId, timestamp },
        { type: "identify", userId: "ann", traits: { customer_segment: "loyal" }, messageId, timestamp },
        { type: "track", userId: "ann", event, properties: { from: "new", to: "loyal" }, messageId, timestamp },
      ],
    });
    expect(second.body).toEqual({
      batch: [
        { type: "identify", userId: "ben", traits: { customer_segment: null }, messageId, timestamp },
        { type: "track", userId: "ben", event, properties: { from: "loyal", to: null }, messageId, timestamp },
      ],
    });
    const messages = [first, second].flatMap(({ body }) => body.batch as { messageId: string }[]);
    expect(new Set(messages.map((message) => message.messageId)).size).toBe(6);
    expect(audiencePayloads(diff, { target: "segment" })[0].body).toEqual({
      batch: [
        { type: "identify", userId: "cleo", traits: { customer_segment: "new" }, messageId },
        { type: "identify", userId: "ann", traits: { customer_segment: "loyal" }, messageId },
      ],
    });
  });

  it("tells a webhook: what happened to whom", () => {
    const payloads = audiencePayloads(diff, {
      target: "webhook",
      path: "/hooks/segments?x=1",
      run: "2026-03-01",
      now: 0,
    });
    expect(payloads.map(({ path, body }) => ({ path, body }))).toEqual([
      {
        path: "/hooks/segments?x=1",
        body: {
          run: "2026-03-01",
          time: "1970-01-01T00:00:00.000Z",
          members: [
            { id: "cleo", change: "added", from: null, to: "new" },
            { id: "ann", change: "changed", from: "new", to: "loyal" },
          ],
        },
      },
      {
        path: "/hooks/segments?x=1",
        body: {
          run: "2026-03-01",
          time: "1970-01-01T00:00:00.000Z",
          members: [{ id: "ben", change: "removed", from: "loyal", to: null }],
        },
      },
    ]);
  });

  it.each(targets)("writes what %s documents, also for hostile names", (target) => {
    const named = hostileNames.filter((name) => name !== "");
    const hostile: AudienceDiff = {
      added: named.map((id, i) => ({ id, segment: hostileNames[i] })),
      removed: named.map((id) => ({ id: `${id}-`, segment: id })),
      changed: named.map((id) => ({ id: `${id}+`, segment: id, from: "x", to: id })),
    };
    const { path, body: isValid, mostBytes } = payloadSchemas[target];
    const found = [diff, hostile, many(1000)].flatMap((one) => audiencePayloads(one, { target }));
    for (const payload of found) {
      const text = JSON.stringify(payload.body);
      expect(payload.path).toMatch(path);
      expect(isValid(JSON.parse(text))).toBe(true);
      expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(mostBytes);
    }
  });

  it("fills requests as far as each system takes them", () => {
    expect(sizes("hubspot", many(1000))).toEqual([...Array<number>(10).fill(100), 100, 100, 100, 100, 50]);
    expect(sizes("salesforce", many(401))).toEqual([200, 200, 1, 200, 200, 50]);
    expect(sizes("marketo", many(300))).toEqual([300, 300, 150]);
    expect(sizes("webhook", many(501))).toEqual([500, 1, 450]);
    expect(sizes("hubspot", many(5), 2)).toEqual([2, 2, 1, ...Array<number>(225).fill(2)]);
    expect(sizes("marketo", many(301), 1e9)).toEqual([300, 1, 300, 150]);
  });

  it("cuts Segment's batches by messages and by bytes", () => {
    expect(sizes("segment", many(2501))).toEqual([2500, 1, 450]);
    const wide: AudienceDiff = {
      added: Array.from({ length: 40 }, (_, i) => ({ id: `${i}`, segment: "é".repeat(15_000) })),
      removed: [],
      changed: [],
    };
    const payloads = audiencePayloads(wide, { target: "segment" });
    const bytes = payloads.map(({ body }) => new TextEncoder().encode(JSON.stringify(body)).length);
    expect(payloads).toHaveLength(3);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(500_000);
    expect(Math.min(...bytes.slice(0, -1))).toBeGreaterThan(460_000);
  });

  it("writes nothing when nothing changed, and one of two for additions or removals alone", () => {
    const nothing = { added: [], removed: [], changed: [] };
    for (const target of targets) {
      expect(audiencePayloads(nothing, { target })).toEqual([]);
      expect(audiencePayloads({ ...nothing, added: diff.added }, { target })).toHaveLength(1);
      expect(audiencePayloads({ ...nothing, removed: diff.removed }, { target })).toHaveLength(1);
    }
  });

  it("tells every change of any diff once, in the order of the diff", () => {
    const members = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, unit: "binary" }), fc.constantFrom("a", "b")), {
      selector: ([id]) => id,
    });
    const asAudience = (pairs: readonly (readonly [string, string])[]) =>
      pairs.map(([id, segment]) => ({ id, segment }));
    fc.assert(
      fc.property(members, members, fc.integer({ min: 1, max: 4 }), (before, after, mostRecords) => {
        const { added, removed, changed } = diffAudience(asAudience(before), asAudience(after));
        const payloads = audiencePayloads({ added, removed, changed }, { target: "webhook", mostRecords });
        const told = payloads.flatMap(({ body }) => body.members as { id: string; from: string | null; to: string | null }[]); // prettier-ignore
        expect(told.map(({ id, from, to }) => [id, from, to])).toEqual([
          ...added.map(({ id, segment }) => [id, null, segment]),
          ...changed.map(({ id, from, to }) => [id, from, to]),
          ...removed.map(({ id, segment }) => [id, segment, null]),
        ]);
      }),
    );
  });

  it("keys a request by SHA-256 of target, path, run and body, each behind its length", () => {
    const [payload] = audiencePayloads(diff, { target: "hubspot", run: "r1" });
    const writer = byteWriter();
    for (const part of ["hubspot", payload.path, "r1", JSON.stringify(payload.body)]) writer.write(part);
    expect(payload.idempotencyKey).toBe(createHash("sha256").update(writer.bytes()).digest("hex"));
  });

  it("gives equal keys to equal requests of a run, and others to another run, target or content", () => {
    const keyOf = (of: AudienceDiff, target: AudienceTarget, run = ""): string =>
      audiencePayloads(of, { target, run })[0].idempotencyKey;
    const other = { ...diff, added: [{ id: "cleo", segment: "New" }] };
    expect(keyOf(structuredClone(diff), "marketo")).toBe(keyOf(diff, "marketo"));
    const keys = [keyOf(diff, "marketo"), keyOf(diff, "marketo", "2"), keyOf(diff, "hubspot"), keyOf(other, "marketo")];
    expect(new Set(keys).size).toBe(4);
    const idOf = (run: string): unknown =>
      (audiencePayloads(diff, { target: "segment", run })[0].body.batch as { messageId: string }[])[0].messageId;
    expect(idOf("1")).toBe(idOf("1"));
    expect(idOf("1")).not.toBe(idOf("2"));
  });

  it("takes changes without what was before", () => {
    const changed = [{ id: "ann", segment: "loyal" }];
    const [{ body }] = audiencePayloads({ added: [], removed: [], changed }, { target: "webhook" });
    expect(body.members).toEqual([{ id: "ann", change: "changed", from: null, to: "loyal" }]);
  });

  it("refuses a member without an id, one that is too large, and a diff that is none", () => {
    const added = (id: string, segment = "x") => ({ added: [{ id, segment }], removed: [], changed: [] });
    expectRefusal(() => audiencePayloads(added(""), { target: "marketo" }), "invalid-value", "diff.added[0].id");
    expectRefusal(() => audiencePayloads(added("a", "é".repeat(16_000)), { target: "segment" }), "invalid-value", "diff.added[0]"); // prettier-ignore
    expectRefusal(() => audiencePayloads(null as never, { target: "marketo" }), "shape-mismatch", "diff");
    expectRefusal(() => audiencePayloads({ added: [], changed: [] } as never, { target: "marketo" }), "shape-mismatch", "diff.removed"); // prettier-ignore
    const odd = { added: [], removed: [], changed: [{ id: "a", segment: "x", from: 7 }] };
    expectRefusal(() => audiencePayloads(odd as never, { target: "marketo" }), "invalid-value", "diff.changed[0].from");
  });

  it("refuses options of another system, and one field for both id and segment", () => {
    for (const [key, value] of [
      ["object", "Lead"],
      ["apiVersion", "61.0"],
      ["path", "/x"],
      ["trackEvent", "x"],
    ]) {
      expectRefusal(() => audiencePayloads(diff, { target: "marketo", [key]: value }), "invalid-option", `options.${key}`); // prettier-ignore
    }
    expectRefusal(() => audiencePayloads(diff, { target: "marketo", idField: "x", attribute: "x" }), "invalid-option", "options.attribute"); // prettier-ignore
    expectRefusal(() => audiencePayloads(diff, { target: "webhook", run: "x".repeat(600_000) }), "invalid-option", "options.run"); // prettier-ignore
  });
});
