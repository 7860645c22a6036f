// The state with its files: a start finds it again, commands change it once they are on the disk, and now and then a snapshot
// lets old journal files go.
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Command, Reply } from "./commands.ts";
import { apply, type BeforeChange } from "./core.ts";
import { ServiceFailure } from "./failure.ts";
import { journalFirsts, journalName, readJournal } from "./journal-file.ts";
import { type Journal, openJournal } from "./journal.ts";
import { lockFolder } from "./lock.ts";
import { lastingSettings, type Settings } from "./settings.ts";
import { readSnapshot, removeSnapshot, snapshotSeqs, takeSnapshot, writeSnapshot } from "./snapshot.ts";
import { newState, type State } from "./state.ts";
import { unfinished } from "./write-atomically.ts";

/** How a store is kept. */
export interface StoreOptions {
  /** A snapshot is taken after so many events and other commands: a start has no more than that to do again. */
  readonly snapshotEvery: number;
  /** Whether journal files stay when no start needs them any more: a record of all that happened. */
  readonly keepJournals: boolean;
}

/** The state, and the only way to change it. */
export interface Store {
  /** To be read, not written. Everything in it is on the disk. */
  readonly state: Readonly<State>;
  /** Commands that wait for the disk. */
  readonly waiting: () => number;
  /** Why commands are refused from here on, if they are. */
  readonly failure: () => ServiceFailure | undefined;
  /** Resolves when the command is on the disk and applied. */
  submit(command: Command): Promise<Reply>;
  /** Waits for the commands that came, takes a last snapshot, and gives the folder back. */
  close(): Promise<void>;
}

/**
 * Opens a store: the newest snapshot that can be read, and the journal after it.
 *
 * @param folder - made when it is not there.
 * @param settings - those from now on; what came before is applied under the settings of then.
 * @param options - see {@link StoreOptions}.
 * @returns the store, with the state as it was when the last acknowledged command was applied.
 * @throws {ServiceFailure} when the files do not say what the state was, or settings differ that it depends on.
 */
export async function openStore(folder: string, settings: Settings, options: StoreOptions): Promise<Store> {
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder);
  try {
    for (const name of await readdir(folder)) if (name.endsWith(unfinished)) await rm(join(folder, name));
    const { state, saved } = await recover(folder, settings);
    const store = workOn(folder, state, saved, options, unlock);
    // JSON as the journal holds it: what is undefined is not there.
    if (state.seq === 0 || !isDeepStrictEqual(state.settings, JSON.parse(JSON.stringify(settings)))) {
      checkLasting(state, settings);
      await store.submit({ kind: "configure", settings });
    }
    return store;
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** The state that the files tell of, and the last command that a snapshot stands for. */
export async function recover(folder: string, settings: Settings): Promise<{ state: State; saved: number }> {
  let state = newState(settings);
  const snapshots = await snapshotSeqs(folder);
  for (const seq of snapshots) {
    const read = await readSnapshot(folder, seq);
    if (read === undefined) continue;
    state = read;
    break;
  }
  const saved = state.seq;
  for await (const { command } of readJournal(folder, saved + 1)) apply(state, command);
  if (state.seq >= (snapshots[0] ?? 0)) return { state, saved };
  throw new ServiceFailure("missing-journal", `lines ${state.seq + 1} to ${snapshots[0]} are not there`);
}

function checkLasting(state: State, settings: Settings): void {
  const differing = lastingSettings.find((key) => state.settings[key] !== settings[key]);
  if (differing === undefined || state.customers.size === 0) return;
  throw new ServiceFailure("settings-differ", `${differing} is not what the stored state was made with`);
}

/** How many snapshots are kept: should the newest one be damaged, the one before it still leads to the same state. */
const keptSnapshots = 2;

function workOn(
  folder: string,
  state: State,
  saved: number,
  options: StoreOptions,
  unlock: () => Promise<void>,
): Store {
  let failure: ServiceFailure | undefined;
  let lastSnapshot = saved;
  let sinceSnapshot = 0;
  let beforeChange: BeforeChange | undefined;
  let snapshot: Promise<void> | undefined;

  async function save(): Promise<void> {
    const taken = takeSnapshot(state);
    lastSnapshot = taken.seq;
    sinceSnapshot = 0;
    beforeChange = taken.beforeChange;
    try {
      await writeSnapshot(folder, taken);
      await removeOld(folder, options.keepJournals);
    } catch {
      // The journal still has everything. The next snapshot may have more luck.
    } finally {
      beforeChange = undefined;
      snapshot = undefined;
    }
  }

  const journal: Journal<Reply> = openJournal(folder, state.seq, (command) => {
    const reply = apply(state, command, beforeChange);
    sinceSnapshot += command.kind === "events" ? command.events.length : 1;
    if (sinceSnapshot >= options.snapshotEvery && snapshot === undefined) {
      journal.rotate();
      snapshot = save();
    }
    return reply;
  });

  return {
    state,
    waiting: journal.waiting,
    failure: () => failure,
    async submit(command) {
      try {
        return await journal.append(command);
      } catch (error) {
        if (error instanceof ServiceFailure && error.code !== "closed") failure = error;
        throw error;
      }
    },
    async close() {
      await journal.close();
      await snapshot;
      if (failure === undefined && state.seq > lastSnapshot) await save();
      await unlock();
    },
  };
}

/** Removes snapshots beyond the newest ones, and journal files whose lines all of these have outrun. */
async function removeOld(folder: string, keepJournals: boolean): Promise<void> {
  const seqs = await snapshotSeqs(folder);
  for (const seq of seqs.slice(keptSnapshots)) await removeSnapshot(folder, seq);
  // Fewer snapshots than that: a start without any must find the journal from the first line on.
  const needed = seqs.length < keptSnapshots ? 1 : seqs[keptSnapshots - 1] + 1;
  if (keepJournals) return;
  const firsts = await journalFirsts(folder);
  for (let i = 0; i + 1 < firsts.length; i++) {
    if (firsts[i + 1] <= needed) await rm(join(folder, journalName(firsts[i])), { force: true });
  }
}
