import { playbookRules, replayTriggers } from "clientele/actions";
import { readEvents } from "clientele/events";
import { describe, expect, it } from "vitest";

const minute = 60_000;
const day = 1440 * minute;

describe("playbookRules", () => {
  it("are JSON that may be changed: each call makes its own", () => {
    const types = ["view", "look"];
    const rules = playbookRules({ view: types, item: "sku" });
    expect(JSON.parse(JSON.stringify(rules))).toEqual(rules);
    types.push("gaze");
    expect(rules).toEqual(playbookRules({ view: ["view", "look"], item: "sku" }));
  });

  it("send what their names say, and no more", () => {
    const noon = Date.UTC(2024, 0, 1, 12);
    const at = (type: string, minutes: number, value?: number): object => ({ customer: "ann", type, time: noon + minutes * minute, value }); // prettier-ignore
    const rows = [at("view", 0, 150), at("view", 1, 99), at("view", 2, 100), at("view", 3, 180), at("cart", 5), at("purchase", 24 * 60, 90)]; // prettier-ignore
    const { log } = readEvents(rows as Record<string, unknown>[], { customer: "customer", type: "type", time: "time", value: "value" }); // prettier-ignore
    const consents = [{ customer: "ann", purpose: "marketing", granted: 0 }];
    const rules = playbookRules().map((rule) => ({ ...rule, holdout: undefined }));
    const { actions } = replayTriggers(rules, log, { until: noon + 200 * day, consents });
    expect(actions.map(({ rule, time }) => [rule, (time - noon) / minute])).toEqual([
      ["welcome", 0],
      ["session-offer", 3],
      ["abandoned-cart", 65],
      ["post-purchase", 15 * 1440],
      ["replenishment", 46 * 1440],
      ["win-back", 61 * 1440],
    ]);
  });
});
