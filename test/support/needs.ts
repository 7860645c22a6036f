import { describe, expect, test } from "vitest";

/**
 * A group of tests that need something npm does not bring. Runs where it is, is skipped visibly where it is not, and
 * fails in CI, where a skip would hide as green.
 *
 * @param title - the group's title.
 * @param missing - what is not there; empty = run.
 * @param body - the tests; called only when nothing is missing.
 */
export function describeWith(title: string, missing: readonly string[], body: () => void): void {
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  describe(title, () => {
    const inCi = process.env["CI"] === "true";
    test.skipIf(!inCi)(`needs ${missing.join(" and ")}`, () => {
      expect.fail(`CI must bring ${missing.join(" and ")}: see .ci/run`);
    });
  });
}
