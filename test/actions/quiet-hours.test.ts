import { describe, expect, it } from "vitest";
import { quietUntil } from "../../src/actions/quiet-hours.ts";
import { calendarOf } from "../../src/tables/calendar.ts";
import { instantOf, temporalHourOf } from "../oracles/temporal.ts";

describe("the end of quiet hours", () => {
  it("is the next whole hour that is not quiet, as Temporal has local hours, in zones with every kind of clock change", () => {
    for (const zone of [
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Asia/Kathmandu",
      "America/St_Johns",
    ]) {
      const calendar = calendarOf(zone);
      for (let time = Date.UTC(2024, 2, 8); time < Date.UTC(2024, 3, 9); time += 1_800_000) {
        const isQuiet = (at: number): boolean => temporalHourOf(zone, at) >= 22 || temporalHourOf(zone, at) < 7;
        const out = quietUntil(calendar, { from: 22, to: 7 }, time);
        expect(isQuiet(out)).toBe(false);
        // It is not late: the millisecond before was quiet, unless there was nothing to wait for.
        expect(out === time ? !isQuiet(time) : isQuiet(time) && isQuiet(out - 1)).toBe(true);
      }
    }
  });

  it("is as much later as the clock was put forward over it, and the first of two", () => {
    const berlin = calendarOf("Europe/Berlin");
    const local = (text: string): number => instantOf("Europe/Berlin", text);
    const until = (from: number, to: number, text: string): number => quietUntil(berlin, { from, to }, local(text));
    // Temporal, too, takes 02:30 of this night for 03:30.
    expect(until(1, 2.5, "2024-03-31T01:30")).toBe(local("2024-03-31T02:30"));
    expect(until(1, 2.5, "2024-03-31T01:30")).toBe(local("2024-03-31T03:30"));
    expect(until(1, 2.5, "2024-10-27T01:30")).toBe(local("2024-10-27T02:30"));
    expect(until(22, 24, "2024-01-01T23:00")).toBe(local("2024-01-02T00:00"));
  });
});
