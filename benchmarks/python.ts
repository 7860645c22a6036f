import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Lap } from "./race.ts";

/** A Python process that keeps its data loaded and runs one job per request. */
export interface Python {
  /** Versions of the peers, for the report. */
  readonly versions: string;
  /** Puts an array where the process can read it; returns its file name. */
  share(name: string, array: Float64Array | Uint32Array | Int32Array): string;
  /** Runs one job of peers.py and returns its time, measured inside Python without loading. */
  lap(job: string, args: Readonly<Record<string, unknown>>): Promise<Lap>;
  close(): void;
}

/** Debian's interpreter: a pyenv or conda `python3` on the path would not see Debian's packages. */
const interpreter = "/usr/bin/python3";

/** Starts the Python peers, or returns the sentence that says how to install them. */
export async function startPython(): Promise<Python | string> {
  const help =
    "Python peers are absent: apt-get install -y python3-sklearn python3-pandas python3-fastcluster libopenblas0-pthread";
  if (!existsSync(interpreter)) return help;
  const folder = mkdtempSync(join(tmpdir(), "clientele-bench-"));
  // Set on some machines for the sake of old OpenBLAS builds, these two slow numpy down: the peers run without them.
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _cache, ...env } = process.env;
  const child = spawn(interpreter, [join(import.meta.dirname, "peers.py"), folder], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string | undefined> => {
    const line = await lines.next();
    return line.done === true ? undefined : line.value;
  };
  const versions = await answer();
  if (versions === undefined) return help;
  return {
    versions,
    share(name, array) {
      writeFileSync(join(folder, name), new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return name;
    },
    async lap(job, args) {
      child.stdin.write(`${JSON.stringify({ job, ...args })}\n`);
      const line = await answer();
      if (line === undefined) throw new Error(`peers.py stopped during ${job}`);
      return JSON.parse(line) as Lap;
    },
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
