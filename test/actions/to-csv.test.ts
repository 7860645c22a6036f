import { toCsv } from "clientele/actions";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal } from "../support/refusal.ts";
import { parseStrictCsv } from "../support/strict-csv.ts";

const cellOf = (text: string): string => Object.values(parseStrictCsv(toCsv([["cell"], [text]]))[0])[0];

describe("toCsv", () => {
  it("quotes what RFC 4180 says must be quoted", () => {
    expect(toCsv([["a", 'say "hi"', "x,y", "two\r\nlines", "", 1.5]])).toBe(
      'a,"say ""hi""","x,y","two\r\nlines",,1.5\r\n',
    );
  });

  it("disarms text that a spreadsheet would run as a formula", () => {
    const formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", "=", '="x"'];
    for (const text of formulas) expect(cellOf(text)).toBe(`'${text}`);
    expect(toCsv([{ "=cmd|'/C calc'!A0": 1 }])).toBe("'=cmd|'/C calc'!A0\r\n1\r\n");
  });

  it("leaves numbers and harmless text alone", () => {
    expect(toCsv([[-1, 1e21, 0.1, -0, 12n, true, false]])).toBe("-1,1e+21,0.1,0,12,true,false\r\n");
    expect(toCsv([["a=1", "'quoted", " =1", "1-2"]])).toBe("a=1,'quoted, =1,1-2\r\n");
  });

  it("writes nothing for what is missing", () => {
    expect(toCsv([["a", null, undefined, NaN, "b"]])).toBe("a,,,,b\r\n");
    expect(parseStrictCsv(toCsv([["only"], [null], ["x"]]))).toEqual([{ only: "" }, { only: "x" }]);
  });

  it("takes the columns of objects in the order in which they appear", () => {
    expect(
      toCsv([
        { id: "a", x: 1 },
        { id: "b", y: 2 },
        { y: 3, id: "c" },
      ]),
    ).toBe("id,x,y\r\na,1,\r\nb,,2\r\nc,,3\r\n");
  });

  it("reads no inherited field as a cell", () => {
    const hostile = JSON.parse('[{"__proto__": "p", "constructor": "c"}, {"id": "b"}]') as Record<string, string>[];
    expect(toCsv(hostile)).toBe("__proto__,constructor,id\r\np,c,\r\n,,b\r\n");
  });

  it("writes nothing for no rows and no columns", () => {
    expect([toCsv([]), toCsv([[], []]), toCsv([{}])]).toEqual(["", "", ""]);
  });

  it("gives every text back to a strict reader, but for the apostrophe", () => {
    for (const name of hostileNames) expect(cellOf(name).replace(/^'(?=[=+\-@\t\r\n])/, "")).toBe(name);
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 2 })), (rows) => {
        const read = parseStrictCsv(toCsv([["a", "b"], ...rows]));
        expect(read.map(({ a, b }) => [a, b])).toEqual(
          rows.map((row) => row.map((text) => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text))),
        );
      }),
    );
  });

  it("refuses rows that are none, of different kinds or lengths, and cells that are no value", () => {
    expectRefusal(() => toCsv("a,b" as never), "shape-mismatch", "rows");
    expectRefusal(() => toCsv([["a", "b"], ["c"]]), "shape-mismatch", "rows[1]");
    expectRefusal(() => toCsv([["a"], { a: 1 }]), "shape-mismatch", "rows[1]");
    expectRefusal(() => toCsv([{ a: 1 }, ["a"]]), "shape-mismatch", "rows[1]");
    expectRefusal(() => toCsv([{ a: 1 }, null] as never), "invalid-value", "rows[1]");
    expectRefusal(() => toCsv([{ a: 1, b: {} }] as never), "invalid-value", "rows[0][1]");
    expectRefusal(() => toCsv([["x"], [Symbol("s")]] as never), "invalid-value", "rows[1][0]");
  });
});
