// npm start: raw events in, segments and a report out. `npm start -- --help` lists what it can do with your own file.
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { readArguments } from "./arguments.ts";
import { figuresOf } from "./figures.ts";
import { helpText } from "./flags.ts";
import { shopFromFile, simulatedShop } from "./open-shop.ts";
import { analyze } from "./pipeline.ts";
import { stepsTo } from "./progress.ts";
import { reportPage } from "./report.ts";
import { storyOf } from "./story.ts";
import { UserError } from "./user-error.ts";
import { customersCsv, segmentsJson } from "./write.ts";

async function main(args: readonly string[]): Promise<void> {
  const command = readArguments(args);
  if (command.help) {
    console.log(helpText());
    return;
  }
  const print = (line: string): void => console.log(line);
  const step = stepsTo(print);
  const shop =
    command.file === undefined ? simulatedShop(command, step) : await shopFromFile(command.file, step, print);
  const analysis = analyze(shop, step, command.seed);
  const figures = figuresOf(shop, analysis);
  const story = storyOf(shop, analysis, figures);
  const files = {
    "report.html": () => reportPage(shop, analysis, figures, story),
    "customers.csv": () => customersCsv(analysis),
    "segments.json": () => segmentsJson(shop, analysis, figures),
  };
  const out = outFolder(command.out);
  for (const [name, content] of Object.entries(files)) {
    step(name, () => save(resolve(out, name), content()), (bytes) => `${Math.ceil(bytes / 1024)} kB`);
  }
  print(`\n${Object.keys(files).map((name) => resolve(out, name)).join("\n")}\n`);
  story.forEach((line) => print(line));
}

function outFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true });
    return path;
  } catch {
    throw new UserError(`--out ${path} cannot be made a folder.`);
  }
}

function save(path: string, content: string): number {
  try {
    writeFileSync(path, content);
    return Buffer.byteLength(content);
  } catch {
    throw new UserError(`${path} cannot be written.`);
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // What the person can put right is one sentence; anything else is a defect and keeps its stack.
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
