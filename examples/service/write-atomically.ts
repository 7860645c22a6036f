// A file that is there whole or not at all, also after a power cut: written under another name, flushed, renamed, and the
// folder flushed, for a name is part of the folder.
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** What unfinished files end in; whatever ends so is rubbish at the next start. */
export const unfinished = ".tmp";

let written = 0;

/**
 * Writes a file atomically.
 *
 * @param path - where; a file that is there is replaced in one step.
 * @param blocks - its text, in pieces of any size.
 */
export async function writeAtomically(path: string, blocks: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const temporary = `${path}.${process.pid}-${++written}${unfinished}`;
  try {
    const file = await open(temporary, "wx");
    try {
      for await (const block of blocks) await file.write(block);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Makes names in a folder last: of files that were made, renamed or removed. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
