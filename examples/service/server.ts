// The routes, and the only file that knows Fastify. A route reads its request, asks the store or the models, and answers; what
// is decided is decided in core.ts. Errors say a code and a place, and quote nothing of what was sent.
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { ClienteleError } from "clientele/core";
import { describeCustomer } from "./customer-answer.ts";
import { ServiceFailure } from "./failure.ts";
import type { Models } from "./models.ts";
import { fetchMessages } from "./outbox.ts";
import { readCount, readEventsBody, readObject, readTime, refuse } from "./read-request.ts";
import type { Store } from "./store.ts";

/** What the routes work on. */
export interface ServerParts {
  readonly store: Store;
  readonly models: Models;
  /** The time of day, epoch milliseconds. */
  readonly now: () => number;
}

/** Largest body of a request, but for models; a thousand events of ordinary size are a fifth of it. */
const bodyLimit = 1 << 20;
const modelLimit = 1 << 24;
/** Commands that may wait for the disk; beyond, requests are turned away before memory is full. */
const mostWaiting = 10_000;
/** Messages of one answer. */
const mostMessages = 1000;

/** Makes the server; it listens when it is told to. */
export function createServer({ store, models, now }: ServerParts): FastifyInstance {
  const { state } = store;
  const app = fastify({ bodyLimit, forceCloseConnections: "idle", exposeHeadRoutes: false });

  // A text that is no JSON is quoted by the error of JSON.parse, which is therefore not shown.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_, body, done) => {
    try {
      done(null, JSON.parse(body as string));
    } catch {
      done(new ClienteleError("request", { code: "invalid-value", path: "body", expected: "JSON", received: "another text" })); // prettier-ignore
    }
  });
  app.setErrorHandler((error, _, reply) => answerError(reply, error));
  app.setNotFoundHandler((_, reply) => answer(reply, 404, errorOf("not-found", "url", "There is nothing here.")));

  app.post("/events", async ({ body }, reply) => {
    if (store.waiting() >= mostWaiting) return answerBusy(reply);
    const events = readEventsBody(body, { settings: state.settings, now: now() });
    return answer(reply, 200, await store.submit({ kind: "events", events }));
  });

  app.post("/tick", async ({ body }, reply) => {
    const { now: given } = readObject(body ?? {}, "body", ["now"]);
    const at = given === undefined ? now() : readTime(given, "now", now());
    return answer(reply, 200, await store.submit({ kind: "tick", now: at }));
  });

  app.get<{ Params: { id: string }; Querystring: Record<string, string> }>("/customers/:id", (request, reply) => {
    const query = readObject({ ...request.query }, "query", ["asOf"]);
    const clock = state.clock ?? 0;
    const asOf = query["asOf"] === undefined ? Math.max(now(), clock) : readCount(query["asOf"], "query.asOf", 8.64e15);
    if (asOf < clock) refuse("query.asOf", "not before the latest event", asOf);
    const found = describeCustomer(state, models, request.params.id, asOf);
    if (found === undefined)
      return answer(reply, 404, errorOf("not-found", "id", "No event of this customer has come."));
    return answer(reply, 200, found);
  });

  app.get<{ Querystring: Record<string, string> }>("/actions", (request, reply) => {
    const query = readObject({ ...request.query }, "query", ["after", "limit"]);
    const after = readCount(query["after"] ?? 0, "query.after", Number.MAX_SAFE_INTEGER);
    const limit = readCount(query["limit"] ?? 100, "query.limit", mostMessages);
    const messages = fetchMessages(state.outbox, after, limit);
    return answer(reply, 200, { messages, next: messages.at(-1)?.seq ?? after, last: state.outbox.last });
  });

  app.post("/actions/acknowledge", async ({ body }, reply) => {
    const { through } = readObject(body, "body", ["through"]);
    const seq = readCount(through, "through", state.outbox.last);
    return answer(reply, 200, await store.submit({ kind: "acknowledge", through: seq }));
  });

  app.get("/models", (_, reply) => {
    const list = models.all().map(([name, { kind, target }]) => ({ name, kind, target }));
    return answer(reply, 200, { models: list });
  });

  app.get<{ Params: { name: string } }>("/models/:name", ({ params }, reply) => {
    const model = models.get(params.name);
    if (model === undefined) return answer(reply, 404, errorOf("not-found", "name", "There is no model of this name."));
    return answer(reply, 200, model);
  });

  app.post<{ Params: { name: string } }>(
    "/models/:name",
    { bodyLimit: modelLimit },
    async ({ body, params }, reply) => {
      const { kind, target, features } = await models.save(params.name, body, state.settings);
      return answer(reply, 200, { name: params.name, kind, target, features: features.length });
    },
  );

  app.get("/health", (_, reply) => {
    const failure = store.failure();
    const { seq, clock, customers, outbox } = state;
    const figures = {
      seq,
      clock,
      customers: customers.size,
      unacknowledged: outbox.messages.length,
      waiting: store.waiting(),
    };
    if (failure === undefined) return answer(reply, 200, { status: "ok", ...figures });
    return answer(reply, 503, { status: failure.code, ...figures });
  });

  return app;
}

/** Answers are made by JSON.stringify: Fastify would look for a schema. */
function answer(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.code(status).header("content-type", "application/json; charset=utf-8").send(JSON.stringify(body));
}

function errorOf(code: string, path: string, message: string): object {
  return { error: { code, path, message } };
}

function answerBusy(reply: FastifyReply): FastifyReply {
  void reply.header("retry-after", "1");
  return answer(reply, 503, errorOf("busy", "request", "Too many commands wait for the disk."));
}

function answerError(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof ClienteleError) return answer(reply, 400, errorOf(error.code, error.path, error.message));
  if (error instanceof ServiceFailure) return answer(reply, 503, errorOf(error.code, "service", "Nothing was done."));
  // Fastify's own: the body is too large, or of another type. Their messages may quote, so they are said anew.
  const { statusCode = 500 } = error as { readonly statusCode?: number };
  if (statusCode === 413) return answer(reply, 413, errorOf("too-large", "body", "The body is too large."));
  if (statusCode === 415)
    return answer(reply, 415, errorOf("unsupported", "body", "The body must be application/json."));
  if (statusCode < 500)
    return answer(reply, statusCode, errorOf("invalid-value", "request", "The request cannot be read."));
  return answer(reply, 500, errorOf("internal", "service", "Something is wrong with the service."));
}
