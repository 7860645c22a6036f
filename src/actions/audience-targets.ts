import { lookUp } from "../core/dictionary.ts";
import { base64url, byteWriter, hex } from "../numeric/bytes.ts";
import { sha256 } from "../numeric/digest.ts";

// What each system's documentation asks of a request, in one place: limits, path, body. See ADR 0183 for the pages.

/** A system that can be told who is in which segment. */
export type AudienceTarget = "hubspot" | "salesforce" | "marketo" | "segment" | "webhook";

/** A value in the body of a request, as JSON has it. */
export type PayloadValue =
  string | number | boolean | null | readonly PayloadValue[] | { readonly [key: string]: PayloadValue };

/** One record of a request's body. */
export type AudienceRecord = Readonly<Record<string, PayloadValue>>;

/** A request to be sent as it is: the host, the credentials and the sending are the caller's. */
export interface AudiencePayload {
  /** Which system it is for. */
  readonly target: AudienceTarget;
  /** Every request is a POST, also where the system would call it an update. */
  readonly method: "POST";
  /** The path on the system's host, with its query. */
  readonly path: string;
  /** The same for the same content and run, 64 hexadecimal digits: a receiver can tell a repetition by it. */
  readonly idempotencyKey: string;
  /** Which run of the caller's it belongs to; empty = unnamed. */
  readonly run: string;
  /** The body, to be written as JSON. */
  readonly body: Readonly<Record<string, PayloadValue>>;
}

/** How one customer's segment changed. */
export interface AudienceChange {
  readonly id: string;
  readonly change: "added" | "changed" | "removed";
  /** The segment before; null = none, or not said. */
  readonly from: string | null;
  /** The segment now; null = none. */
  readonly to: string | null;
}

/** Options after reading, with the defaults of the target. */
export interface TargetSettings {
  readonly idField: string;
  readonly attribute: string;
  readonly run: string;
  /** Of the changes, as ISO 8601; null = not said. */
  readonly time: string | null;
  readonly object: string;
  readonly apiVersion: string;
  readonly path: string;
  readonly trackEvent: string | null;
}

/** What one system asks for. */
export interface TargetRules {
  /** Most records in one request. */
  readonly mostRecords: number;
  /** Most bytes of one request's body. */
  readonly mostBytes: number;
  /** Most bytes of one record. */
  readonly mostRecordBytes: number;
  /** The field of the body that lists the records. */
  readonly list: "inputs" | "records" | "input" | "batch" | "members";
  /** The field that the customer is known by. */
  readonly idField: string;
  /** The field that shows the segment. */
  readonly attribute: string;
  /** Where sets and removals are sent to. */
  pathOf(settings: TargetSettings, removal: boolean): string;
  /** What stands in the body beside the list. */
  headOf(settings: TargetSettings, removal: boolean): AudienceRecord;
  /** The records that tell one change. */
  recordsOf(change: AudienceChange, settings: TargetSettings): AudienceRecord[];
}

/** A megabyte in the strict sense: below what any of the systems calls one. */
const megabyte = 1_000_000;

export const targetRules: Readonly<Record<AudienceTarget, TargetRules>> = {
  hubspot: {
    mostRecords: 100,
    mostBytes: megabyte,
    mostRecordBytes: megabyte / 2,
    list: "inputs",
    idField: "customer_id",
    attribute: "customer_segment",
    // An upsert would bring a contact back that was deleted there. By email, HubSpot takes batches as upserts only.
    pathOf: ({ idField }, removal) =>
      `/crm/v3/objects/contacts/batch/${removal && idField !== "email" ? "update" : "upsert"}`,
    headOf: () => ({}),
    recordsOf: ({ id, to }, { idField, attribute }) => [
      // HubSpot clears a property that is set to an empty text, and names the records of a batch that failed by the trace.
      { id, idProperty: idField, properties: { [attribute]: to ?? "" }, objectWriteTraceId: id },
    ],
  },
  salesforce: {
    mostRecords: 200,
    mostBytes: megabyte,
    mostRecordBytes: megabyte / 2,
    list: "records",
    idField: "Customer_Id__c",
    attribute: "Customer_Segment__c",
    // Collections are upserted by PATCH, for which a POST may stand with the method in the query.
    pathOf: ({ apiVersion, object, idField }) =>
      `/services/data/v${apiVersion}/composite/sobjects/${object}/${idField}?_HttpMethod=PATCH`,
    headOf: () => ({ allOrNone: false }),
    recordsOf: ({ id, to }, { object, idField, attribute }) => [
      { attributes: { type: object }, [idField]: id, [attribute]: to },
    ],
  },
  marketo: {
    mostRecords: 300,
    mostBytes: megabyte,
    mostRecordBytes: megabyte / 2,
    list: "input",
    idField: "customerId",
    attribute: "customerSegment",
    pathOf: () => "/rest/v1/leads.json",
    headOf: ({ idField }, removal) => ({ action: removal ? "updateOnly" : "createOrUpdate", lookupField: idField }),
    recordsOf: ({ id, to }, { idField, attribute }) => [{ [idField]: id, [attribute]: to }],
  },
  segment: {
    mostRecords: 2500,
    mostBytes: 500_000,
    mostRecordBytes: 32_000,
    list: "batch",
    idField: "userId",
    attribute: "customer_segment",
    pathOf: () => "/v1/batch",
    headOf: () => ({}),
    recordsOf({ id, from, to }, { attribute, run, time, trackEvent }) {
      const when = time === null ? {} : { timestamp: time };
      const parts = [run, time ?? "", id, changeKey(from), changeKey(to)];
      const identify = { type: "identify", userId: id, traits: { [attribute]: to }, messageId: traceOf(["identify", ...parts]), ...when }; // prettier-ignore
      if (trackEvent === null) return [identify];
      const track = { type: "track", userId: id, event: trackEvent, properties: { from, to }, messageId: traceOf(["track", ...parts]), ...when }; // prettier-ignore
      return [identify, track];
    },
  },
  webhook: {
    mostRecords: 500,
    mostBytes: megabyte,
    mostRecordBytes: megabyte / 2,
    list: "members",
    idField: "id",
    attribute: "segment",
    pathOf: ({ path }) => path,
    headOf: ({ run, time }) => ({ run, ...(time === null ? {} : { time }) }),
    recordsOf: ({ id, change, from, to }) => [{ id, change, from, to }],
  },
};

/**
 * The request of some records.
 *
 * @param target - the system.
 * @param path - where it goes.
 * @param run - the caller's run.
 * @param body - the whole body.
 * @returns the request with its key: SHA-256 of all of these.
 */
export function payloadOf(target: AudienceTarget, path: string, run: string, body: AudienceRecord): AudiencePayload {
  const writer = byteWriter();
  for (const part of [target, path, run, JSON.stringify(body)]) writer.write(part);
  return { target, method: "POST", path, idempotencyKey: hex(sha256(writer.bytes())), run, body };
}

/** The records of a request; `undefined` when it has none. */
export function recordsIn(payload: AudiencePayload): readonly AudienceRecord[] | undefined {
  const rules = lookUp(targetRules, payload.target);
  const list = rules === undefined ? undefined : payload.body[rules.list];
  return Array.isArray(list) ? (list as readonly AudienceRecord[]) : undefined;
}

/** Bytes of a text in UTF-8; without lone surrogates, which JSON writes as escapes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A pair of surrogates is four bytes: two more than its two units.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

const scratch = byteWriter();

/** 128 bits that name what was told: the same for the same parts, in base64url. */
function traceOf(parts: readonly string[]): string {
  scratch.clear();
  for (const part of parts) scratch.write(part);
  return base64url(sha256(scratch.bytes()).subarray(0, 16));
}

/** Tells no segment from any. */
function changeKey(segment: string | null): string {
  return segment === null ? "" : `=${segment}`;
}
