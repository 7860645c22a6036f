import { existsSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Random, randomOf } from "clientele/core";
import type { Command, ServiceEvent } from "../../examples/service/commands.ts";
import { apply } from "../../examples/service/core.ts";
import { readJournal } from "../../examples/service/journal-file.ts";
import { fetchMessages, type Message } from "../../examples/service/outbox.ts";
import { defaultSettings } from "../../examples/service/settings.ts";
import { readSnapshot, snapshotSeqs, snapshotText } from "../../examples/service/snapshot.ts";
import { newState, type State } from "../../examples/service/state.ts";
import { recover } from "../../examples/service/store.ts";
import { scratchFolder } from "../support/built.ts";
import { ask, buildService, hour, type ServiceProcess, shopEvents, spawnService, start } from "../support/service.ts";

const scratch = scratchFolder("service-crash");
let program: string;

beforeAll(async () => {
  program = await buildService();
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
  rmSync(program);
});

/** A sender with its own customers: a request that was not answered is sent again. */
class Sender {
  readonly acknowledged: string[] = [];
  private readonly random: Random;
  private request: readonly ServiceEvent[] = [];
  private sent = 0;

  constructor(
    readonly events: readonly ServiceEvent[],
    seed: number,
  ) {
    this.random = randomOf(seed);
  }

  /** Sends until all is sent or the service is gone. */
  async run(url: string, onAnswer: () => void): Promise<void> {
    while (this.request.length > 0 || this.sent < this.events.length) {
      if (this.request.length === 0) {
        this.request = this.events.slice(this.sent, this.sent + 1 + this.random.integer(4));
        this.sent += this.request.length;
      }
      try {
        const { status } = await ask(url, "/events", this.request);
        if (status !== 200) return;
      } catch {
        return;
      }
      this.acknowledged.push(...this.request.map(({ id }) => id));
      this.request = [];
      onAnswer();
    }
  }
}

/** Fetches messages and remembers, as a consumer must, the number of the last one. */
class Consumer {
  readonly messages: Message[] = [];

  async run(url: string, isOver: () => boolean): Promise<void> {
    try {
      for (;;) {
        const over = isOver();
        const after = this.messages.at(-1)?.seq ?? 0;
        const { messages } = (await ask(url, `/actions?after=${after}`)).body as { messages: Message[] };
        this.messages.push(...messages);
        if (messages.length > 0) await ask(url, "/actions/acknowledge", { through: messages.at(-1)?.seq });
        else if (over) return;
        else await wait(2);
      }
    } catch {
      // The service is gone; what was fetched and not acknowledged is asked for by number next time.
    }
  }
}

async function commandsOf(folder: string): Promise<Command[]> {
  const commands: Command[] = [];
  for await (const { command } of readJournal(folder, 1)) commands.push(command);
  return commands;
}

function run(commands: readonly Command[]): State {
  const state = newState(defaultSettings);
  for (const command of commands) apply(state, command);
  return state;
}

describe("a service that is killed", () => {
  it.each([1, 2])(
    "loses no acknowledged event and no message, sends none twice, and finds its state to the bit (seed %i)",
    async (seed) => {
      const folder = join(scratch, `killed-${seed}`);
      const random = randomOf(seed);
      const senders = [1, 2, 3, 4].map((i) => new Sender(shopEvents(250, seed * 10 + i, `s${i}-`), seed * 100 + i));
      const consumer = new Consumer();
      const flags = ["--snapshot-every", "40", "--keep-journals"];
      for (let round = 0; round < 5; round++) {
        const service = await spawnService(program, folder, flags);
        let answers = 0;
        const killAfter = 10 + random.integer(70);
        const pauseMs = random.next() * 4;
        let killed: Promise<unknown> | undefined;
        const onAnswer = (): void => {
          if (++answers === killAfter) killed = wait(pauseMs).then(() => service.stop("SIGKILL"));
        };
        await Promise.all([
          ...senders.map((sender) => sender.run(service.url, onAnswer)),
          consumer.run(service.url, () => false),
        ]);
        expect(await killed).toEqual({ code: null, signal: "SIGKILL" });

        const commands = await commandsOf(folder);
        const ids = new Set(commands.flatMap((one) => (one.kind === "events" ? one.events.map(({ id }) => id) : [])));
        expect(senders.flatMap(({ acknowledged }) => acknowledged).filter((id) => !ids.has(id))).toEqual([]);
        expect(snapshotText((await recover(folder, defaultSettings)).state)).toBe(snapshotText(run(commands)));
      }
      const service = await spawnService(program, folder, flags);
      await Promise.all(senders.map((sender) => sender.run(service.url, () => undefined)));
      await ask(service.url, "/tick", { now: start + 1000 * hour });
      await consumer.run(service.url, () => true);
      expect(await service.stop("SIGTERM")).toEqual({ code: 0, signal: null });

      // Everything that was sent is there once, and the same commands without a crash lead to the same.
      const commands = await commandsOf(folder);
      const never = run(commands);
      expect(never.seen.current.size).toBe(1000);
      expect(senders.flatMap(({ acknowledged }) => acknowledged).length).toBe(1000);
      const [newest] = await snapshotSeqs(folder);
      expect(snapshotText((await readSnapshot(folder, newest)) as State)).toBe(snapshotText(never));
      const kept = run(commands.filter(({ kind }) => kind !== "acknowledge"));
      expect(consumer.messages).toEqual(fetchMessages(kept.outbox, 0, 1e6));
      expect(consumer.messages.length).toBeGreaterThan(200);
      expect(new Set(consumer.messages.map(({ kind, idempotencyKey }) => kind + idempotencyKey)).size).toBe(consumer.messages.length); // prettier-ignore
    },
  );
});

describe("a service that is told to end", () => {
  it("answers what came, saves its state, and leaves no lock", async () => {
    const folder = join(scratch, "ended");
    const service: ServiceProcess = await spawnService(program, folder, []);
    const senders = [1, 2, 3, 4].map((i) => new Sender(shopEvents(2000, i, `s${i}-`), i));
    let answers = 0;
    let stopped: Promise<unknown> | undefined;
    const onAnswer = (): void => {
      if (++answers === 100) stopped = service.stop("SIGTERM");
    };
    await Promise.all(senders.map((sender) => sender.run(service.url, onAnswer)));
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect(existsSync(join(folder, "lock"))).toBe(false);
    const [newest] = await snapshotSeqs(folder);
    const state = (await readSnapshot(folder, newest)) as State;
    const acknowledged = senders.flatMap((sender) => sender.acknowledged);
    expect(acknowledged.filter((id) => !state.seen.current.has(id))).toEqual([]);
    expect(acknowledged.length).toBeLessThan(8000);
  });

  it("says in a line what it cannot start with", async () => {
    const folder = join(scratch, "refused");
    const service = await spawnService(program, folder, []);
    await expect(spawnService(program, folder, [])).rejects.toThrow(
      /did not start: folder-in-use: process \d+ works in it/,
    );
    await service.stop("SIGTERM");
    await expect(spawnService(program, folder, ["--snapshot-every", "0"])).rejects.toThrow(
      "--snapshot-every must be a whole number from 1 to 1000000000",
    );
    await expect(spawnService(program, folder, ["--folder"])).rejects.toThrow("--folder");
  });
});
