import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { randomOf } from "clientele/core";
import type { ServiceEvent } from "../../examples/service/commands.ts";
import { bundleProgram } from "./built.ts";
import { projectRoot } from "./project.ts";

/** An hour of the story that all tests of the service tell. */
export const hour = 3_600_000;
/** When it begins. */
export const start: number = Date.UTC(2025, 0, 6);

/** A shop's events in the order of time: carts, some of which are bought, and views. */
export function shopEvents(count: number, seed: number, prefix = ""): ServiceEvent[] {
  const random = randomOf(seed);
  const types = ["view", "view", "view", "cart", "cart", "purchase"];
  return Array.from({ length: count }, (_, i) => {
    const customer = `${prefix}customer-${random.integer(Math.ceil(count / 8))}`;
    const type = types[random.integer(types.length)];
    const time = start + i * 60_000 + random.integer(60_000);
    return {
      id: `${prefix}${i}`,
      customer,
      type,
      time,
      ...(type === "purchase" ? { value: 5 + random.integer(100) } : {}),
      ...(type === "view" ? {} : { cart: `c${random.integer(3)}` }),
    };
  });
}

/** What a request led to. */
export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends a request; text is sent as it is. */
export async function ask(url: string, path: string, body?: unknown, type = "application/json"): Promise<Answered> {
  const init: RequestInit =
    body === undefined
      ? {}
      : {
          method: "POST",
          headers: { "content-type": type },
          body: typeof body === "string" ? body : JSON.stringify(body),
        };
  const response = await fetch(url + path, init);
  return { status: response.status, body: (await response.json()) as Answered["body"] };
}

/** A service in a process of its own. */
export interface ServiceProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Sends a signal, and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Makes the program that {@link spawnService} starts. */
export async function buildService(): Promise<string> {
  const folder = join(projectRoot, "node_modules/.cache/clientele-service");
  mkdirSync(folder, { recursive: true });
  const program = join(folder, `service-${process.pid}.mjs`);
  await bundleProgram("examples/service/main.ts", program);
  return program;
}

/** Starts the service on a free port. */
export async function spawnService(program: string, folder: string, flags: readonly string[]): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [program, "--folder", folder, "--port", "0", "--tick-seconds", "0", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const told: string[] = [];
  child.stderr.on("data", (text: Buffer) => told.push(text.toString()));
  const listening = (async () => {
    for await (const line of createInterface(child.stdout)) {
      if (line.startsWith("listening on ")) return line.slice("listening on ".length);
    }
    return undefined;
  })();
  const url = await Promise.race([listening, ended.then(() => undefined)]);
  if (url === undefined) throw new Error(`the service did not start: ${told.join("")}`);
  return {
    url,
    child,
    async stop(signal) {
      child.kill(signal);
      const [code, by] = await ended;
      return { code, signal: by };
    },
  };
}
