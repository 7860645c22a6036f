import {
  type CountedPath,
  measureAttribution,
  measurePathAttribution,
  type PathAttributionReport,
} from "clientele/journeys";
import { readEvents } from "clientele/events";
import { expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataJson, readDataRows, type TextRow } from "../support/data.ts";

// ChannelAttribution's PathData, against the exact solutions in its expected.json (numpy) and what the package itself says.

type ByChannel = Readonly<Record<string, number>>;

interface Expected {
  readonly total_conversions: number;
  readonly total_value: number;
  readonly total_null: number;
  readonly heuristics: Readonly<Record<string, ByChannel>>;
  readonly markov_order1: {
    readonly conversion_probability: number;
    readonly removal_effects: ByChannel;
    readonly conversions: ByChannel;
    readonly value: ByChannel;
  };
  readonly without_null_column: { readonly removal_effects: ByChannel; readonly conversions: ByChannel };
}

const exact = { relative: 1e-9, because: "sums and a small system in another order" };

function expectByChannel(
  { channels }: PathAttributionReport,
  key: "conversions" | "value" | "removalEffect",
  expected: ByChannel,
  tolerance: Parameters<typeof expectClose>[2] = exact,
): void {
  expect(channels.map(({ channel }) => channel)).toEqual(Object.keys(expected).sort());
  expectClose(
    channels.map((channel) => channel[key]!),
    channels.map(({ channel }) => expected[channel]),
    tolerance,
  );
}

describeWithData("attribution of PathData", ["pathdata"], () => {
  const expected = readDataJson<Expected>("pathdata/expected.json");
  const paths = readDataRows("pathdata/pathdata.csv.gz").map((row): CountedPath => ({
    channels: row["path"].split(" > "),
    conversions: Number(row["total_conversions"]),
    value: Number(row["total_conversion_value"]),
    nulls: Number(row["total_null"]),
  }));

  it.each(["first", "last", "linear"] as const)("credits by %s touch as R's ChannelAttribution does", (method) => {
    const report = measurePathAttribution(paths, { method });
    expectByChannel(report, "conversions", expected.heuristics[method]);
    expectByChannel(report, "value", expected.heuristics[`${method}_value`]);
    expect(report.conversions).toBe(expected.total_conversions);
    expect(report.nulls).toBe(expected.total_null);
    expectClose(report.value, expected.total_value, exact);
  });

  it("solves the chain of order 1 as numpy does", () => {
    const report = measurePathAttribution(paths, { method: "markov" });
    const { conversion_probability, removal_effects, conversions, value } = expected.markov_order1;
    expectClose(report.baseConversion, conversion_probability, exact);
    expectByChannel(report, "removalEffect", removal_effects);
    expectByChannel(report, "conversions", conversions);
    expectByChannel(report, "value", value);
  });

  it("solves it without null paths, which gives other credits", () => {
    const report = measurePathAttribution(paths, { method: "markov", nulls: false });
    expectByChannel(report, "removalEffect", expected.without_null_column.removal_effects);
    expectByChannel(report, "conversions", expected.without_null_column.conversions);
    expect(report.baseConversion).toBe(1);
  });

  it.each([
    ["order1", { order: 1 }],
    ["order1_without_null", { nulls: false }],
    ["order2", { order: 2 }],
  ] as const)("is where the package's simulation of %s is", (name, options) => {
    const simulated = readDataRows(`pathdata/channelattribution_1_16_${name}.csv`);
    const conversions = Object.fromEntries(simulated.map((row: TextRow) => [row["channel_name"], Number(row["total_conversions"])])); // prettier-ignore
    const because = "noise of 2 million simulated paths, which are cut at the longest path seen";
    expectByChannel(measurePathAttribution(paths, { method: "markov", ...options }), "conversions", conversions, { relative: 0.02, absolute: 10, because }); // prettier-ignore
  });

  it("has Shapley values that add up, whatever the order of the paths", () => {
    const report = measurePathAttribution(paths, { method: "shapley" });
    expect(report.channels.reduce((sum, { conversions }) => sum + conversions, 0)).toBe(expected.total_conversions);
    const turned = measurePathAttribution([...paths].reverse(), { method: "shapley" });
    expect(turned.channels.map(({ conversions }) => conversions)).toEqual(report.channels.map(({ conversions }) => conversions)); // prettier-ignore
  });

  it("gives the same credits when every counted path is written out as events", () => {
    const few = paths.slice(0, 500).map((path) => ({ ...path, conversions: Math.min(2, path.conversions), nulls: Math.min(2, path.nulls ?? 0), value: 0 })); // prettier-ignore
    const rows = few.flatMap(({ channels, conversions, nulls }, p) =>
      Array.from({ length: conversions + nulls }, (_, copy) => [
        ...channels.map((by, at) => ({ who: `${p}.${copy}`, what: "visit", by, at })),
        ...(copy < conversions ? [{ who: `${p}.${copy}`, what: "paid", by: null, at: channels.length }] : []),
      ]).flat(),
    );
    const { log } = readEvents(rows, { customer: "who", type: "what", time: "at", extra: { by: "by" } });
    const fromLog = measureAttribution(log, { goal: "paid", channel: "by", method: "markov", order: 2 });
    const fromPaths = measurePathAttribution(few, { method: "markov", order: 2 });
    expectClose(
      fromLog.channels.map(({ removalEffect }) => removalEffect!),
      fromPaths.channels.map(({ removalEffect }) => removalEffect!),
      { relative: 1e-12, because: "states come in another order" },
    );
  });
});

describeWithData("attribution in the simple shop", ["simple_shop"], () => {
  it("credits the 706 payments to what came before them", () => {
    const { log } = readEvents(readDataRows("simple_shop/simple_shop.csv.gz"), {
      customer: "user_id",
      type: "event",
      time: ({ timestamp }) => `${timestamp.replace(" ", "T")}Z`,
    });
    const options = { goal: "payment_done", channel: "type" } as const;
    for (const method of ["last", "linear", "markov", "shapley"] as const) {
      const { conversions, unattributed, channels } = measureAttribution(log, { ...options, method });
      expect(conversions + unattributed.conversions).toBe(706);
      expect(channels.reduce((sum, channel) => sum + channel.conversions, 0)).toBe(conversions);
    }
    const { channels } = measureAttribution(log, { ...options, method: "markov" });
    // Nobody pays without choosing how: pandas counts no payment_done that follows anything but the three payment pages.
    const sure = channels.filter(({ removalEffect }) => removalEffect! > 1 - 1e-12).map(({ channel }) => channel);
    expect(sure).toEqual(["cart", "catalog", "delivery_choice", "payment_choice"]);
  });
});
