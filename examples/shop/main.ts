// npm start: raw events in, segments and a report out. `npm start -- --help` lists what it can do with your own file.
import { run } from "./run.ts";

process.exitCode = await run(
  process.argv.slice(2),
  (line) => console.log(line),
  (sentence) => console.error(sentence),
);
