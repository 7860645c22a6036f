import { readDataRows } from "./data.ts";

/** Customers of the women's e-mail and of no e-mail, as in `uplift_womens_visit` of the data's expected.json. */
export interface WomensEmail {
  /** Features in the order of the reference design, without its intercept. */
  readonly names: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly treatment: Uint8Array;
  readonly visit: readonly number[];
  readonly spend: readonly number[];
}

/** Reads them: numeric columns z-scored over all these rows, categories as 0 and 1 without the first. */
export function womensEmail(): WomensEmail {
  const lines = readDataRows("hillstrom/hillstrom.csv.gz").filter(({ segment }) => segment !== "Mens E-Mail");
  const numeric = ["recency", "history", "mens", "womens", "newbie"].map((name) => scored(lines.map((line) => Number(line[name])))); // prettier-ignore
  const categories = [["zip_code", "Surburban"], ["zip_code", "Urban"], ["channel", "Phone"], ["channel", "Web"]] as const; // prettier-ignore
  return {
    names: ["recency", "history", "mens", "womens", "newbie", ...categories.map((pair) => pair.join("="))],
    rows: lines.map((line, i) => [
      ...numeric.map((column) => column[i]),
      ...categories.map(([name, value]) => (line[name] === value ? 1 : 0)),
    ]),
    treatment: Uint8Array.from(lines, ({ segment }) => (segment === "Womens E-Mail" ? 1 : 0)),
    visit: lines.map(({ visit }) => Number(visit)),
    spend: lines.map(({ spend }) => Number(spend)),
  };
}

function scored(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance));
}
