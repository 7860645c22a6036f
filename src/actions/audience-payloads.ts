import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { custom, instant, integer, oneOf, type OptionTable, type ReadOptions, readOptions, text } from "../core/options.ts"; // prettier-ignore
import {
  type AudienceChange,
  type AudiencePayload,
  type AudienceRecord,
  type AudienceTarget,
  payloadOf,
  targetRules,
  type TargetSettings,
  utf8Length,
} from "./audience-targets.ts";
import { type Audience, checkAudience } from "./diff-audience.ts";

/** Options of {@link audiencePayloads}. */
export interface AudiencePayloadsOptions {
  /** The system to be told. */
  readonly target: AudienceTarget;
  /**
   * Names this run, such as the date of the audience: part of every key, so that a later run that happens to tell the same
   * is not taken for a repetition. Sending a run again, keep its name. Default: none.
   */
  readonly run?: string | undefined;
  /** When the change was found, epoch milliseconds: the time of Segment's messages and of a webhook. Default: not said. */
  readonly now?: number | undefined;
  /**
   * The field by which the system knows the customer, a unique one that you create there once: HubSpot's `customer_id`,
   * Salesforce's `Customer_Id__c` (an external id), Marketo's `customerId` by default; `"email"` where your ids are that.
   */
  readonly idField?: string | undefined;
  /** The field that shows the segment: `customer_segment`, `Customer_Segment__c`, `customerSegment` by default. */
  readonly attribute?: string | undefined;
  /** Salesforce only: the object, default `"Contact"`; Pardot's prospects follow their contact or `"Lead"`. */
  readonly object?: string | undefined;
  /** Salesforce only: the version of its API, default `"66.0"`. */
  readonly apiVersion?: string | undefined;
  /** Webhook only: the path on your host, default `"/"`. */
  readonly path?: string | undefined;
  /** Segment only: the name of an event to be tracked beside the trait, such as `"Segment Changed"`. Default: none. */
  readonly trackEvent?: string | undefined;
  /** Fewer records per request than the system takes. */
  readonly mostRecords?: number | undefined;
}

type Absent = Exclude<keyof AudiencePayloadsOptions, "target" | "run">;

const apiName = (expected: string) => custom<string>(expected, (value) => typeof value === "string" && /^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(value), ["", "a b", "x/y", "__proto__", 1, null, "é"], { optional: true }); // prettier-ignore

/** Option table of {@link audiencePayloads}. */
export const audiencePayloadsOptions: OptionTable<AudiencePayloadsOptions, Absent> = {
  target: oneOf(["hubspot", "salesforce", "marketo", "segment", "webhook"]),
  run: text({ default: "" }),
  now: instant({ optional: true }),
  idField: apiName("the name of a field: letters, digits and _"),
  attribute: apiName("the name of a field: letters, digits and _"),
  object: apiName("the name of an object: letters, digits and _"),
  apiVersion: custom("a version such as 66.0", (value) => typeof value === "string" && /^\d{2,3}\.\d$/.test(value), ["v66.0", "66", 66, null, ""], { optional: true }), // prettier-ignore
  path: custom("a path that begins with /", (value) => typeof value === "string" && /^\/[!-~]{0,999}$/.test(value), ["", "hook", "/a b", 1, null], { optional: true }), // prettier-ignore
  trackEvent: custom("a non-empty string", (value) => typeof value === "string" && value !== "", ["", 1, null, {}], { optional: true }), // prettier-ignore
  mostRecords: integer({ min: 1, optional: true }),
};

/** Options that only one system knows. */
const ownOptions = { object: "salesforce", apiVersion: "salesforce", path: "webhook", trackEvent: "segment" } as const;

/** What {@link audiencePayloads} reads of a diff: `from` of a change may be absent. */
export interface AudienceChanges {
  /** Customers who come into a segment. */
  readonly added: Audience;
  /** Customers who leave the audience. */
  readonly removed: Audience;
  /** Customers who stay, in another segment. */
  readonly changed: readonly {
    /** The customer. */
    readonly id: string;
    /** Where they are now. */
    readonly segment: string;
    /** Where they were. */
    readonly from?: string | undefined;
  }[];
}

/**
 * Writes what changed in an audience as requests that another system understands, ready to be sent: to a CRM, a marketing
 * tool, a customer data platform or a service of your own.
 *
 * Additions and changes set one field of the customer's record, removals clear it and, where the system can do so, create
 * nobody. Requests are as large as the system takes, in records and bytes. Equal changes of one run have equal keys and
 * message ids, so a request can be sent again. Sending is yours, {@link planRetry} reads the answers.
 *
 * | target | request | records | a removal |
 * | --- | --- | --- | --- |
 * | `hubspot` | contacts, batch upsert (removals: batch update) | 100 | empty text |
 * | `salesforce` | collection upsert by external id, as POST | 200 | null |
 * | `marketo` | sync leads (removals: `updateOnly`) | 300 | null |
 * | `segment` | batch of `identify`, optionally `track` | 2,500 and 500 kB | null |
 * | `webhook` | `{ run, members: [{ id, change, from, to }] }` | 500 | `to: null` |
 *
 * @param diff - of {@link diffAudience}, between audiences of those who agreed: see {@link filterAudienceConsent}.
 * @param options - see {@link AudiencePayloadsOptions}.
 * @returns requests with additions and changes, then those with removals; none when nothing changed.
 * @throws {ClienteleError} `invalid-value` for a member that is none, has no id, or is larger than the system takes;
 * `invalid-option` for an option that only another system knows. Cost O(characters), and a hash of them.
 * @example
 * const diff = { added: [{ id: "ann", segment: "loyal" }], removed: [], changed: [] };
 * const [payload] = audiencePayloads(diff, { target: "marketo" });
 * payload.path; // "/rest/v1/leads.json"
 * payload.body; // { action: "createOrUpdate", lookupField: "customerId", input: [{ customerId: "ann", customerSegment: "loyal" }] }
 * @see ADR 0183, with the pages of the systems' documentation.
 */
export function audiencePayloads(diff: AudienceChanges, options: AudiencePayloadsOptions): AudiencePayload[] {
  const caller = "audiencePayloads";
  const read = readOptions<AudiencePayloadsOptions, Absent>(caller, audiencePayloadsOptions, options);
  const settings = settingsOf(caller, read);
  if (!isRecord(diff)) refuse(caller, "shape-mismatch", "diff", "{ added, removed, changed }", describeValue(diff));
  for (const list of ["added", "removed", "changed"] as const) checkAudience(caller, `diff.${list}`, diff[list]);
  const writer = requestWriter(caller, read, settings);
  diff.added.forEach(({ id, segment }, i) =>
    writer.add({ id, change: "added", from: null, to: segment }, `diff.added[${i}]`),
  );
  diff.changed.forEach(({ id, segment, from }, i) => {
    if (from !== undefined && typeof from !== "string") refuse(caller, "invalid-value", `diff.changed[${i}].from`, "a string or absent", describeValue(from)); // prettier-ignore
    writer.add({ id, change: "changed", from: from ?? null, to: segment }, `diff.changed[${i}]`);
  });
  writer.close(false);
  diff.removed.forEach(({ id, segment }, i) =>
    writer.add({ id, change: "removed", from: segment, to: null }, `diff.removed[${i}]`),
  );
  writer.close(true);
  return writer.payloads;
}

function settingsOf(caller: string, read: ReadOptions<AudiencePayloadsOptions, Absent>): TargetSettings {
  const rules = targetRules[read.target];
  for (const key of Object.keys(ownOptions) as (keyof typeof ownOptions)[]) {
    if (read[key] !== undefined && read.target !== ownOptions[key]) {
      refuse(caller, "invalid-option", `options.${key}`, `absent unless the target is ${ownOptions[key]}`, "a value");
    }
  }
  const { idField = rules.idField, attribute = rules.attribute } = read;
  if (idField === attribute) refuse(caller, "invalid-option", "options.attribute", "another field than idField", "the same"); // prettier-ignore
  return {
    idField,
    attribute,
    run: read.run,
    time: read.now === undefined ? null : new Date(read.now).toISOString(),
    object: read.object ?? "Contact",
    apiVersion: read.apiVersion ?? "66.0",
    path: read.path ?? "/",
    trackEvent: read.trackEvent ?? null,
  };
}

/** Collects changes into requests of the allowed size. The first of a change's records is not parted from the second. */
function requestWriter(
  caller: string,
  { target, run, mostRecords = Infinity }: ReadOptions<AudiencePayloadsOptions, Absent>,
  settings: TargetSettings,
): { payloads: AudiencePayload[]; add(change: AudienceChange, at: string): void; close(removal: boolean): void } {
  const rules = targetRules[target];
  const most = Math.min(rules.mostRecords, mostRecords);
  const payloads: AudiencePayload[] = [];
  // Room for what stands around the records: names of fields of up to 100 letters, the run and the time.
  const around = 1000 + utf8Length(JSON.stringify(run));
  if (around > rules.mostBytes / 2) refuse(caller, "invalid-option", "options.run", "a short name", "a long one");
  let records: AudienceRecord[] = [];
  let bytes = around;
  const close = (removal: boolean): void => {
    if (records.length === 0) return;
    const body = { ...rules.headOf(settings, removal), [rules.list]: records };
    payloads.push(payloadOf(target, rules.pathOf(settings, removal), run, body));
    records = [];
    bytes = around;
  };
  return {
    payloads,
    close,
    add(change, at) {
      if (change.id === "") refuse(caller, "invalid-value", `${at}.id`, "a non-empty string", "an empty one");
      const told = rules.recordsOf(change, settings);
      let size = 0;
      for (const record of told) {
        const recordBytes = utf8Length(JSON.stringify(record)) + 1;
        if (recordBytes > rules.mostRecordBytes) refuse(caller, "invalid-value", at, `at most ${rules.mostRecordBytes} bytes as JSON`, "more"); // prettier-ignore
        size += recordBytes;
      }
      if (records.length > 0 && (records.length + told.length > most || bytes + size > rules.mostBytes)) {
        close(change.to === null);
      }
      for (const record of told) records.push(record);
      bytes += size;
    },
  };
}
