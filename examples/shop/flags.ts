// The flags and what --help says about them: one table for both.

/** One flag. */
export interface Flag {
  readonly name: string;
  /** What follows the flag in `--help`; a flag without one is a switch. */
  readonly takes?: string;
  readonly help: readonly string[];
}

/** All flags, in the order of the help. */
export const flags: readonly Flag[] = [
  {
    name: "events",
    takes: "FILE",
    help: ["a CSV file of events or invoice lines, plain or .gz; without it a shop is simulated"],
  },
  {
    name: "customer",
    takes: "COL",
    help: ["the column with the customer id; a row without one is rejected and counted"],
  },
  { name: "time", takes: "COL", help: ["the column with the time of the event"] },
  { name: "type", takes: "COL", help: ["the column with the kind of event (view, cart, purchase, …)"] },
  { name: "type-is", takes: "NAME", help: ["instead of --type: every row is this kind of event (default: purchase)"] },
  {
    name: "purchase",
    takes: "NAME",
    help: ["which kind of event is a purchase (default: the --type-is name, or purchase)"],
  },
  {
    name: "value",
    takes: "COL",
    help: [
      "what the event was worth: a column, or a product of columns: 'Quantity*UnitPrice'.",
      "A purchase below zero is counted as a refund, not as a purchase;",
      "one of exactly zero: see --free. An empty cell is a purchase of unknown value",
    ],
  },
  {
    name: "free",
    takes: "drop|keep",
    help: [
      "a purchase worth exactly zero: drop = counted as free, not as a purchase (default with --order,",
      "where a row is a line of an order: a gift in the parcel); keep = still a purchase (default",
      "without --order, where a row is a whole order: a voucher paid for it)",
    ],
  },
  { name: "order", takes: "COL", help: ["rows with the same order number are lines of one order"] },
  {
    name: "variant",
    takes: "COL",
    help: ["which variant of an experiment the customer had; the report holds the variants side by side"],
  },
  {
    name: "control",
    takes: "NAME",
    help: ["the variant that the others are compared with (default: control, else the largest)"],
  },
  { name: "id", takes: "COL", help: ["the event id: a row that repeats an earlier one is rejected and counted"] },
  {
    name: "time-format",
    takes: "FORMAT",
    help: [
      "auto (default) = 2024-02-29T13:45:00+01:00, or without offset 2024-02-29[ 13:45[:00[.123]]];",
      "iso = the same, but the offset is required; epoch-ms; epoch-s; or a pattern of",
      "YYYY YY MMM MM M DD D HH H hh h mm m ss s SSS A Z: 'DD/MM/YYYY HH:mm', 'M/D/YY h:mm A'",
    ],
  },
  {
    name: "time-zone",
    takes: "ZONE",
    help: [
      "the zone of times without offset and of calendar days, such as Europe/London (default UTC).",
      "When clocks go back, an hour that happens twice is the first one;",
      "when they go forward, an hour that never happens counts from the old offset (2:30 is 3:30)",
    ],
  },
  {
    name: "as-of",
    takes: "TIME",
    help: [
      "the moment to judge customers at; later rows are rejected and counted",
      "(default: the midnight after the last event)",
    ],
  },
  {
    name: "delimiter",
    takes: "CHAR",
    help: ["between cells (default: found in the first line: comma, semicolon, tab or |)"],
  },
  { name: "decimal", takes: "CHAR", help: ["the decimal mark of --value: . (default) or ,"] },
  { name: "encoding", takes: "NAME", help: ["of the file (default utf-8), such as windows-1252"] },
  { name: "customers", takes: "N", help: ["size of the simulated shop (default 20000)"] },
  { name: "seed", takes: "N", help: ["of the simulation and of every random start (default 1)"] },
  { name: "out", takes: "DIR", help: ["where report.html, customers.csv and segments.json go (default out)"] },
  { name: "help", help: ["this text"] },
];

/** What `--help` prints. */
export function helpText(): string {
  const width = Math.max(...flags.map((flag) => usage(flag).length)) + 2;
  const lines = flags.flatMap((flag) =>
    flag.help.map((line, i) => `  ${(i === 0 ? usage(flag) : "").padEnd(width)}${line}`),
  );
  return [
    "From raw events to customer segments and a report a person can open.",
    "",
    "  npm start                              a simulated shop",
    "  npm start -- --events FILE --customer COL --time COL [--type COL | --type-is purchase]",
    "               [--value COL] [--order COL] …",
    "",
    ...lines,
    "",
    "Example, a retailer's invoice lines:",
    "  npm start -- --events online_retail.csv.gz --customer CustomerID --time InvoiceDate \\",
    "    --type-is purchase --value 'Quantity*UnitPrice' --order InvoiceNo",
    "",
    "Exit code: 0 = done, 2 = something to put right, said in one sentence.",
  ].join("\n");
}

/** A flag as it is written: `--events FILE`. */
export function usage(flag: Flag): string {
  return `--${flag.name}${flag.takes === undefined ? "" : ` ${flag.takes}`}`;
}
