// From a file to a report, away from the page, so that the page stays usable and can stop it at any moment.
import { eventCollector } from "../shop/event-columns.ts";
import { figuresOf } from "../shop/figures.ts";
import { shopOf } from "../shop/open-shop.ts";
import { analyze } from "../shop/pipeline.ts";
import type { Step } from "../shop/progress.ts";
import { reportPage } from "../shop/report.ts";
import { storyOf } from "../shop/story.ts";
import { UserError } from "../shop/user-error.ts";
import { customersCsv } from "../shop/write.ts";
import { recordSplitter, textOf } from "./csv.ts";
import type { Job, News } from "./messages.ts";

const seed = 1;

const tell = (news: News): void => self.postMessage(news);

const step: Step = (name, work) => {
  tell({ kind: "step", name });
  return work();
};

async function report({ file, options }: Job): Promise<void> {
  const events = eventCollector(options);
  const splitter = recordSplitter(options.delimiter ?? ",", (cells) => events.take(cells));
  const progress = (bytes: number): void => tell({ kind: "read", bytes, of: file.size });
  for await (const text of textOf(file, options.encoding, progress)) splitter.push(text);
  splitter.end();
  const shop = shopOf(options, events.finish(), step, file.name);
  const analysis = analyze(shop, step, seed);
  const figures = figuresOf(shop, analysis);
  const story = storyOf(shop, analysis, figures);
  const html = step(
    "report",
    () => reportPage(shop, analysis, figures, story),
    () => "",
  );
  tell({ kind: "done", html, csv: customersCsv(analysis), story });
}

self.onmessage = ({ data }: MessageEvent<Job>): void => {
  report(data).catch((error: unknown) => {
    const known = error instanceof UserError;
    // The sentences were written for a command line; its flags mean nothing here.
    const sentence = known
      ? error.message.replace(/ \((see )?--[^)]*\)/g, "")
      : `This did not work: ${error instanceof Error ? error.message : "an unknown error"}.`;
    tell({ kind: "problem", sentence });
  });
};
