import { isRecord } from "../core/dictionary.ts";
import { isList } from "../core/errors.ts";
import type { AudiencePayload, AudienceRecord } from "./audience-targets.ts";

// What each system's answer says about every record of a request. See ADR 0183 for the pages.

/** What a system answered; `null` where it gave no answer: a broken connection, or time ran out. */
export interface AudienceAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The headers; only Retry-After is read, in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body, parsed from JSON. */
  readonly body?: unknown;
}

/** What became of a record: `null` = it is there; else why not, and whether another attempt may help. */
export type RecordFate = { readonly reason: string; readonly again: boolean } | null;

/** What is to be done with a request: the same for all of its records, one fate each, or cut it in two. */
export type Verdict =
  | { readonly all: RecordFate; readonly atMidnightOf?: string }
  | { readonly each: readonly RecordFate[] }
  | { readonly split: string };

const delivered: Verdict = { all: null };
const waits = (reason: string): Verdict => ({ all: { reason, again: true } });
const ends = (reason: string): Verdict => ({ all: { reason, again: false } });

/** Reads an answer. */
export function verdictOf(
  { target, body: { action }, path }: AudiencePayload,
  records: readonly AudienceRecord[],
  answer: AudienceAnswer | null,
): Verdict {
  // prettier-ignore
  if (answer === null) return waits("no-answer");
  const { status, body } = answer;
  if (target === "hubspot" && status === 207) return hubspotVerdict(records, body, path.endsWith("/update"));
  if (target === "hubspot" && (status === 400 || status === 409)) return { split: "refused-together" };
  if (target === "salesforce" && status >= 200 && status < 300) return salesforceVerdict(records, body);
  if (target === "salesforce" && status === 403 && codeOf(first(body)) === "REQUEST_LIMIT_EXCEEDED") return waits("rate-limit"); // prettier-ignore
  if (target === "marketo" && status === 200) return marketoVerdict(records, body, action === "updateOnly");
  return verdictOfStatus(status);
}

function verdictOfStatus(status: number): Verdict {
  if (status >= 200 && status < 300) return delivered;
  if (status === 401) return waits("unauthorized");
  if (status === 413) return { split: "too-large" };
  if (status === 429) return waits("rate-limit");
  // 423: HubSpot locks for a while. 501 and 505 will not change.
  if ([408, 423, 425].includes(status) || (status >= 500 && status !== 501 && status !== 505)) return waits("unavailable"); // prettier-ignore
  return ends(`status-${status}`);
}

/** HubSpot's 207 lists results and errors; an error names its records by trace or id. */
function hubspotVerdict(records: readonly AudienceRecord[], body: unknown, removal: boolean): Verdict {
  const ids = new Set<unknown>(records.map(({ id }) => id));
  const failed = new Map<unknown, RecordFate>();
  let unnamed = false;
  for (const error of listOf(fieldOf(body, "errors"))) {
    const context = fieldOf(error, "context");
    const names = ["objectWriteTraceId", "ids", "id"].flatMap((key) => namesIn(fieldOf(context, key)));
    const code = textOf(fieldOf(error, "category")) ?? "refused";
    const known = names.filter((name) => ids.has(name));
    if (known.length === 0) unnamed = true;
    // A contact that is not there has nothing to be cleared.
    const fate = removal && code.includes("NOT_FOUND") ? null : { reason: code, again: /RATE_LIMIT|INTERNAL|TIMEOUT/.test(code) }; // prettier-ignore
    for (const name of known) failed.set(name, fate);
  }
  const results = listOf(fieldOf(body, "results"));
  const done = new Set(results.map((result) => fieldOf(result, "objectWriteTraceId")));
  const isClear = !unnamed && results.length + failed.size >= records.length;
  return {
    each: records.map(({ id }) => {
      const fate = failed.get(id);
      if (fate !== undefined) return fate;
      return isClear || done.has(id) ? null : { reason: "unconfirmed", again: true };
    }),
  };
}

const salesforceAgain: ReadonlySet<string> = new Set([
  "UNABLE_TO_LOCK_ROW",
  "SERVER_UNAVAILABLE",
  "REQUEST_RUNNING_TOO_LONG",
  "REQUEST_LIMIT_EXCEEDED",
  "TXN_SECURITY_METERING_ERROR",
]);

/** Salesforce answers with one result per record, in their order. */
function salesforceVerdict(records: readonly AudienceRecord[], body: unknown): Verdict {
  const results = listOf(body);
  return {
    each: records.map((_, i) => {
      if (i >= results.length) return { reason: "unconfirmed", again: true };
      if (fieldOf(results[i], "success") === true) return null;
      const code = codeOf(first(fieldOf(results[i], "errors"))) ?? "refused";
      return { reason: code, again: salesforceAgain.has(code) };
    }),
  };
}

// Of the response: bad gateway, time out, rate, unavailable, system error, too many at once. 607 is the day's quota.
const marketoAgain: ReadonlySet<string> = new Set(["502", "604", "606", "608", "611", "615"]);

/** Marketo answers 200 also to what it refused, and then with one result per record, in their order. */
function marketoVerdict(records: readonly AudienceRecord[], body: unknown, removal: boolean): Verdict {
  if (fieldOf(body, "success") !== true) {
    const code = codeOf(first(fieldOf(body, "errors"))) ?? "refused";
    if (code === "601" || code === "602") return waits("unauthorized");
    if (code === "607") return { all: { reason: "daily-quota", again: true }, atMidnightOf: "America/Chicago" };
    return marketoAgain.has(code) ? waits(code === "606" || code === "615" ? "rate-limit" : "unavailable") : ends(code);
  }
  const results = listOf(fieldOf(body, "result"));
  return {
    each: records.map((_, i) => {
      if (i >= results.length) return { reason: "unconfirmed", again: true };
      const status = fieldOf(results[i], "status");
      if (status === "created" || status === "updated") return null;
      const code = codeOf(first(fieldOf(results[i], "reasons"))) ?? "refused";
      // 1004: there is no such lead, so there is nothing to clear.
      return removal && code === "1004" ? null : { reason: code, again: marketoAgain.has(code) };
    }),
  };
}

function fieldOf(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function first(value: unknown): unknown {
  return listOf(value)[0];
}

/** The names that an error gives, one or a list. */
function namesIn(value: unknown): unknown[] {
  return isList(value) ? Array.from(value) : value === undefined ? [] : [value];
}

/** The code of an error under any of the names that the systems have for it. */
function codeOf(error: unknown): string | undefined {
  for (const key of ["statusCode", "errorCode", "code"]) {
    const code = textOf(fieldOf(error, key));
    if (code !== undefined) return code;
  }
  return undefined;
}

/** A code of the system's own, never a sentence that may quote a customer. */
function textOf(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^[A-Za-z0-9_-]{1,80}$/.test(text) ? text : undefined;
}
