import { describe, expect, it } from "vitest";
import { readArguments } from "../../examples/shop/arguments.ts";
import { helpText } from "../../examples/shop/flags.ts";
import { UserError } from "../../examples/shop/user-error.ts";

const file = ["--events", "f.csv", "--customer", "c", "--time", "t"];

function refusal(...args: string[]): string {
  try {
    readArguments(args);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  return "nothing was refused";
}

describe("the command line", () => {
  it("simulates a shop when nothing is said", () => {
    expect(readArguments([])).toEqual({ help: false, out: "out", seed: 1, customers: 20_000, file: undefined });
  });

  it("reads a file with its columns and defaults", () => {
    expect(readArguments([...file, "--type-is", "order", "--out=x"])).toMatchObject({
      out: "x",
      file: {
        path: "f.csv",
        type: { is: "order" },
        purchase: "order", // every row is an order: then an order is what a purchase is
        keepFree: true,
        timeFormat: "auto",
        timeZone: "UTC",
        encoding: "utf-8",
      },
    });
    expect(readArguments([...file, "--type", "what"]).file).toMatchObject({
      type: { column: "what" },
      purchase: "purchase",
    });
    expect(readArguments([...file, "--type-is", "purchase", "--order", "o"]).file).toMatchObject({ keepFree: false });
    expect(readArguments(file).file).toMatchObject({ type: { is: "purchase" }, purchase: "purchase" });
  });

  it("takes column names that look like flags behind an equals sign", () => {
    const columns = ["--events", "f.csv", "--customer=--who=", "--time", "-t", "--type-is", "p"];
    expect(readArguments(columns).file).toMatchObject({ customer: "--who=", time: "-t" });
  });

  it("refuses what it cannot use in one sentence", () => {
    expect(refusal("--event", "f.csv")).toBe("--event is not a flag (is --events meant?): see npm start -- --help.");
    expect(refusal("--colour", "red")).toBe("--colour is not a flag: see npm start -- --help.");
    expect(refusal("f.csv")).toContain('"f.csv" belongs to no flag');
    expect(refusal("--events")).toBe("--events needs a value: --events FILE.");
    expect(refusal("--events", "--customer", "c")).toBe("--events needs a value: --events FILE.");
    expect(refusal("--events=")).toBe("--events needs a value: --events FILE.");
    expect(refusal(...file, "--time", "t")).toContain("--time is given twice");
    expect(refusal("--help=yes")).toContain("--help takes no value");
    expect(refusal("--events", "f.csv", "--time", "t", "--type-is", "p")).toContain("needs --customer COL");
    expect(refusal("--events", "f.csv", "--customer", "c", "--type-is", "p")).toContain("needs --time COL");
    expect(refusal(...file, "--type", "a", "--type-is", "b")).toContain(
      "--type COL and --type-is NAME exclude each other",
    );
    expect(refusal("--customer", "c")).toContain("say which one with --events FILE");
    expect(refusal(...file, "--type-is", "p", "--customers", "9")).toContain("does not go with --events");
    expect(refusal(...file, "--type-is", "p", "--time-zone", "Mars/Base")).toContain("is not a time zone");
    expect(refusal(...file, "--type-is", "p", "--encoding", "morse")).toContain("is not a text encoding");
    expect(refusal(...file, "--type-is", "p", "--delimiter", "::")).toContain("must be one character");
    expect(refusal(...file, "--type-is", "p", "--free", "maybe")).toContain("must be drop or keep");
    for (const wrong of ["two", "2", "-5", "1e3", "99999999999"])
      expect(refusal("--customers", wrong)).toContain("whole number");
  });

  it("explains every flag in lines that fit a terminal", () => {
    const help = helpText();
    for (const name of ["events", "customer", "time-format", "as-of", "free"]) expect(help).toContain(`  --${name} `);
    expect(Math.max(...help.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});
