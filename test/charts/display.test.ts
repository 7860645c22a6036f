import { chartElbow } from "clientele/charts";
import { describe, expect, it } from "vitest";
import { displayed } from "../support/notebook.ts";

// This file leaves clientele/report out on purpose: it tells what charts show before anything can draw.
const curve = { k: [1, 2, 3, 4], withinSquares: [90, 30, 12, 10], knee: 3 };

describe("a chart in a notebook without clientele/report", () => {
  it("shows its spec and a sentence, and no picture", () => {
    const chart = chartElbow(curve);
    expect(Object.keys(displayed(chart))).toEqual([
      "application/vnd.vegalite.v6+json",
      "application/vnd.vegalite.v5+json",
      "text/plain",
    ]);
    expect(displayed(chart)["text/plain"]).toBe(chart["description"]);
  });

  it("shows its picture as soon as clientele/report is loaded, though it was made before; the spec stays the same", async () => {
    const chart = chartElbow(curve);
    const { "text/plain": text, ...specs } = displayed(chart);
    const before = JSON.stringify(chart);
    const { renderSvg } = await import("clientele/report");
    expect(displayed(chart)).toEqual({ ...specs, "image/svg+xml": renderSvg(chart), "text/plain": text });
    expect(JSON.stringify(chart)).toBe(before);
  });
});
