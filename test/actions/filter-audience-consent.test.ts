import { type Audience, diffAudience, filterAudienceConsent } from "clientele/actions";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

const audience: Audience = ["never", "later", "yes", "gone", "other"].map((id) => ({ id, segment: "s" }));
const consents = [
  { customer: "later", purpose: "ads", granted: 200 },
  { customer: "yes", purpose: "ads", granted: 50 },
  { customer: "gone", purpose: "ads", granted: 50, withdrawn: 100 },
  { customer: "other", purpose: "mail", granted: 50 },
];
const idsAt = (now: number, policy?: "opt-in" | "opt-out"): string[] =>
  filterAudienceConsent(audience, { consents, purpose: "ads", now, policy }).audience.map(({ id }) => id);

describe("filterAudienceConsent", () => {
  it("keeps who agreed to the purpose as of now, and accounts for the others", () => {
    expect(filterAudienceConsent(audience, { consents, purpose: "ads", now: 100 })).toEqual({
      audience: [{ id: "yes", segment: "s" }],
      report: { read: 5, kept: 1, dropped: { "no-consent": 2, "before-consent": 1, withdrawn: 1 }, notes: [] },
    });
  });

  it("counts a consent from its very millisecond and a withdrawal likewise", () => {
    expect([idsAt(49), idsAt(50), idsAt(99), idsAt(100)]).toEqual([[], ["yes", "gone"], ["yes", "gone"], ["yes"]]);
    expect([idsAt(199), idsAt(200)]).toEqual([["yes"], ["later", "yes"]]);
  });

  it("with opt-out leaves out only who withdrew", () => {
    expect(idsAt(100, "opt-out")).toEqual(["never", "later", "yes", "other"]);
  });

  it("makes a withdrawal a removal where the audience is compared with what was sent", () => {
    const options = { consents, purpose: "ads" };
    const sent = filterAudienceConsent(audience, { ...options, now: 99 }).audience;
    const now = filterAudienceConsent(audience, { ...options, now: 100 }).audience;
    expect(diffAudience(sent, now)).toEqual({ added: [], removed: [{ id: "gone", segment: "s" }], changed: [] });
  });

  it("takes an empty audience, and refuses a broken member or record", () => {
    const options = { consents, purpose: "ads", now: 0 };
    expect(filterAudienceConsent([], options).report).toEqual({ read: 0, kept: 0, dropped: {}, notes: [] });
    expectRefusal(() => filterAudienceConsent([{ id: 1 }] as never, options), "invalid-value", "audience[0].id");
    const broken = [{ customer: "a", purpose: "ads", granted: NaN }];
    expectRefusal(() => filterAudienceConsent([], { ...options, consents: broken }), "invalid-value", "options.consents[0].granted"); // prettier-ignore
  });
});
