import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { renderReport } from "clientele/report";
import { afterAll, beforeAll, expect, it } from "vitest";
import { seriousBarriers } from "../support/axe.ts";
import { scratchFolder } from "../support/built.ts";
import { ordinaryCharts } from "../support/charts.ts";
import { withPage } from "../support/chromium.ts";
import { describeWith } from "../support/needs.ts";

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const folder = scratchFolder("barriers");
const file = join(folder, "report.html");

describeWith("a report with every chart", existsSync(chromium) ? [] : [`a browser at ${chromium}`], () => {
  beforeAll(() => {
    const sections = Object.entries(ordinaryCharts).map(([title, chart]) => ({
      title,
      text: "Words.",
      chart: chart(),
    }));
    writeFileSync(file, renderReport({ title: "Every chart", sections }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    [800, "light"],
    [800, "dark"],
    [360, "light"],
    [360, "dark"],
  ] as const)("has nothing serious in the way at %i pixels, %s", { timeout: 60_000 }, async (width, colorScheme) => {
    await withPage(chromium, async (page) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.goto(pathToFileURL(file).href);
      expect(await seriousBarriers(page)).toEqual([]);
      // The page itself never scrolls sideways; wide pictures and tables do so by themselves.
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    });
  });

  it("would be told of a picture without a name", { timeout: 60_000 }, async () => {
    await withPage(chromium, async (page) => {
      await page.setContent('<main><h1>Title</h1><img src="data:,"></main>');
      expect((await seriousBarriers(page)).join()).toContain("image-alt");
    });
  });

  it("prints to PDF", { timeout: 60_000 }, async () => {
    await withPage(chromium, async (page) => {
      await page.goto(pathToFileURL(file).href);
      const pdf = await page.pdf({ format: "A4" });
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      expect(pdf.length).toBeGreaterThan(50_000);
    });
  });
});
