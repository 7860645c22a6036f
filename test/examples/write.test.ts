import { describe, expect, it } from "vitest";
import { parseStrictCsv } from "../support/strict-csv.ts";
import { csvLine } from "../../examples/shop/write.ts";

describe("a line of customers.csv", () => {
  it("quotes what RFC 4180 says must be quoted", () => {
    expect(csvLine(["a", 'say "hi"', "x,y", "two\r\nlines", "", 1.5])).toBe(
      'a,"say ""hi""","x,y","two\r\nlines",,1.5\r\n',
    );
  });

  it("disarms text that a spreadsheet would run as a formula, and leaves numbers alone", () => {
    const formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"];
    for (const text of formulas) {
      const [cell] = Object.values(parseStrictCsv(csvLine(["cell"]) + csvLine([text]))[0]);
      expect(cell).toBe(`'${text}`);
    }
    expect(csvLine([-1, 1e21, 0.1])).toBe("-1,1e+21,0.1\r\n");
    expect(csvLine(["a=1", "'quoted"])).toBe("a=1,'quoted\r\n");
  });
});
