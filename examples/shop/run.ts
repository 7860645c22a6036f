// The program from its command line to its last line.
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { readArguments } from "./arguments.ts";
import { figuresOf } from "./figures.ts";
import { helpText } from "./flags.ts";
import { shopFromFile } from "./open-file.ts";
import { simulatedShop } from "./open-shop.ts";
import { analyze } from "./pipeline.ts";
import { stepsTo } from "./progress.ts";
import { reportPage } from "./report.ts";
import { storyOf } from "./story.ts";
import { UserError } from "./user-error.ts";
import { customersCsv, segmentsJson } from "./write.ts";

/** Takes one line of output. */
export type Print = (line: string) => void;

/**
 * Does what a command line asks for.
 *
 * @param args - the words after the program's name.
 * @param print - takes the lines of progress and of the story.
 * @param complain - takes the one sentence that says what must be put right.
 * @returns the exit code: 0, or 2 after a complaint.
 */
export async function run(args: readonly string[], print: Print, complain: Print): Promise<0 | 2> {
  try {
    await main(args, print);
    return 0;
  } catch (error) {
    // Anything but what the person can put right is a defect and keeps its stack.
    if (!(error instanceof UserError)) throw error;
    complain(error.message);
    return 2;
  }
}

async function main(args: readonly string[], print: Print): Promise<void> {
  const command = readArguments(args);
  if (command.help) {
    print(helpText());
    return;
  }
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
    step(
      name,
      () => save(resolve(out, name), content()),
      (bytes) => `${Math.ceil(bytes / 1024)} kB`,
    );
  }
  print(
    `\n${Object.keys(files)
      .map((name) => resolve(out, name))
      .join("\n")}\n`,
  );
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
