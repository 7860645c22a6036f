import { fromMatrix, labelsOf } from "clientele/tables";
import { profileSegments } from "clientele/segments";
import { describe, expect, it } from "vitest";
import { segmentNames, typicalOf } from "../../examples/shop/names.ts";

const features = ["daysSinceLastPurchase", "orderCount", "revenue"];

function namesOf(rows: readonly (readonly number[])[], labels: readonly number[], columns = features): string[] {
  return segmentNames(profileSegments(fromMatrix(rows, { names: columns }), labelsOf(labels)));
}

describe("names of segments", () => {
  it("say how the typical buyer of a segment differs from the typical buyer of the shop", () => {
    // Medians of all: 50 days, 2 orders, revenue 100.
    const rows = [
      [50, 2, 100],
      [50, 2, 100],
      [50, 2, 100],
      [5, 9, 900],
      [400, 1, 20],
    ];
    expect(namesOf(rows, [0, 0, 0, 1, 2])).toEqual(["Repeat buyers", "Recent top spenders", "Lapsed one-time buyers"]);
  });

  it("are distinct, and do without revenue", () => {
    const rows = [
      [10, 1],
      [10, 1],
      [10, 1],
    ];
    expect(namesOf(rows, [0, 1, 2], features.slice(0, 2))).toEqual([
      "One-time buyers",
      "One-time buyers (2)",
      "One-time buyers (3)",
    ]);
  });

  it("stay calm when the typical buyer is at zero days or spent nothing", () => {
    expect(
      namesOf(
        [
          [0, 1, 0],
          [0, 1, 0],
          [9, 3, 5],
        ],
        [0, 0, 1],
      ),
    ).toEqual(["One-time buyers", "Lapsed top spenders"]);
  });

  it("come with what is typical", () => {
    const { segments } = profileSegments(fromMatrix([[46.2, 2, 509]], { names: features }), labelsOf([0]));
    expect(typicalOf(segments[0], true)).toBe("typically 2 orders worth 509.00, the last one 46 days ago");
    expect(typicalOf(segments[0], false)).toBe("typically 2 orders, the last one 46 days ago");
  });
});
