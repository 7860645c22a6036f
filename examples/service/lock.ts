// One process per folder: two would write one journal. The lock is a file with the process id; one that a killed process left
// behind is taken over.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ServiceFailure } from "./failure.ts";

/**
 * Takes a folder.
 *
 * @param folder - an existing folder.
 * @returns gives it back.
 * @throws {ServiceFailure} `folder-in-use` when a living process has it.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "lock");
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: "wx" });
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    // In a container every start has the same process id: a lock of our own number is left over.
    if (holder > 0 && holder !== process.pid && isAlive(holder)) {
      throw new ServiceFailure("folder-in-use", `process ${holder} works in it; if it does not, remove the file lock`);
    }
    await rm(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
