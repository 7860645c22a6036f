import { describe, expect, it } from "vitest";
import { nextMidnight, timeReader } from "../../examples/shop/times.ts";

const read = (text: string, format = "auto", zone = "UTC"): number => timeReader(format, zone).read(text);
const utc = (text: string): number => Date.parse(text);

describe("times of a file", () => {
  it("reads offsets, and takes a missing offset from the zone", () => {
    expect(read("2024-02-29T13:45:00+01:00")).toBe(utc("2024-02-29T12:45:00Z"));
    expect(read("2024-02-29 13:45:00Z", "auto", "Asia/Tokyo")).toBe(utc("2024-02-29T13:45:00Z"));
    expect(read("2024-02-29 13:45:00 UTC")).toBe(utc("2024-02-29T13:45:00Z"));
    expect(read("2024-02-29 13:45", "auto", "Asia/Kolkata")).toBe(utc("2024-02-29T08:15:00Z"));
    expect(read("2024-02-29 13:45:00-0330")).toBe(utc("2024-02-29T17:15:00Z"));
    expect(read("2010-12-01")).toBe(utc("2010-12-01T00:00:00Z"));
    expect(read("2010-12-01", "auto", "America/New_York")).toBe(utc("2010-12-01T05:00:00Z"));
  });

  it("keeps microseconds as a fraction of a millisecond", () => {
    expect(read("2024-01-01 00:00:00.123456")).toBeCloseTo(utc("2024-01-01T00:00:00.123Z") + 0.456, 3);
  });

  it("refuses dates that do not exist and texts that are no times", () => {
    const wrong = ["2023-02-29", "2024-13-01", "2024-01-01 24:00", "2024-01-01 10:60", "2024-01-01 10:00:60"];
    const odd = ["1", "", "20240101", "2024-1-1", "01/02/2024", "0050-01-01", "2024-01-01 10:00 +25:00", "yesterday"];
    for (const text of [...wrong, ...odd]) expect(read(text), text).toBeNaN();
  });

  it("asks for an offset when the format is iso", () => {
    expect(read("2024-02-29T13:45:00Z", "iso")).toBe(utc("2024-02-29T13:45:00Z"));
    expect(read("2024-02-29T13:45:00", "iso")).toBeNaN();
  });

  it("reads epochs in the unit that is named, and nothing beyond what a Date holds", () => {
    expect(read("1700000000", "epoch-s")).toBe(1_700_000_000_000);
    expect(read("1700000000.5", "epoch-s")).toBe(1_700_000_000_500);
    expect(read("1700000000000", "epoch-ms")).toBe(1_700_000_000_000);
    expect(read("-1000", "epoch-ms")).toBe(-1000);
    for (const text of ["8640000000000001", "1e12", "0x10", "", "Infinity"]) expect(read(text, "epoch-ms")).toBeNaN();
  });

  it("reads patterns", () => {
    expect(read("01/12/2010 08:26", "DD/MM/YYYY HH:mm")).toBe(utc("2010-12-01T08:26:00Z"));
    expect(read("12/1/10 8:26 PM", "M/D/YY h:mm A")).toBe(utc("2010-12-01T20:26:00Z"));
    expect(read("12/1/10 12:26 am", "M/D/YY h:mm A")).toBe(utc("2010-12-01T00:26:00Z"));
    expect(read("01-Dec-1999", "DD-MMM-YYYY")).toBe(utc("1999-12-01T00:00:00Z"));
    expect(read("20240229", "YYYYMMDD")).toBe(utc("2024-02-29T00:00:00Z"));
    expect(read("2024.02.29T10:11:12.5+02:00", "YYYY.MM.DDTHH:mm:ss.SSSZ")).toBe(utc("2024-02-29T08:11:12.5Z"));
    expect(read("13/1/10 8:26 PM", "M/D/YY h:mm A")).toBeNaN();
    expect(read("1/1/10 13:26 PM", "M/D/YY h:mm A")).toBeNaN();
    expect(read("31/04/2010", "DD/MM/YYYY")).toBeNaN();
  });

  it("refuses patterns that cannot work, in one sentence", () => {
    for (const format of ["yyyy-mm-dd", "%Y-%m-%d", "HH:mm", "DD/MM", "YYYY-MM-DD h:mm", "YYYY-YYYY-MM-DD"]) {
      expect(() => timeReader(format, "UTC"), format).toThrow(/^--time-format '.*' (has|must have) .*--help\.$/);
    }
  });

  // Europe/London 2024: clocks go forward on 31 March at 01:00 UTC and back on 27 October at 01:00 UTC.
  it("counts an hour that never happens from the old offset, and takes the first of an hour that happens twice", () => {
    const london = (text: string): number => read(text, "auto", "Europe/London");
    expect(london("2024-03-31 00:59")).toBe(utc("2024-03-31T00:59:00Z"));
    expect(london("2024-03-31 01:30")).toBe(utc("2024-03-31T01:30:00Z")); // 02:30 in summer time
    expect(london("2024-03-31 02:30")).toBe(utc("2024-03-31T01:30:00Z"));
    expect(london("2024-10-27 00:30")).toBe(utc("2024-10-26T23:30:00Z"));
    expect(london("2024-10-27 01:30")).toBe(utc("2024-10-27T00:30:00Z")); // the second one is 01:30Z
    expect(london("2024-10-27 02:30")).toBe(utc("2024-10-27T02:30:00Z"));
  });

  it("survives a day that was left out and half-hour clock changes", () => {
    // Apia had no 30 December 2011; Lord Howe Island changes by half an hour (7 April 2024 02:00 → 01:30).
    expect(read("2011-12-30 12:00", "auto", "Pacific/Apia")).toBe(utc("2011-12-30T22:00:00Z"));
    expect(read("2011-12-31 12:00", "auto", "Pacific/Apia")).toBe(utc("2011-12-30T22:00:00Z"));
    expect(read("2024-04-07 01:45", "auto", "Australia/Lord_Howe")).toBe(utc("2024-04-06T14:45:00Z"));
    expect(read("2024-04-07 02:15", "auto", "Australia/Lord_Howe")).toBe(utc("2024-04-06T15:45:00Z"));
  });

  it("counts texts without offset, so that the assumed zone can be told", () => {
    const reader = timeReader("auto", "UTC");
    for (const text of ["2024-01-01T00:00:00Z", "2024-01-01 00:00", "nonsense"]) reader.read(text);
    expect(reader.withoutOffset).toBe(1);
  });

  it("finds the midnight that begins the next day", () => {
    expect(nextMidnight(utc("2011-12-09T12:50:00Z"), "UTC")).toBe(utc("2011-12-10T00:00:00Z"));
    expect(nextMidnight(utc("2011-12-09T00:00:00Z"), "UTC")).toBe(utc("2011-12-10T00:00:00Z"));
    expect(nextMidnight(utc("2024-03-30T23:30:00Z"), "Europe/Berlin")).toBe(utc("2024-03-31T22:00:00Z"));
    expect(nextMidnight(utc("2024-03-30T22:30:00Z"), "Europe/Berlin")).toBe(utc("2024-03-30T23:00:00Z"));
  });
});
