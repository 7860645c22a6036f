import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { readArguments } from "../../examples/shop/arguments.ts";
import type { FileEvents } from "../../examples/shop/event-columns.ts";
import { readEventFile } from "../../examples/shop/open-file.ts";
import { UserError } from "../../examples/shop/user-error.ts";

const folder = mkdtempSync(join(tmpdir(), "clientele-shop-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function write(content: string | Uint8Array, name = "events.csv"): string {
  const path = join(folder, `${files++}-${name}`);
  writeFileSync(path, content);
  return path;
}

const usual = ["--customer", "who", "--time", "when", "--type-is", "purchase"];

function read(content: string | Uint8Array, flags: readonly string[] = usual, name?: string): Promise<FileEvents> {
  return readEventFile(readArguments(["--events", write(content, name), ...flags]).file!);
}

async function sentence(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => "nothing was refused",
    (refused: unknown) => refused,
  );
  expect(error).toBeInstanceOf(UserError);
  const { message } = error as UserError;
  expect(message).toMatch(/^[^\n]+[.?]$/);
  return message.replaceAll(folder, "").replace(/^\/\d+-/, "");
}

/** The rows that were accepted, as text. */
function rowsOf({ columns }: FileEvents): string[] {
  const { customer, type, time, value } = columns;
  return [...time].map((at, row) => {
    const words = [customer.names[customer.codes[row]], type.names[type.codes[row]]];
    return [...words, new Date(at).toISOString().slice(0, 10), value[row]].join(" ");
  });
}

const threeDays = ["a purchase 2024-01-01 NaN", "b purchase 2024-01-02 NaN", "a purchase 2024-01-03 NaN"];

describe("a person's own file", () => {
  it("is read as comma, semicolon, tab or pipe separated text with any line ends", async () => {
    for (const comma of [",", ";", "\t", "|"]) {
      for (const end of ["\n", "\r\n", "\r"]) {
        const lines = [`who${comma}when`, `a${comma}2024-01-01`, `b${comma}2024-01-02`, `a${comma}2024-01-03`];
        const events = await read(lines.join(end));
        expect(rowsOf(events)).toEqual(threeDays);
        expect(events).toMatchObject({ read: 3, rejected: new Map() });
      }
    }
  });

  it("may mix line ends and hold blank lines", async () => {
    expect(rowsOf(await read("who,when\r\na,2024-01-01\n\n\r\nb,2024-01-02\na,2024-01-03\r\n"))).toEqual(threeDays);
  });

  it("may begin with a byte order mark, be gzipped under any name, and be UTF-16 as Excel writes it", async () => {
    const text = "who,when\na,2024-01-01\nb,2024-01-02\na,2024-01-03\n";
    expect(rowsOf(await read(`\uFEFF${text}`))).toEqual(threeDays);
    expect(rowsOf(await read(gzipSync(`\uFEFF${text}`), usual, "events.csv.gz"))).toEqual(threeDays);
    expect(rowsOf(await read(gzipSync(text), usual, "events.data"))).toEqual(threeDays);
    const utf16 = Buffer.from(`\uFEFF${text.replaceAll(",", "\t")}`, "utf16le");
    expect(rowsOf(await read(utf16))).toEqual(threeDays);
  });

  it("may quote line breaks, delimiters and quotes", async () => {
    const text = 'who,"the, ""note""",when\n"a\r\nb","x,\ny",2024-01-01\n"say ""hi""",24" screen,2024-01-02\n';
    expect((await read(text)).columns.customer.names).toEqual(["a\r\nb", 'say "hi"']);
  });

  it("keeps hostile ids apart: prototype names, digits, spaces, accents", async () => {
    const ids = ["__proto__", "constructor", "10", "010", " ", "é", "e\u0301", "=1+1"];
    const events = await read(`who,when\n${ids.map((id) => `${id},2024-01-01`).join("\n")}\n`);
    expect(events.columns.customer.names).toEqual(ids);
  });

  it("uses the first of several columns with one name, and says so", async () => {
    const events = await read("who,when,who\na,2024-01-01,x\n");
    expect(events.columns.customer.names).toEqual(["a"]);
    expect(events.notes).toContain('The file has several columns called "who"; the first one counts.');
  });

  it("counts every row that it leaves out, by reason", async () => {
    const text = `id,who,when,money
1,a,2024-01-01,5
2,,2024-01-01,5
3,a,January,5
4,a,2024-01-01,cheap
5,a,2024-01-01
6,a,2024-01-01,5,6
1,a,2024-01-09,5
7,a,2024-02-01 00:00:01,5
8,a,2024-02-01,
,b,2024-01-01,1e2
,b,2024-01-01,1e2
`;
    const events = await read(text, [...usual, "--value", "money", "--id", "id", "--as-of", "2024-02-01"]);
    expect(Object.fromEntries(events.rejected)).toEqual({
      "no customer": 1,
      "time not understood": 1,
      "value is not a number": 1,
      "another number of cells than the header": 2,
      "repeats an event id": 1,
      "after --as-of": 1,
    });
    expect(rowsOf(events)).toEqual([
      "a purchase 2024-01-01 5",
      "a purchase 2024-02-01 NaN",
      "b purchase 2024-01-01 100", // a missing id repeats nothing
      "b purchase 2024-01-01 100",
    ]);
    expect(events.read).toBe(11);
  });

  it("multiplies columns and constants for the value", async () => {
    const text = "who,when,n,price,a*b\nx,2024-01-01,3,2.5,9\n";
    const value = async (expression: string): Promise<number> =>
      (await read(text, [...usual, "--value", expression])).columns.value[0];
    expect(await value("n")).toBe(3);
    expect(await value("n*price")).toBe(7.5);
    expect(await value(" n * price * 0.01 ")).toBe(7.5 * 0.01);
    expect(await value("a*b")).toBe(9); // a column of that very name
  });

  it("reads decimal commas when told", async () => {
    const events = await read("who;when;money\na;2024-01-01;12,50\n", [...usual, "--value", "money", "--decimal", ","]);
    expect(events.columns.value[0]).toBe(12.5);
  });

  it("counts refunds apart from purchases, and free lines of an order apart from sales", async () => {
    const text = "who,when,money,no\na,2024-01-01,5,1\na,2024-01-01,0,1\na,2024-01-02,-5,2\na,2024-01-03,,3\n";
    const types = async (...flags: string[]): Promise<string[]> =>
      rowsOf(await read(text, [...usual, "--value", "money", ...flags])).map((row) => row.split(" ")[1]);
    expect(await types()).toEqual(["purchase", "purchase", "refund", "purchase"]);
    expect(await types("--order", "no")).toEqual(["purchase", "free", "refund", "purchase"]);
    expect(await types("--order", "no", "--free", "keep")).toEqual(["purchase", "purchase", "refund", "purchase"]);
    expect(await types("--free", "drop")).toEqual(["purchase", "free", "refund", "purchase"]);
  });

  it("takes the kind of event from a column, whatever it is called", async () => {
    const flags = ["--customer", "who", "--time", "when", "--type", "what", "--value", "money", "--purchase", "buy"];
    const text = "who,when,what,money\na,2024-01-01,view,0\na,2024-01-01,buy,-3\na,2024-01-01,buy,3\na,2024-01-01,,\n";
    const events = await read(text, flags);
    expect(events.columns.type.names).toEqual(["view", "refund", "buy", ""]);
  });

  it("reads more rows than the columns begin with, and chunks that cut characters apart", async () => {
    const rows = Array.from({ length: 70_000 }, (_, i) => `ü€😀${i % 5},2024-01-01,${i}`);
    const events = await read(`who,when,n\n${rows.join("\n")}\n`, [...usual, "--value", "n"]);
    expect(events.columns.time.length).toBe(70_000);
    expect(events.columns.customer.names).toEqual(["ü€😀0", "ü€😀1", "ü€😀2", "ü€😀3", "ü€😀4"]);
    expect(events.columns.value[69_999]).toBe(69_999);
  });

  it("says which zone it assumed, only when it had to", async () => {
    const zone = ["--time-zone", "Europe/Paris"];
    expect((await read("who,when\na,2024-01-01T00:00:00Z\n", [...usual, ...zone])).notes).toEqual([]);
    expect((await read("who,when\na,2024-01-01\n", [...usual, ...zone])).notes.join()).toContain(
      "as Europe/Paris time",
    );
  });
});

describe("a file that cannot be used", () => {
  it("is named in one sentence", async () => {
    const good = "who,when\na,2024-01-01\n";
    expect(await sentence(read(""))).toBe("events.csv is empty.");
    expect(await sentence(read("\uFEFF \r\n\n"))).toBe("events.csv is empty.");
    expect(await sentence(read(gzipSync("")))).toBe("events.csv is empty.");
    expect(await sentence(read("who,when\n"))).toBe("events.csv has a header but no rows.");
    expect(await sentence(read("who,when"))).toBe("events.csv has a header but no rows.");
    expect(await sentence(read("<!DOCTYPE html><title>404</title>"))).toContain("is a web page or XML, not CSV");
    expect(await sentence(read('{"who": "a"}\n'))).toContain("is JSON, not CSV");
    expect(await sentence(read("who\na\nb\n"))).toContain("has only one column");
    expect(await sentence(read(Buffer.from([80, 75, 3, 4, 20, 0, 6, 0])))).toContain("is not a text file");
    expect(await sentence(read(good, usual, "events.csv.gz"))).toContain("is not a gzip file");
    expect(await sentence(read(gzipSync(good.repeat(50)).subarray(0, 40)))).toContain("is cut off");
    expect(await sentence(read(Buffer.from([0x1f, 0x8b, 9, 9, 9, 9])))).toContain("is damaged");
    expect(await sentence(read(Buffer.from("who,when\nJos\xe9,2024-01-01\n", "latin1")))).toContain(
      "is not utf-8 text",
    );
    expect(await sentence(read('who,when\n"a,2024-01-01\nb,2024-01-02\n'))).toMatch(
      /near line \d+: a quote .* never closed/,
    );
    expect(await sentence(read(`who,when\n"${"a,2024-01-01\n".repeat(100_000)}`))).toContain("never closed");
  });

  it("can be read in its own encoding", async () => {
    const bytes = Buffer.from("who,when\nJos\xe9,2024-01-01\n", "latin1");
    expect((await read(bytes, [...usual, "--encoding", "windows-1252"])).columns.customer.names).toEqual(["José"]);
  });

  it("is missing, a folder, or lacks a column", async () => {
    const file = (path: string): Promise<FileEvents> =>
      readEventFile(readArguments(["--events", path, ...usual]).file!);
    expect(await sentence(file(join(folder, "none.csv")))).toContain("does not exist");
    expect(await sentence(file(folder))).toContain("is a folder");
    const message = await sentence(read("who,WHEN\na,2024-01-01\n"));
    expect(message).toBe('events.csv has no column "when" (--time); its columns are "who", "WHEN".');
    const product = await sentence(read("who,when,n\na,2024-01-01,1\n", [...usual, "--value", "n*price"]));
    expect(product).toContain('no column "price" (--value)');
  });

  it("is not read when --as-of is no time", async () => {
    expect(await sentence(read("who,when\na,2024-01-01\n", [...usual, "--as-of", "soon"]))).toContain("--as-of soon");
  });
});
