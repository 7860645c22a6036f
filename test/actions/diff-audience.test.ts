import { type Audience, diffAudience } from "clientele/actions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal } from "../support/refusal.ts";

const audience = (...pairs: readonly (readonly [id: string, segment: string])[]): Audience =>
  pairs.map(([id, segment]) => ({ id, segment }));

describe("diffAudience", () => {
  it("tells who joined, left and changed, in the order of the lists", () => {
    const previous = audience(["z", "new"], ["b", "loyal"], ["a", "at risk"], ["k", "new"]);
    const next = audience(["q", "new"], ["a", "loyal"], ["k", "new"], ["c", "new"], ["z", "loyal"]);
    expect(diffAudience(previous, next)).toEqual({
      added: audience(["q", "new"], ["c", "new"]),
      removed: audience(["b", "loyal"]),
      changed: [
        { id: "a", segment: "loyal", from: "at risk", to: "loyal" },
        { id: "z", segment: "loyal", from: "new", to: "loyal" },
      ],
    });
  });

  it("finds nothing between an audience and itself, in whatever order, and between two empty ones", () => {
    const one = audience(["a", "x"], ["b", "y"]);
    const nothing = { added: [], removed: [], changed: [] };
    expect(diffAudience(one, one)).toEqual(nothing);
    expect(diffAudience(one, one.toReversed())).toEqual(nothing);
    expect(diffAudience([], [])).toEqual(nothing);
  });

  it("adds everyone the first time and removes everyone from an audience that is over", () => {
    const one = audience(["a", "x"], ["b", "y"]);
    expect(diffAudience([], one)).toEqual({ added: one, removed: [], changed: [] });
    expect(diffAudience(one, [])).toEqual({ added: [], removed: one, changed: [] });
  });

  it("keeps hostile ids and segments apart, byte for byte", () => {
    const members = hostileNames.map((id, i) => ({ id, segment: hostileNames[(i + 1) % hostileNames.length] }));
    expect(diffAudience([], members).added).toEqual(members);
    expect(diffAudience(members, members.toReversed())).toEqual({ added: [], removed: [], changed: [] });
    expect(diffAudience(audience(["\ud800", "a"]), audience(["\udc00", "a"]))).toEqual({
      added: audience(["\udc00", "a"]),
      removed: audience(["\ud800", "a"]),
      changed: [],
    });
    expect(diffAudience(audience(["\u00e9", "a"]), audience(["e\u0301", "a"])).added).toHaveLength(1);
  });

  it("leaves out further fields of a member", () => {
    const member = { id: "a", segment: "x", email: "a@example.org" };
    expect(diffAudience([], [member]).added).toEqual(audience(["a", "x"]));
  });

  it("applied to what was there gives what is there: for any two audiences", () => {
    const audiences = fc
      .dictionary(fc.string({ unit: "binary", maxLength: 3 }), fc.constantFrom("a", "b", "c"))
      .map((segments) => Object.entries(segments).map(([id, segment]) => ({ id, segment })));
    fc.assert(
      fc.property(audiences, audiences, (previous, next) => {
        const { added, removed, changed } = diffAudience(previous, next);
        const state = new Map<string, string>(previous.map(({ id, segment }) => [id, segment]));
        for (const { id, segment } of removed) {
          expect(state.get(id)).toBe(segment);
          state.delete(id);
        }
        for (const { id, segment } of added) {
          expect(state.has(id)).toBe(false);
          state.set(id, segment);
        }
        for (const { id, from, to, segment } of changed) {
          expect(state.get(id)).toBe(from);
          expect(to).toBe(segment);
          expect(from).not.toBe(to);
          state.set(id, to);
        }
        expect(state).toEqual(new Map(next.map(({ id, segment }) => [id, segment])));
      }),
    );
  });

  it("finds the same whether the ids ascend or not", () => {
    const previous = audience(["a", "x"], ["c", "x"], ["d", "x"], ["g", "y"]);
    const next = audience(["b", "x"], ["c", "y"], ["d", "x"], ["h", "y"]);
    const shuffled = diffAudience(previous.toReversed(), next);
    expect(diffAudience(previous, next)).toEqual({ ...shuffled, removed: shuffled.removed.toReversed() });
    expect(shuffled.removed).toEqual(audience(["g", "y"], ["a", "x"]));
  });

  it("refuses an id that stands twice, also with the same segment", () => {
    const twice = audience(["a", "x"], ["b", "x"], ["a", "y"]);
    expectRefusal(() => diffAudience(twice, []), "invalid-value", "previous[2].id");
    expectRefusal(() => diffAudience([], audience(["a", "x"], ["a", "x"])), "invalid-value", "next[1].id");
    expectRefusal(() => diffAudience(audience(["a", "x"]), twice), "invalid-value", "next[2].id");
  });

  it("refuses what is no audience, and quotes nobody's id", () => {
    expectRefusal(() => diffAudience(null as never, []), "shape-mismatch", "previous");
    expectRefusal(() => diffAudience([], "ab" as never), "shape-mismatch", "next");
    expectRefusal(() => diffAudience([], [null] as never), "invalid-value", "next[0]");
    expectRefusal(() => diffAudience([], [{ id: 7, segment: "x" }] as never), "invalid-value", "next[0].id");
    expectRefusal(() => diffAudience([], [{ id: "a" }] as never), "invalid-value", "next[0].segment");
    expect(() => diffAudience([], audience(["secret", "x"], ["secret", "x"]))).not.toThrow(/secret/);
  });
});
