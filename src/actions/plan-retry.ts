import { isRecord, lookUp } from "../core/dictionary.ts";
import { dayMs, hourMs, lastInstant, secondMs } from "../core/durations.ts";
import { describeValue, isList, refuse } from "../core/errors.ts";
import { instant, integer, type OptionTable, type ReadOptions, readOptions, real, seed } from "../core/options.ts";
import { hashTexts } from "../numeric/hash.ts";
import { calendarOf } from "../tables/calendar.ts";
import { type AudienceAnswer, type RecordFate, verdictOf } from "./audience-answers.ts";
import { type AudiencePayload, type AudienceRecord, payloadOf, recordsIn, targetRules } from "./audience-targets.ts";

/** Options of {@link planRetry}. */
export interface PlanRetryOptions {
  /** When the answers were read, epoch milliseconds. */
  readonly now: number;
  /** How often these requests have been sent by now, this time included; default 1. */
  readonly attempt?: number | undefined;
  /** How often a record is sent at most; default 8. */
  readonly mostAttempts?: number | undefined;
  /** The wait after the first attempt, in seconds, doubled with every further one; default 2. */
  readonly firstWaitSeconds?: number | undefined;
  /** The longest wait, in seconds, unless the system asks for a longer one; default 3600. */
  readonly longestWaitSeconds?: number | undefined;
  /** Seed of the jitter; default 42. */
  readonly seed?: number | undefined;
}

/** A request to be sent again. */
export interface Retry {
  /** The records that have not arrived; the whole request, with its old key, when none has. */
  readonly payload: AudiencePayload;
  /** Not before this instant, epoch milliseconds. */
  readonly notBefore: number;
  /** Why: a word such as `"rate-limit"`, `"unavailable"`, `"no-answer"`, `"unauthorized"` (renew the token), or the system's code. */
  readonly reason: string;
}

/** Records that will not arrive by sending them again. */
export interface GivenUp {
  /** These records, as a request: to be looked at, mended, and sent anew. */
  readonly payload: AudiencePayload;
  /** Why: the system's code, or a word. */
  readonly reason: string;
  /** Whether the system refuses them, or they have been sent often enough. */
  readonly because: "refused" | "attempts";
}

/** What arrived, what to send again and when, and what to give up. Result of {@link planRetry}. */
export interface RetryPlan {
  /** Records that arrived. Together with those in `retry` and `givenUp` these are all that were sent. */
  readonly delivered: number;
  /** Requests to send again, in the order of the requests. */
  readonly retry: readonly Retry[];
  /** Requests given up, in the order of the requests. */
  readonly givenUp: readonly GivenUp[];
}

/** Option table of {@link planRetry}. */
export const planRetryOptions: OptionTable<PlanRetryOptions> = {
  now: instant(),
  attempt: integer({ min: 1, default: 1 }),
  mostAttempts: integer({ min: 1, default: 8 }),
  firstWaitSeconds: real({ above: 0, max: 86_400, default: 2 }),
  longestWaitSeconds: real({ above: 0, max: 604_800, default: 3600 }),
  seed: seed(),
};

type Read = ReadOptions<PlanRetryOptions>;

/**
 * Reads what a system answered to the requests of {@link audiencePayloads}, and says which records to send again, when, and
 * which to give up.
 *
 * Each system reports a failure of some records in its own way: HubSpot by status 207, Salesforce by a flag per record,
 * Marketo by a status per record under HTTP 200. Only the records that failed are sent again, and only for a reason that may
 * pass. A batch that HubSpot refuses as a whole, and one that is too large, is cut in two until the culprit stands alone. A
 * removal of somebody whom the system does not know is done.
 *
 * The wait doubles with every attempt and is between half and all of that, by a hash of the request, so that a hundred
 * requests do not come back at one instant, and the plan is the same every time. Retry-After and the midnight at which
 * Marketo's daily quota starts anew are respected.
 *
 * @param payloads - the requests that were sent.
 * @param answers - the answer to each, `null` where none came.
 * @param options - see {@link PlanRetryOptions}.
 * @returns the count of what arrived, requests to send again, requests given up. Segment answers 200 also to messages it drops later.
 * @throws {ClienteleError} `shape-mismatch` when there is not one answer per request; `invalid-value` for what is no request
 * or no answer. Cost: a pass over the records, a hash of those that failed.
 * @example
 * const diff = { added: [{ id: "ann", segment: "new" }, { id: "ben", segment: "new" }], removed: [], changed: [] };
 * const payloads = audiencePayloads(diff, { target: "salesforce" });
 * const body = [{ success: true }, { success: false, errors: [{ statusCode: "UNABLE_TO_LOCK_ROW" }] }];
 * const plan = planRetry(payloads, [{ status: 200, body }], { now: 0 });
 * plan.delivered; // 1
 * plan.retry[0].reason; // "UNABLE_TO_LOCK_ROW"
 * plan.retry[0].payload.body.records; // [{ attributes: { type: "Contact" }, Customer_Id__c: "ben", Customer_Segment__c: "new" }]
 * @see ADR 0183; Brooker (2015), "Exponential backoff and jitter".
 */
export function planRetry(
  payloads: readonly AudiencePayload[],
  answers: readonly (AudienceAnswer | null)[],
  options: PlanRetryOptions,
): RetryPlan {
  const caller = "planRetry";
  const read = readOptions(caller, planRetryOptions, options);
  if (!Array.isArray(payloads)) refuse(caller, "shape-mismatch", "payloads", "a list of requests", describeValue(payloads)); // prettier-ignore
  if (!isList(answers) || answers.length !== payloads.length) {
    refuse(caller, "shape-mismatch", "answers", `${payloads.length} answers, one per request`, describeValue(answers));
  }
  const retry: Retry[] = [];
  const givenUp: GivenUp[] = [];
  let delivered = 0;
  for (let i = 0; i < payloads.length; i++) {
    const payload = checkPayload(caller, payloads[i], `payloads[${i}]`);
    const answer = checkAnswer(caller, answers[i], `answers[${i}]`);
    const records = recordsIn(payload) as readonly AudienceRecord[];
    const verdict = verdictOf(payload, records, answer);
    const parts = "split" in verdict ? halvesOf(records, verdict.split) : partsOf(records, "each" in verdict ? verdict.each : records.map(() => verdict.all)); // prettier-ignore
    const midnight = "all" in verdict ? verdict.atMidnightOf : undefined;
    for (const { fate, records: failed } of parts) {
      if (fate === null) {
        delivered += failed.length;
        continue;
      }
      const part = failed.length === records.length ? copyOf(payload) : withRecords(payload, failed);
      if (fate.again && read.attempt < read.mostAttempts) {
        const notBefore = "split" in verdict ? read.now : waitUntil(part.idempotencyKey, answer, midnight, read);
        retry.push({ payload: part, notBefore, reason: fate.reason });
      } else {
        givenUp.push({ payload: part, reason: fate.reason, because: fate.again ? "attempts" : "refused" });
      }
    }
  }
  return { delivered, retry, givenUp };
}

interface Part {
  readonly fate: RecordFate;
  readonly records: readonly AudienceRecord[];
}

/** Records by what became of them, in the order of the first of each kind. */
function partsOf(records: readonly AudienceRecord[], fates: readonly RecordFate[]): Part[] {
  const parts = new Map<string, { fate: RecordFate; records: AudienceRecord[] }>();
  fates.forEach((fate, i) => {
    // What may pass is sent again together, whatever each of the reasons; the first is named.
    const key = fate === null ? "" : fate.again ? "again" : `=${fate.reason}`;
    const part = parts.get(key);
    if (part === undefined) parts.set(key, { fate, records: [records[i]] });
    else part.records.push(records[i]);
  });
  return [...parts.values()];
}

/** Two halves of a request that was refused as a whole; a record that stands alone is the culprit. */
function halvesOf(records: readonly AudienceRecord[], reason: string): Part[] {
  if (records.length === 1) return [{ fate: { reason, again: false }, records }];
  const middle = Math.ceil(records.length / 2);
  return [records.slice(0, middle), records.slice(middle)].map((half) => ({ fate: { reason, again: true }, records: half })); // prettier-ignore
}

function waitUntil(key: string, answer: AudienceAnswer | null, midnightOf: string | undefined, read: Read): number {
  const { now, attempt, firstWaitSeconds, longestWaitSeconds } = read;
  let wait = firstWaitSeconds;
  for (let n = 1; n < attempt && wait < longestWaitSeconds; n++) wait *= 2;
  const share = 0.5 + hashTexts([key, String(attempt)], read.seed) / 2 ** 33;
  let until = now + Math.ceil(Math.min(wait, longestWaitSeconds) * share * secondMs);
  if (midnightOf !== undefined) {
    const calendar = calendarOf(midnightOf);
    until = Math.max(until, calendar.startOfDay(calendar.dayOf(now) + 1));
  }
  return Math.min(Math.max(until, now + retryAfterMs(answer, now)), lastInstant);
}

/** What Retry-After asks for: seconds, or a date; 0 when it asks for nothing that can be understood. */
function retryAfterMs(answer: AudienceAnswer | null, now: number): number {
  for (const [name, value] of Object.entries(answer?.headers ?? {})) {
    if (name.toLowerCase() !== "retry-after") continue;
    if (/^\d{1,9}(\.\d{1,6})?$/.test(value)) return Math.ceil(Number(value) * secondMs);
    return Math.max(0, (httpDate(value) ?? now) - now);
  }
  return 0;
}

const months = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** The instant of a date such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7). */
function httpDate(text: string): number | undefined {
  const match = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text);
  if (match === null) return undefined;
  const [, day, month, year, hour, minute, second] = match;
  const at = months.indexOf(month);
  if (at < 0 || at % 3 !== 0) return undefined;
  const midnight = Date.UTC(Number(year), at / 3, 1) + (Number(day) - 1) * dayMs;
  return midnight + Number(hour) * hourMs + (Number(minute) * 60 + Number(second)) * secondMs;
}

/** The request with some of its records, under a key of their own. */
function withRecords(payload: AudiencePayload, records: readonly AudienceRecord[]): AudiencePayload {
  const { target, path, run, body } = payload;
  return payloadOf(target, path, run, plainCopy({ ...body, [targetRules[target].list]: records }));
}

function copyOf(payload: AudiencePayload): AudiencePayload {
  return plainCopy(payload);
}

/** Plans are kept as JSON: what is no JSON has no place in a request. */
function plainCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function checkPayload(caller: string, payload: unknown, at: string): AudiencePayload {
  const given = payload as Partial<AudiencePayload> | null | undefined;
  const isWhole =
    typeof given?.target === "string" &&
    lookUp(targetRules, given.target) !== undefined &&
    typeof given.path === "string" &&
    typeof given.run === "string" &&
    typeof given.idempotencyKey === "string" &&
    isRecord(given.body);
  const records = isWhole ? recordsIn(given as AudiencePayload) : undefined;
  if (records === undefined || records.length === 0 || !records.every(isRecord)) {
    refuse(caller, "invalid-value", at, "a request of audiencePayloads", describeValue(payload));
  }
  return given as AudiencePayload;
}

function checkAnswer(caller: string, answer: AudienceAnswer | null, at: string): AudienceAnswer | null {
  if (answer === null) return null;
  if (!isRecord(answer)) refuse(caller, "invalid-value", at, "{ status, headers?, body? } or null", describeValue(answer)); // prettier-ignore
  const { status, headers } = answer;
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    refuse(caller, "invalid-value", `${at}.status`, "an HTTP status", describeValue(status));
  }
  if (
    headers !== undefined &&
    !(isRecord(headers) && Object.values(headers).every((value) => typeof value === "string"))
  ) {
    // prettier-ignore
    refuse(caller, "invalid-value", `${at}.headers`, "texts by name", describeValue(headers));
  }
  return answer;
}
