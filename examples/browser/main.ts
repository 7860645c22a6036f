// The page: drop a file, confirm what its columns are, read the report. Nothing is sent anywhere.
import type { FileOptions } from "../shop/arguments.ts";
import { UserError } from "../shop/user-error.ts";
import type { Glimpse } from "./csv.ts";
import { glimpseOf } from "./csv.ts";
import { guessMapping } from "./guess.ts";
import type { Job, News } from "./messages.ts";

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const drop = find("drop");
const picker = find<HTMLInputElement>("file");
const form = find<HTMLFormElement>("mapping");
const working = find("working");
const bar = find<HTMLProgressElement>("bar");
const doing = find("doing");
const problem = find("problem");
const result = find("result");

let chosen: { readonly file: File; readonly glimpse: Glimpse } | undefined;
let worker: Worker | undefined;
let urls: string[] = [];

function show(...parts: readonly HTMLElement[]): void {
  for (const part of [form, working, problem, result]) part.hidden = !parts.includes(part);
}

function complain(error: unknown): void {
  problem.textContent = error instanceof UserError ? error.message : `This did not work: ${String(error)}`;
  show(problem, ...(chosen === undefined ? [] : [form]));
}

async function open(file: File): Promise<void> {
  stop();
  chosen = undefined;
  try {
    const glimpse = await glimpseOf(file, field("encoding").value);
    chosen = { file, glimpse };
    fillForm(file, glimpse);
    show(form);
    field("customer").focus();
  } catch (error) {
    complain(error);
  }
}

type Field = HTMLSelectElement | HTMLInputElement;
const field = (name: string): Field => form.elements.namedItem(name) as Field;

function fillForm(file: File, glimpse: Glimpse): void {
  find("name").textContent = file.name;
  const guess = guessMapping(glimpse);
  for (const role of ["customer", "time", "type", "order", "variant"] as const) {
    const none = { customer: "choose a column", time: "choose a column", type: "none: every row is a purchase", order: "none", variant: "none" }[role]; // prettier-ignore
    const options = glimpse.header.map((name) => new Option(name, name, false, name === guess[role]));
    field(role).replaceChildren(new Option(none, ""), ...options);
    field(role).value = guess[role];
  }
  for (const role of ["value", "purchase", "decimal"] as const) field(role).value = guess[role];
  find("columns").replaceChildren(...glimpse.header.map((name) => new Option(name, name)));
  const rows = [glimpse.header, ...glimpse.rows.slice(0, 4)].map((cells, r) => {
    const row = document.createElement("tr");
    row.append(
      ...cells.map((cell) => Object.assign(document.createElement(r === 0 ? "th" : "td"), { textContent: cell })),
    );
    return row;
  });
  find("preview").replaceChildren(...rows);
}

function optionsOf(name: string, { delimiter }: Glimpse): FileOptions {
  const text = (role: string): string | undefined => {
    const value = field(role).value.trim();
    return value === "" ? undefined : value;
  };
  const purchase = text("purchase") ?? "purchase";
  const type = text("type");
  const order = text("order");
  const timeZone = text("timeZone") ?? "UTC";
  try {
    new Intl.DateTimeFormat("en-US", { timeZone });
  } catch {
    throw new UserError(`${timeZone} is not a time zone; one is called Europe/London.`);
  }
  return {
    ...{ path: name, delimiter, order, purchase, timeZone },
    customer: field("customer").value,
    time: field("time").value,
    type: type === undefined ? { is: purchase } : { column: type },
    value: text("value"),
    variant: text("variant"),
    control: text("control"),
    id: undefined,
    keepFree: order === undefined,
    timeFormat: text("timeFormat") ?? "auto",
    asOf: undefined,
    decimal: field("decimal").value === "," ? "," : ".",
    encoding: field("encoding").value,
  };
}

function start(): void {
  stop();
  if (chosen === undefined) return;
  let job: Job;
  try {
    job = { file: chosen.file, options: optionsOf(chosen.file.name, chosen.glimpse) };
  } catch (error) {
    complain(error);
    return;
  }
  show(working);
  bar.value = 0;
  doing.textContent = "Reading the file";
  find("cancel").focus();
  // The worker's program lies in the page, so that one file is all there is and it works without a server.
  const url = URL.createObjectURL(new Blob([find("worker").textContent], { type: "text/javascript" }));
  worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.onmessage = ({ data }: MessageEvent<News>): void => hear(data);
  worker.onerror = (event): void => complain(event.message);
  worker.postMessage(job);
}

/** Reading is told by bytes; the steps after it take about as long together. */
const stepShare = 0.025;

function hear(news: News): void {
  if (news.kind === "read") bar.value = news.of === 0 ? 0 : (0.5 * news.bytes) / news.of;
  else if (news.kind === "step") {
    bar.value = Math.min(0.98, Math.max(0.5, bar.value) + stepShare);
    doing.textContent = `Working: ${news.name}`;
  } else if (news.kind === "problem") {
    stop();
    complain(new UserError(news.sentence));
  } else {
    stop();
    present(news.html, news.csv, news.story);
  }
}

function present(html: string, csv: string, story: readonly string[]): void {
  urls.forEach((url) => URL.revokeObjectURL(url));
  urls = [new Blob([html], { type: "text/html" }), new Blob([csv], { type: "text/csv" })].map((blob) => URL.createObjectURL(blob)); // prettier-ignore
  const frame = find<HTMLIFrameElement>("report");
  frame.onload = (): void => frame.contentDocument?.addEventListener("click", followLink);
  frame.srcdoc = html;
  find<HTMLAnchorElement>("save").href = urls[0];
  find<HTMLAnchorElement>("save-csv").href = urls[1];
  find("summary").textContent = story[2] ?? "";
  show(result);
  find("save").focus();
}

/** Addresses within a framed text are taken for those of this page, so the links of its contents are followed by hand. */
function followLink(event: Event): void {
  const href = (event.target as Element).closest("a")?.getAttribute("href") ?? "";
  if (!href.startsWith("#")) return;
  event.preventDefault();
  const heading = (event.currentTarget as Document).getElementById(href.slice(1));
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
  heading?.scrollIntoView();
}

function stop(): void {
  worker?.terminate();
  worker = undefined;
}

picker.addEventListener("change", () => {
  const [file] = picker.files ?? [];
  if (file !== undefined) void open(file);
});
// A page that does not handle a drop would be left for the file.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
drop.addEventListener("dragover", () => drop.classList.add("over"));
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  drop.classList.remove("over");
  const file = event.dataTransfer?.files[0];
  if (file !== undefined) void open(file);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
field("encoding").addEventListener("change", () => {
  if (chosen !== undefined) void open(chosen.file);
});
find("cancel").addEventListener("click", () => {
  stop();
  show(form);
  field("customer").focus();
});
