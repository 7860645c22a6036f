import {
  type AudienceAnswer,
  type AudiencePayload,
  audiencePayloads,
  type AudienceTarget,
  planRetry,
  type RetryPlan,
} from "clientele/actions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const names = ["ann", "ben", "cleo", "dora"];
const members = (ids: readonly string[]) => ids.map((id) => ({ id, segment: "s" }));
const requests = (target: AudienceTarget, ids: readonly string[] = names): AudiencePayload[] =>
  audiencePayloads({ added: members(ids), removed: [], changed: [] }, { target });
const removals = (target: AudienceTarget): AudiencePayload[] =>
  audiencePayloads({ added: [], removed: members(names), changed: [] }, { target });
const idsOf = ({ target, body }: AudiencePayload): unknown[] => {
  const [list] = Object.values(body).filter(Array.isArray) as Record<string, unknown>[][];
  const key = { hubspot: "id", salesforce: "Customer_Id__c", marketo: "customerId", segment: "userId", webhook: "id" };
  return list.map((record) => record[key[target]]);
};
const brief = ({ delivered, retry, givenUp }: RetryPlan): unknown => ({
  delivered,
  retry: retry.map(({ payload, reason }) => [idsOf(payload), reason]),
  givenUp: givenUp.map(({ payload, reason, because }) => [idsOf(payload), reason, because]),
});
const plan = (payloads: AudiencePayload[], answer: AudienceAnswer | null, attempt = 1): RetryPlan =>
  planRetry(payloads, [answer], { now: 1_000_000, attempt });
const all = (reason: string): unknown => ({ delivered: 0, retry: [[names, reason]], givenUp: [] });
const none = (reason: string): unknown => ({ delivered: 0, retry: [], givenUp: [[names, reason, "refused"]] });
const done = { delivered: 4, retry: [], givenUp: [] };

describe("planRetry", () => {
  it.each(["hubspot", "segment", "webhook"] as const)("takes 200 of %s as all delivered", (target) => {
    expect(brief(plan(requests(target), { status: 200 }))).toEqual(done);
  });

  // The answers have the fields that HubSpot documents: developers.hubspot.com/docs/api-reference/error-handling.
  it("sends again only the records that HubSpot's 207 names, where the reason may pass", () => {
    const body = {
      status: "COMPLETE",
      results: [{ id: "51", objectWriteTraceId: "ann" }],
      numErrors: 3,
      errors: [
        { status: "error", category: "VALIDATION_ERROR", context: { objectWriteTraceId: ["ben"] } },
        { status: "error", category: "RATE_LIMITS", context: { ids: ["cleo"] } },
        { status: "error", category: "VALIDATION_ERROR", context: { id: "dora" } },
      ],
    };
    expect(brief(plan(requests("hubspot"), { status: 207, body }))).toEqual({
      delivered: 1,
      retry: [[["cleo"], "RATE_LIMITS"]],
      givenUp: [[["ben", "dora"], "VALIDATION_ERROR", "refused"]],
    });
  });

  it("sends again what a 207 neither confirms nor names", () => {
    const results = [{ objectWriteTraceId: "ben" }];
    const unnamed = { results, errors: [{ category: "VALIDATION_ERROR", context: { ids: ["a stranger"] } }] };
    const expected = { delivered: 1, retry: [[["ann", "cleo", "dora"], "unconfirmed"]], givenUp: [] };
    expect(brief(plan(requests("hubspot"), { status: 207, body: unnamed }))).toEqual(expected);
    expect(brief(plan(requests("hubspot"), { status: 207, body: { results } }))).toEqual(expected);
    expect(brief(plan(requests("hubspot"), { status: 207, body: "<html>" }))).toEqual(all("unconfirmed"));
  });

  it("takes the removal of a stranger as done, with HubSpot and Marketo", () => {
    const errors = [{ category: "OBJECT_NOT_FOUND", context: { ids: ["ann", "ben", "cleo", "dora"] } }];
    expect(brief(plan(removals("hubspot"), { status: 207, body: { results: [], errors } }))).toEqual(done);
    expect(brief(plan(requests("hubspot"), { status: 207, body: { results: [], errors } }))).toEqual(none("OBJECT_NOT_FOUND")); // prettier-ignore
    const skipped = { status: "skipped", reasons: [{ code: "1004", message: "Lead not found" }] };
    const body = { success: true, result: [skipped, skipped, { id: 7, status: "updated" }, skipped] };
    expect(brief(plan(removals("marketo"), { status: 200, body }))).toEqual(done);
  });

  it("cuts a batch that HubSpot refuses as a whole in two, until the culprit stands alone", () => {
    const ids = Array.from({ length: 100 }, (_, i) => `c${i}`);
    let open = requests("hubspot", ids);
    let delivered = 0;
    const culprits: unknown[] = [];
    let rounds = 0;
    for (let attempt = 1; open.length > 0; attempt++) {
      const answers = open.map((one) => ({ status: idsOf(one).includes("c0") ? 400 : 200 }));
      const next = planRetry(open, answers, { now: 5, attempt });
      delivered += next.delivered;
      culprits.push(...next.givenUp.flatMap(({ payload, because }) => [idsOf(payload), because]));
      expect(next.retry.every(({ notBefore }) => notBefore === 5)).toBe(true);
      open = next.retry.map(({ payload }) => payload);
      rounds++;
    }
    expect({ delivered, culprits, rounds }).toEqual({ delivered: 99, culprits: [["c0"], "refused"], rounds: 8 });
  });

  // UpsertResult: developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-upsert.html
  it("reads Salesforce's flag of each record", () => {
    const body = [
      { id: "003RM0000068xV6QAI", success: true, errors: [], created: false },
      { success: false, errors: [{ statusCode: "UNABLE_TO_LOCK_ROW", message: "unable to obtain", fields: [] }] },
      { success: false, errors: [{ statusCode: "REQUIRED_FIELD_MISSING", message: "LastName", fields: ["LastName"] }] },
    ];
    expect(brief(plan(requests("salesforce"), { status: 200, body }))).toEqual({
      delivered: 1,
      retry: [[["ben", "dora"], "UNABLE_TO_LOCK_ROW"]],
      givenUp: [[["cleo"], "REQUIRED_FIELD_MISSING", "refused"]],
    });
    const limit = [{ errorCode: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded." }];
    expect(brief(plan(requests("salesforce"), { status: 403, body: limit }))).toEqual(all("rate-limit"));
    expect(brief(plan(requests("salesforce"), { status: 403 }))).toEqual(none("status-403"));
    expect(brief(plan(requests("salesforce"), { status: 400, body: [{ errorCode: "JSON_PARSER_ERROR" }] }))).toEqual(none("status-400")); // prettier-ignore
  });

  // experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/error-codes
  it("reads Marketo's status of each record, and its failures under HTTP 200", () => {
    const result = [
      { id: 50, status: "created" },
      { id: 51, status: "updated" },
      { status: "skipped", reasons: [{ code: "1007", message: "Multiple lead match lookup criteria" }] },
      { status: "skipped", reasons: [{ code: "1003", message: "bad" }] },
    ];
    expect(brief(plan(requests("marketo"), { status: 200, body: { success: true, result } }))).toEqual({
      delivered: 2,
      retry: [],
      givenUp: [
        [["cleo"], "1007", "refused"],
        [["dora"], "1003", "refused"],
      ],
    });
    const failing = (code: string): unknown =>
      brief(plan(requests("marketo"), { status: 200, body: { success: false, errors: [{ code, message: "m" }] } }));
    expect(failing("606")).toEqual(all("rate-limit"));
    expect(failing("615")).toEqual(all("rate-limit"));
    expect(failing("608")).toEqual(all("unavailable"));
    expect(failing("602")).toEqual(all("unauthorized"));
    expect(failing("610")).toEqual(none("610"));
    expect(brief(plan(requests("marketo"), { status: 200, body: null }))).toEqual(none("refused"));
  });

  it("waits for the midnight of Chicago when Marketo's day is used up, also where clocks change", () => {
    const until = (now: number): number =>
      planRetry(requests("marketo"), [{ status: 200, body: { success: false, errors: [{ code: "607" }] } }], { now })
        .retry[0].notBefore;
    // Central time is UTC−6 in winter and UTC−5 in summer; clocks go forward in the night to 2026-03-08, at 02:00.
    expect(until(Date.UTC(2026, 0, 10, 12))).toBe(Date.UTC(2026, 0, 11, 6));
    expect(until(Date.UTC(2026, 2, 8, 6))).toBe(Date.UTC(2026, 2, 9, 5));
    expect(until(Date.UTC(2026, 6, 1, 4, 58))).toBe(Date.UTC(2026, 6, 1, 5));
  });

  it.each([
    [null, all("no-answer")],
    [401, all("unauthorized")],
    [408, all("unavailable")],
    [423, all("unavailable")],
    [429, all("rate-limit")],
    [500, all("unavailable")],
    [503, all("unavailable")],
    [524, all("unavailable")],
    [501, none("status-501")],
    [302, none("status-302")],
    [404, none("status-404")],
    [422, none("status-422")],
  ])("answers %j of any system alike", (status, expected) => {
    for (const target of ["hubspot", "salesforce", "marketo", "segment", "webhook"] as const) {
      expect(brief(plan(requests(target), status === null ? null : { status }))).toEqual(expected);
    }
  });

  it("cuts in two what is too large", () => {
    expect(brief(plan(requests("webhook"), { status: 413 }))).toEqual({
      delivered: 0,
      retry: [
        [["ann", "ben"], "too-large"],
        [["cleo", "dora"], "too-large"],
      ],
      givenUp: [],
    });
    expect(brief(plan(requests("webhook", ["ann"]), { status: 413 }))).toEqual({
      delivered: 0,
      retry: [],
      givenUp: [[["ann"], "too-large", "refused"]],
    });
  });

  it("keeps the key of a request that failed as a whole, and gives a part a key of its own", () => {
    const payloads = requests("salesforce");
    expect(plan(payloads, { status: 503 }).retry[0].payload).toEqual(payloads[0]);
    const body = [{ success: true }, { success: true }, { success: true }];
    const [part] = plan(payloads, { status: 200, body }).retry;
    expect(part.payload).toEqual(requests("salesforce", ["dora"])[0]);
    expect(part.payload.idempotencyKey).not.toBe(payloads[0].idempotencyKey);
  });

  it("doubles the wait with each attempt up to the longest, with half of it drawn by the request", () => {
    const waits = Array.from({ length: 20 }, (_, n) => {
      const { retry } = planRetry(requests("webhook"), [null], { now: 0, attempt: n + 1, mostAttempts: 99 });
      return retry[0].notBefore / 1000;
    });
    waits.forEach((wait, n) => {
      const whole = Math.min(2 ** (n + 1), 3600);
      expect(wait).toBeGreaterThanOrEqual(whole / 2);
      expect(wait).toBeLessThanOrEqual(whole);
    });
    const spread = Array.from({ length: 400 }, (_, i) => {
      const payloads = requests("webhook", [`c${i}`]);
      return planRetry(payloads, [null], { now: 0, firstWaitSeconds: 1000 }).retry[0].notBefore / 1000;
    });
    // Uniform between 500 and 1000: the mean of 400 lies within four standard errors (144 / 20).
    expect(Math.abs(spread.reduce((a, b) => a + b) / 400 - 750)).toBeLessThan(29);
    expect(new Set(spread).size).toBeGreaterThan(390);
  });

  it("waits as long as Retry-After asks, in seconds or until a date, in any case", () => {
    const now = Date.UTC(1994, 10, 6, 8, 49, 0);
    const until = (value: string, name = "Retry-After"): number =>
      planRetry(requests("webhook"), [{ status: 429, headers: { [name]: value } }], { now }).retry[0].notBefore - now;
    expect(until("120")).toBe(120_000);
    expect(until("90", "retry-after")).toBe(90_000);
    expect(until("Sun, 06 Nov 1994 08:49:37 GMT")).toBe(37_000);
    for (const odd of [
      "0",
      "soon",
      "Sun, 06 Abc 1994 08:49:37 GMT",
      "Sun, 06 anF 1994 08:49:37 GMT",
      "-5",
      "Sat, 05 Nov 1994 08:49:37 GMT",
    ]) {
      expect(until(odd)).toBeGreaterThanOrEqual(1000);
      expect(until(odd)).toBeLessThanOrEqual(2000);
    }
    expect(until("999999999")).toBe(999_999_999_000);
  });

  it("gives up after the most attempts what might still pass", () => {
    const found = plan(requests("webhook"), { status: 503 }, 8);
    expect(brief(found)).toEqual({ delivered: 0, retry: [], givenUp: [[names, "unavailable", "attempts"]] });
    expect(brief(plan(requests("webhook"), { status: 503 }, 7))).toEqual(all("unavailable"));
  });

  it("loses and doubles no record, whatever is answered", () => {
    const answer = fc.oneof(
      fc.constant(null),
      fc.record({
        status: fc.constantFrom(200, 207, 400, 413, 429, 500),
        body: fc.oneof(
          fc.anything(),
          fc.array(fc.record({ success: fc.boolean(), errors: fc.array(fc.record({ statusCode: fc.string() })) })),
          fc.record({
            success: fc.boolean(),
            result: fc.array(fc.record({ status: fc.constantFrom("created", "skipped") })),
            errors: fc.array(fc.record({ context: fc.record({ ids: fc.subarray(names) }) })),
            results: fc.array(fc.record({ objectWriteTraceId: fc.constantFrom(...names) })),
          }),
        ),
      }),
    );
    const target = fc.constantFrom<AudienceTarget>("hubspot", "salesforce", "marketo", "segment", "webhook");
    fc.assert(
      fc.property(target, answer, fc.integer({ min: 1, max: 9 }), (one, given, attempt) => {
        const { delivered, retry, givenUp } = plan(requests(one), given, attempt);
        const rest = [...retry, ...givenUp].flatMap(({ payload }) => idsOf(payload));
        expect(delivered + rest.length).toBe(4);
        expect(new Set(rest).size).toBe(rest.length);
        expect(givenUp.every(({ reason }) => /^[\w-]{1,80}$/.test(reason))).toBe(true);
      }),
    );
  });

  it("plans nothing for nothing, and takes requests that were kept as JSON", () => {
    expect(planRetry([], [], { now: 0 })).toEqual({ delivered: 0, retry: [], givenUp: [] });
    const kept = JSON.parse(JSON.stringify(requests("hubspot"))) as AudiencePayload[];
    expect(plan(kept, null)).toEqual(plan(requests("hubspot"), null));
  });

  it("refuses answers that are missing or none, and requests that are none", () => {
    const payloads = requests("marketo");
    const refused = (
      answers: unknown,
      path: string,
      code: "invalid-value" | "shape-mismatch" = "invalid-value",
    ): void => expectRefusal(() => planRetry(payloads, answers as never, { now: 0 }), code, path);
    refused([], "answers", "shape-mismatch");
    refused([undefined], "answers[0]");
    refused([{ status: 99 }], "answers[0].status");
    refused([{ status: "200" }], "answers[0].status");
    refused([{ status: 200, headers: { a: 1 } }], "answers[0].headers");
    const odd: unknown[] = [null, {}, { ...payloads[0], target: "__proto__" }, { ...payloads[0], body: { input: [] } }, { ...payloads[0], body: { input: [1] } }]; // prettier-ignore
    for (const one of odd) expectRefusal(() => planRetry([one] as never, [null], { now: 0 }), "invalid-value", "payloads[0]"); // prettier-ignore
    expectRefusal(() => planRetry("x" as never, [], { now: 0 }), "shape-mismatch", "payloads");
  });
});
