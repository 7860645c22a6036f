// The whole service: store, models, server and the timer that moves the clock, opened and closed in the right order.
import { join } from "node:path";
import { openModels } from "./models.ts";
import { createServer } from "./server.ts";
import type { Settings } from "./settings.ts";
import { openStore, type StoreOptions } from "./store.ts";

/** How the service runs. */
export interface ServiceOptions extends StoreOptions {
  readonly folder: string;
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly settings: Settings;
  /** How often the clock moves by itself; 0 = only by events and `POST /tick`. */
  readonly tickSeconds: number;
  /** The time of day, epoch milliseconds. */
  readonly now: () => number;
}

/** A running service. */
export interface Service {
  readonly url: string;
  /** Ends in order: no new requests, the ones that came answered, the state saved. */
  close(): Promise<void>;
}

/** Starts the service. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { folder, host, port, settings, tickSeconds, now } = options;
  const store = await openStore(folder, settings, options);
  try {
    const models = await openModels(join(folder, "models"));
    const app = createServer({ store, models, now });
    const url = await app.listen({ host, port });
    // A tick that cannot be written shows in /health.
    const tick = (): void => void store.submit({ kind: "tick", now: now() }).catch(() => undefined);
    const timer = tickSeconds > 0 ? setInterval(tick, tickSeconds * 1000) : undefined;
    return {
      url,
      async close() {
        clearInterval(timer);
        // A connection whose last request was under way when closing began is idle only later.
        const sweep = setInterval(() => app.server.closeIdleConnections(), 20);
        await app.close();
        clearInterval(sweep);
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
