import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Command } from "../../examples/service/commands.ts";
import { apply } from "../../examples/service/core.ts";
import { readJournal } from "../../examples/service/journal-file.ts";
import { openJournal } from "../../examples/service/journal.ts";
import { defaultSettings, readSettings, type Settings } from "../../examples/service/settings.ts";
import { snapshotText } from "../../examples/service/snapshot.ts";
import { newState } from "../../examples/service/state.ts";
import { openStore, recover } from "../../examples/service/store.ts";
import { writeAtomically } from "../../examples/service/write-atomically.ts";
import { scratchFolder } from "../support/built.ts";
import { hour, shopEvents, start } from "../support/service.ts";

const settings = readSettings({});
const scratch = scratchFolder("service-store");
let folder: string;
let tests = 0;

beforeEach(() => {
  folder = join(scratch, String(++tests));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const story: Command[] = [
  ...shopEvents(300, 4).map((event): Command => ({ kind: "events", events: [event] })),
  { kind: "tick", now: start + 30 * hour },
  { kind: "acknowledge", through: 5 },
  { kind: "events", events: shopEvents(50, 5, "more-") },
];

/** Runs the story, and leaves the folder as a crash would: without the last snapshot. */
async function liveThrough(
  options: { snapshotEvery?: number; stopAfter?: number; given?: Settings } = {},
): Promise<void> {
  const { snapshotEvery = 1e9, stopAfter = story.length, given = settings } = options;
  const store = await openStore(folder, given, { snapshotEvery, keepJournals: false });
  for (const command of story.slice(0, stopAfter)) await store.submit(command);
  await store.close();
  if (snapshotEvery < 1e9) return;
  for (const name of snapshots()) rmSync(join(folder, name));
}

/** The state that the same commands make without any file. */
function stateOf(commands: readonly Command[]): string {
  const state = newState(settings);
  for (const command of [{ kind: "configure", settings } as const, ...commands]) apply(state, command);
  return snapshotText(state);
}

const named = (prefix: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .sort();
const snapshots = (): string[] => named("snapshot-");
const journals = (): string[] => named("journal-");
const recovered = async (): Promise<string> => snapshotText((await recover(folder, settings)).state);
const failing = (code: string): unknown => expect.objectContaining({ name: "ServiceFailure", code });

describe("a store that starts again", () => {
  it("has the state of a run without files, from the journal alone", async () => {
    await liveThrough();
    expect(snapshots()).toEqual([]);
    expect(await recovered()).toBe(stateOf(story));
  });

  it("has it from a snapshot and the journal after it, and keeps no more files than it needs", async () => {
    await liveThrough({ snapshotEvery: 7 });
    expect(snapshots().length).toBe(2);
    expect(journals().length).toBeLessThan(6);
    expect(await recovered()).toBe(stateOf(story));
  });

  it("has it again and again", async () => {
    for (let from = 0; from < story.length; from += 60) {
      const store = await openStore(folder, settings, { snapshotEvery: 25, keepJournals: false });
      for (const command of story.slice(from, from + 60)) await store.submit(command);
      await store.close();
    }
    expect(await recovered()).toBe(stateOf(story));
  });

  it("spares the next start what this one had to do again, though nothing new came", async () => {
    await liveThrough();
    expect(snapshots()).toEqual([]);
    await (await openStore(folder, settings, { snapshotEvery: 1e9, keepJournals: false })).close();
    expect(snapshots()).toHaveLength(1);
    expect(await recovered()).toBe(stateOf(story));
  });

  it("cuts a last line that was torn, wherever it was torn", async () => {
    await liveThrough({ stopAfter: 20 });
    const path = join(folder, journals()[0]);
    const whole = readFileSync(path);
    const lastLine = whole.lastIndexOf("\n", whole.length - 2) + 1;
    for (let length = lastLine + 1; length < whole.length; length += 13) {
      writeFileSync(path, whole.subarray(0, length));
      expect(await recovered()).toBe(stateOf(story.slice(0, 19)));
      expect(readFileSync(path).length).toBe(lastLine);
    }
    truncateSync(path, lastLine);
    expect(await recovered()).toBe(stateOf(story.slice(0, 19)));
  });

  it("goes on after a cut as if the line had never been", async () => {
    await liveThrough({ stopAfter: 20 });
    appendFileSync(join(folder, journals()[0]), '{"crc":12,"seq":22,"comm');
    const store = await openStore(folder, settings, { snapshotEvery: 1e9, keepJournals: false });
    for (const command of story.slice(20)) await store.submit(command);
    await store.close();
    for (const name of snapshots()) rmSync(join(folder, name));
    expect(await recovered()).toBe(stateOf(story));
  });

  it("refuses a journal that is damaged before its end", async () => {
    await liveThrough();
    const path = join(folder, journals()[0]);
    const whole = readFileSync(path, "utf8");
    const lines = whole.split("\n");
    const without = (i: number): string => lines.toSpliced(i, 1).join("\n");
    const torn = lines.with(9, lines[9].slice(0, 40)).join("\n");
    const changed = lines.with(9, lines[9].replace('"customer-', '"customer_')).join("\n");
    for (const text of [without(9), without(0), torn, changed, `\n${whole}`]) {
      expect(text).not.toBe(whole);
      writeFileSync(path, text);
      await expect(recovered()).rejects.toThrow(failing("damaged-journal"));
    }
    // The message names a file and a line, and nothing that stands in it.
    const message = await recovered().catch((error: Error) => error.message);
    expect(message).toMatch(/^damaged-journal: journal-0000000000000001\.jsonl, line \d+ cannot be read$/);
  });

  it("refuses a file that ends within a line when others follow", async () => {
    await liveThrough({ stopAfter: 20 });
    const store = await openStore(folder, settings, { snapshotEvery: 1e9, keepJournals: false });
    await store.submit(story[20]);
    await store.close();
    for (const name of snapshots()) rmSync(join(folder, name));
    expect(journals().length).toBe(2);
    appendFileSync(join(folder, journals()[0]), '{"crc":12,"seq":22,"comm');
    await expect(recovered()).rejects.toThrow(failing("damaged-journal"));
  });

  it("refuses a gap", async () => {
    await liveThrough({ snapshotEvery: 50 });
    for (const name of snapshots()) rmSync(join(folder, name));
    await expect(recovered()).rejects.toThrow(failing("missing-journal"));
  });

  it("takes the snapshot before a damaged one, and refuses when there is none", async () => {
    await liveThrough({ snapshotEvery: 50 });
    const [older, newest] = snapshots().map((name) => join(folder, name));
    const whole = readFileSync(newest);
    for (const length of [0, 1, 300, whole.length >> 1, whole.length - 1]) {
      writeFileSync(newest, whole.subarray(0, length));
      expect(await recovered()).toBe(stateOf(story));
    }
    const changed = Buffer.from(whole);
    changed[whole.length >> 1] ^= 1;
    writeFileSync(newest, changed);
    expect(await recovered()).toBe(stateOf(story));
    writeFileSync(older, "");
    await expect(recovered()).rejects.toThrow(failing("missing-journal"));
    for (const name of journals()) rmSync(join(folder, name));
    await expect(recovered()).rejects.toThrow(failing("missing-journal"));
  });

  it("sweeps a snapshot away that a crash left half written", async () => {
    await liveThrough();
    const rubbish = join(folder, "snapshot-0000000000000100.jsonl.123-1.tmp");
    writeFileSync(rubbish, '{"kind":"clientele-serv');
    const store = await openStore(folder, settings, { snapshotEvery: 1e9, keepJournals: false });
    expect(existsSync(rubbish)).toBe(false);
    expect(snapshotText(store.state)).toBe(stateOf(story));
    await store.close();
  });

  it("applies each command under the settings of its time", async () => {
    const later = { ...settings, rules: [{ name: "thanks", on: "purchase", afterMinutes: 0 }] };
    await liveThrough({ stopAfter: 100 });
    const store = await openStore(folder, later, { snapshotEvery: 1e9, keepJournals: false });
    for (const command of story.slice(100)) await store.submit(command);
    const live = snapshotText(store.state);
    await store.close();
    for (const name of snapshots()) rmSync(join(folder, name));
    expect(await recovered()).toBe(live);
    const rules = new Set(store.state.outbox.messages.map(({ rule }) => rule));
    expect([...rules].sort()).toEqual(["abandoned-cart", "thanks", "welcome"]);
  });

  it("refuses other settings where the state depends on them", async () => {
    await liveThrough();
    const options = { snapshotEvery: 1e9, keepJournals: false };
    const other = { ...defaultSettings, purchase: "order" };
    await expect(openStore(folder, other, options)).rejects.toThrow(failing("settings-differ"));
    // The folder is free again.
    await (await openStore(folder, settings, options)).close();
  });

  it("refuses a folder that a living process works in, and takes over that of a dead one", async () => {
    const options = { snapshotEvery: 1e9, keepJournals: false };
    mkdirSync(folder);
    writeFileSync(join(folder, "lock"), String(process.ppid));
    await expect(openStore(folder, settings, options)).rejects.toThrow(failing("folder-in-use"));
    writeFileSync(join(folder, "lock"), "2147483646");
    await (await openStore(folder, settings, options)).close();
    expect(existsSync(join(folder, "lock"))).toBe(false);
  });

  it("takes no commands once it is closed", async () => {
    const store = await openStore(folder, settings, { snapshotEvery: 1e9, keepJournals: false });
    const last = store.submit(story[0]);
    await store.close();
    expect((await last).accepted).toBe(1);
    await expect(store.submit(story[1])).rejects.toThrow(failing("closed"));
  });
});

describe("the journal", () => {
  it("writes what came together in one batch, and hands it on in its order", async () => {
    mkdirSync(folder);
    const handed: Command[] = [];
    const journal = openJournal(folder, 0, (command) => handed.push(command));
    const answers = await Promise.all(story.map((command) => journal.append(command)));
    await journal.close();
    expect(answers).toEqual(story.map((_, i) => i + 1));
    expect(handed).toEqual(story);
    const lines: Command[] = [];
    for await (const { command } of readJournal(folder, 1)) lines.push(command);
    expect(lines).toEqual(story);
  });

  it("acknowledges nothing that it could not write, and stops", async () => {
    const journal = openJournal(join(folder, "not-there"), 0, () => 0);
    await expect(journal.append(story[0])).rejects.toThrow(failing("write-failed"));
    mkdirSync(join(folder, "not-there"), { recursive: true });
    await expect(journal.append(story[1])).rejects.toThrow(failing("write-failed"));
    await journal.close();
  });

  it("stops when a command cannot be applied", async () => {
    mkdirSync(folder);
    const journal = openJournal(folder, 0, () => {
      throw new TypeError("a bug");
    });
    await expect(journal.append(story[0])).rejects.toThrow(failing("command-failed"));
    await expect(journal.append(story[1])).rejects.toThrow(failing("command-failed"));
    await journal.close();
  });
});

describe("a file that is written atomically", () => {
  it("stays as it was when the writing fails", async () => {
    mkdirSync(folder);
    const path = join(folder, "file");
    await writeAtomically(path, ["one"]);
    const failingHalfway = (function* () {
      yield "two";
      throw new Error("halfway");
    })();
    await expect(writeAtomically(path, failingHalfway)).rejects.toThrow("halfway");
    expect(readFileSync(path, "utf8")).toBe("one");
    await writeAtomically(path, ["tw", "o"]);
    expect(readFileSync(path, "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});
