// The journal at work: commands come one by one, and go to the disk in batches. While one batch is being flushed the next one
// gathers, so that a flush serves as many requests as came during the one before it: under load hundreds, alone one.
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "./commands.ts";
import { ServiceFailure } from "./failure.ts";
import { journalName, lineOf } from "./journal-file.ts";
import { syncFolder } from "./write-atomically.ts";

/** Takes commands, and hands them on once they are on the disk. */
export interface Journal<Answer> {
  /** Commands that wait for the disk. */
  readonly waiting: () => number;
  /** Resolves with the answer when the command is on the disk and was handed on. */
  append(command: Command): Promise<Answer>;
  /** The next batch begins a new file. */
  rotate(): void;
  /** Resolves when all commands are on the disk; later ones are refused. */
  close(): Promise<void>;
}

interface Entry<Answer> {
  readonly command: Command;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Opens a journal for writing.
 *
 * @param folder - where its files are.
 * @param last - the number of the last line that is there.
 * @param handOn - called with each command in the order of the lines, after they were flushed.
 * @returns the journal; its first line begins a new file.
 */
export function openJournal<Answer>(
  folder: string,
  last: number,
  handOn: (command: Command) => Answer,
): Journal<Answer> {
  let file: FileHandle | undefined;
  let gathered: Entry<Answer>[] = [];
  let seq = last;
  let refusal: ServiceFailure | undefined;
  let flushing: Promise<void> | undefined;
  let isFull = true;

  async function newFile(): Promise<FileHandle> {
    await file?.close();
    const opened = await open(join(folder, journalName(seq + 1)), "a");
    await syncFolder(folder);
    return opened;
  }

  async function write(batch: readonly Entry<Answer>[]): Promise<void> {
    if (isFull || file === undefined) file = await newFile();
    isFull = false;
    let text = "";
    for (const { command } of batch) text += lineOf(++seq, command);
    await file.writeFile(text);
    await file.datasync();
  }

  async function flush(): Promise<void> {
    let flushed: Entry<Answer>[] = [];
    while (gathered.length > 0 || flushed.length > 0) {
      const batch = gathered;
      gathered = [];
      // The next batch is on its way to the disk while the one before it is handed on.
      const written = batch.length === 0 ? undefined : write(batch).then(none, writeFault);
      const fault = handOnAll(flushed) ?? (await written);
      flushed = batch;
      if (fault === undefined) continue;
      // Part of the batch may be on the disk. Nothing may be written behind it, and nothing of it is acknowledged.
      refusal = fault;
      for (const { reject } of [...batch, ...gathered]) reject(fault);
      gathered = [];
      break;
    }
    // In the same turn as the last look at what gathered: a command that comes later begins a flush of its own.
    flushing = undefined;
  }

  /** Answers commands that are on the disk; what cannot be applied is a bug, and the state is not to be trusted. */
  function handOnAll(entries: readonly Entry<Answer>[]): ServiceFailure | undefined {
    for (let i = 0; i < entries.length; i++) {
      try {
        entries[i].resolve(handOn(entries[i].command));
      } catch {
        const fault = new ServiceFailure("command-failed", "a command that is in the journal cannot be applied");
        for (const { reject } of entries.slice(i)) reject(fault);
        return fault;
      }
    }
    return undefined;
  }

  return {
    waiting: () => gathered.length,
    append(command) {
      if (refusal !== undefined) return Promise.reject(refusal);
      return new Promise((resolve, reject) => {
        gathered.push({ command, resolve, reject });
        flushing ??= flush();
      });
    },
    rotate: () => {
      isFull = true;
    },
    async close() {
      refusal ??= new ServiceFailure("closed", "the service is shutting down");
      await flushing;
      await file?.close();
    },
  };
}

function none(): undefined {
  return undefined;
}

function writeFault(): ServiceFailure {
  return new ServiceFailure("write-failed", "the journal cannot be written");
}
