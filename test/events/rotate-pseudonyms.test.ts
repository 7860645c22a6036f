import { pseudonymize, pseudonymOf, pseudonymRotation, rotatePseudonyms } from "clientele/events";
import { describe, expect, it } from "vitest";
import { cleaningLaws } from "../laws/cleaning-laws.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const from = { key: new Uint8Array(32).fill(1), keyId: "2023" };
const to = { key: new Uint8Array(16).fill(2), keyId: "2024" };

cleaningLaws("rotatePseudonyms", (log) => rotatePseudonyms(log, { ids: ["ann", "10"], from, to }));

describe("pseudonymRotation", () => {
  it("lists the old and the new pseudonym of every id, in the order of the ids", () => {
    const ids = ["bo", "ann", "bo"];
    expect(pseudonymRotation(ids, { from, to, field: "email" })).toEqual({
      from: ids.map((id) => pseudonymOf(id, { ...from, field: "email" })),
      to: ids.map((id) => pseudonymOf(id, { ...to, field: "email" })),
    });
    expect(pseudonymRotation([], { from, to })).toEqual({ from: [], to: [] });
  });

  it("refuses what is no list of ids, and two keys of one name", () => {
    expectRefusal(() => pseudonymRotation("ann" as never, { from, to }), "shape-mismatch", "ids");
    expectRefusal(() => pseudonymRotation(["ann", 5 as never], { from, to }), "invalid-value", "ids[1]");
    expectRefusal(() => pseudonymRotation(["a\ud800"], { from, to }), "invalid-value", "ids[0]");
    expectRefusal(() => pseudonymRotation([], { from, to: { ...to, keyId: "2023" } }), "invalid-option", "options.to.keyId"); // prettier-ignore
  });
});

describe("rotatePseudonyms", () => {
  const log = logOf([
    ["ann", "view", 3, 1, "o-1"],
    ["bo", "buy", 1, 2, "o-2"],
    ["cy", "buy", 2, 3, null],
  ]);

  it("makes the log that the new key would have made", () => {
    const { log: rotated, report } = rotatePseudonyms(pseudonymize(log, from).log, { ids: ["cy", "bo", "ann"], from, to }); // prettier-ignore
    expect(rotated).toEqual(pseudonymize(log, to).log);
    expect(report).toMatchObject({ read: 3, kept: 3, rotated: 3, current: 0, unknown: 0, notes: [] });
  });

  it("rotates further columns by their name", () => {
    const old = pseudonymize(log, { ...from, fields: ["order"] }).log;
    const { log: rotated } = rotatePseudonyms(old, { ids: ["o-1", "o-2"], field: "order", from, to });
    expect(rotated).toEqual(pseudonymize(log, { ...to, fields: ["order"] }).log);
  });

  it("keeps and counts names of nobody it knows, and knows those of the new key", () => {
    const half = rotatePseudonyms(pseudonymize(log, from).log, { ids: ["ann"], from, to });
    expect(half.report).toMatchObject({ rotated: 1, current: 0, unknown: 2 });
    expect(half.report.notes).toEqual([expect.objectContaining({ code: "unknown-pseudonyms" })]);
    const whole = rotatePseudonyms(half.log, { ids: ["ann", "bo", "cy"], from, to });
    expect(whole.report).toMatchObject({ rotated: 2, current: 1, unknown: 0 });
    expect(whole.log).toEqual(pseudonymize(log, to).log);
  });

  it("needs the normalization that the pseudonyms were made with", () => {
    const mails = logOf([["Ann@x.org", "view", 1]]);
    const old = pseudonymize(mails, { ...from, normalize: "email" }).log;
    expect(rotatePseudonyms(old, { ids: ["Ann@x.org"], from, to }).report.unknown).toBe(1);
    expect(rotatePseudonyms(old, { ids: ["Ann@x.org"], from, to, normalize: "email" }).report.rotated).toBe(1);
  });
});
