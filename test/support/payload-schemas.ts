import type { AudienceTarget } from "clientele/actions";

// What the systems document of the bodies they take, as small schemas that were written from their pages, not from our code.
// A test that fails here has found a request that the system would refuse.

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isName: Check = (value) => isText(value) && value !== "";
const isIsoTime: Check = (value) =>
  isText(value) && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value as string);
const oneOf =
  (...words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value);
const listOf =
  (item: Check, most: number): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.length <= most && value.every(item);
const record =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}, others?: Check): Check =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const entries = Object.entries(value);
    return (
      Object.keys(required).every((key) => Object.hasOwn(value, key)) &&
      entries.every(([key, item]) => (required[key] ?? optional[key] ?? others ?? (() => false))(item))
    );
  };

/** One system's documentation. */
export interface PayloadSchema {
  /** Where the request is documented. */
  readonly pages: readonly string[];
  /** Accepted paths. */
  readonly path: RegExp;
  /** Accepted bodies. */
  readonly body: Check;
  /** Most bytes of the body as JSON. */
  readonly mostBytes: number;
}

/** What each system takes. */
export const payloadSchemas: Readonly<Record<AudienceTarget, PayloadSchema>> = {
  hubspot: {
    pages: [
      "https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/batch/upsert-contacts",
      "https://developers.hubspot.com/docs/api-reference/2026-03/crm/objects/contacts/batch/update-contacts",
    ],
    path: /^\/crm\/v3\/objects\/contacts\/batch\/(upsert|update)$/,
    body: record({
      inputs: listOf(
        record({ id: isName, properties: record({}, {}, isText) }, { idProperty: isName, objectWriteTraceId: isName }),
        100,
      ),
    }),
    mostBytes: 1e6,
  },
  salesforce: {
    pages: [
      "https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections-upsert.html",
      "https://developer.salesforce.com/docs/platform/api-rest/guide/dome-update-fields.html", // POST with _HttpMethod
    ],
    path: /^\/services\/data\/v\d+\.\d\/composite\/sobjects\/\w+\/\w+\?_HttpMethod=PATCH$/,
    body: record({
      allOrNone: oneOf(true, false),
      // Every record names its type and the external id, and must not have a field `id`.
      records: listOf(
        record({ attributes: record({ type: isName }) }, { id: () => false, Id: () => false }, (value) => value === null || isText(value)), // prettier-ignore
        200,
      ),
    }),
    mostBytes: 1e6,
  },
  marketo: {
    pages: ["https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/lead-database/lead-database"],
    path: /^\/rest\/v1\/leads\.json$/,
    body: record({
      action: oneOf("createOnly", "updateOnly", "createOrUpdate", "createDuplicate"),
      lookupField: isName,
      input: listOf(
        record({}, {}, (value) => value === null || isText(value)),
        300,
      ),
    }),
    mostBytes: 1e6,
  },
  segment: {
    pages: ["https://www.twilio.com/docs/segment/connections/sources/catalog/libraries/server/http-api"],
    path: /^\/v1\/batch$/,
    body: record({
      batch: listOf(
        (message) =>
          new TextEncoder().encode(JSON.stringify(message)).length <= 32_000 &&
          record(
            { type: oneOf("identify", "track"), userId: isName, messageId: isName },
            { traits: record({}, {}, () => true), event: isName, properties: record({}, {}, () => true), timestamp: isIsoTime }, // prettier-ignore
          )(message),
        2500,
      ),
    }),
    mostBytes: 500_000,
  },
  webhook: {
    pages: [],
    path: /^\//,
    body: record(
      {
        run: isText,
        members: listOf(
          record({
            id: isName,
            change: oneOf("added", "changed", "removed"),
            from: (value) => value === null || isText(value),
            to: (value) => value === null || isText(value),
          }),
          500,
        ),
      },
      { time: isIsoTime },
    ),
    mostBytes: 1e6,
  },
};
