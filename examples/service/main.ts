// Starts the service from the command line: tsx examples/service/main.ts --folder data
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { ClienteleError } from "clientele/core";
import { ServiceFailure } from "./failure.ts";
import { startService } from "./service.ts";
import { readSettings } from "./settings.ts";

const help = `Usage: tsx examples/service/main.ts --folder FOLDER [options]

  --folder FOLDER       where journal, snapshots and models are kept; made when it is not there
  --settings FILE       JSON: rules, fields, what a purchase is, … (see settings.ts)
  --host HOST           address to listen on (127.0.0.1)
  --port PORT           port to listen on; 0 = any free one (8080)
  --tick-seconds N      how often the clock moves by itself; 0 = never (10)
  --snapshot-every N    a snapshot after so many events (250000)
  --keep-journals       keep journal files that no start needs any more`;

/** A command line that cannot be used. */
class UsageError extends Error {}

function readFlags(): { [name in keyof typeof flags]?: string | boolean } {
  try {
    return parseArgs({ options: flags, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const flags = {
  folder: { type: "string" },
  settings: { type: "string" },
  host: { type: "string", default: "127.0.0.1" },
  port: { type: "string", default: "8080" },
  "tick-seconds": { type: "string", default: "10" },
  "snapshot-every": { type: "string", default: "250000" },
  "keep-journals": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

function count(name: string, text: string | boolean | undefined, least: number, most: number): number {
  const value = typeof text === "string" && /^\d+$/u.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`--${name} must be a whole number from ${least} to ${most}`);
}

async function main(): Promise<void> {
  const given = readFlags();
  if (given.help === true) return console.log(help);
  if (typeof given.folder !== "string" || given.folder === "") throw new UsageError("--folder FOLDER is needed");
  const file = given.settings as string | undefined;
  const service = await startService({
    folder: given.folder,
    settings: readSettings(file === undefined ? {} : JSON.parse(await readFile(file, "utf8"))),
    host: given.host as string,
    port: count("port", given.port, 0, 65_535),
    tickSeconds: count("tick-seconds", given["tick-seconds"], 0, 86_400),
    snapshotEvery: count("snapshot-every", given["snapshot-every"], 1, 1e9),
    keepJournals: given["keep-journals"] === true,
    now: Date.now,
  });
  console.log(`listening on ${service.url}`);
  let isEnding = false;
  const end = (): void => {
    if (isEnding) process.exit(1); // a second signal: do not wait
    isEnding = true;
    service.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

main().catch((error: unknown) => {
  const isKnown = error instanceof UsageError || error instanceof ServiceFailure || error instanceof ClienteleError;
  console.error(isKnown ? error.message : error);
  process.exit(error instanceof UsageError ? 2 : 1);
});
