import { describe, expect, it } from "vitest";
import { safeSvg } from "../../src/report/safe-svg.ts";

const frame = { width: 10, height: 20, background: null, title: "T", description: "D", prefix: "p-" };
const head =
  '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20" viewBox="0 0 10 20" role="img" ' +
  'aria-labelledby="p-title p-desc"><title id="p-title">T</title><desc id="p-desc">D</desc>';
const inside = (markup: string): object => safeSvg(`<svg class="marks">${markup}</svg>`, frame);

describe("safeSvg", () => {
  it("keeps shapes, text and their looks, and drops classes, labels and pointers", () => {
    const markup =
      '<g class="a" aria-label="b" pointer-events="none"><path d="M0,0L1,1" fill="#fff"/><text>a</text></g>';
    expect(inside(markup)).toEqual({ svg: `${head}<g><path d="M0,0L1,1" fill="#fff"/><text>a</text></g></svg>` });
  });

  it("drops handlers, styles, links and references to anything outside", () => {
    const attributes = [
      'onclick="alert(1)"',
      'style="fill: red"',
      'href="https://example.org"',
      'fill="url(https://example.org/a.svg#b)"',
      'fill="URL (x)"',
      'stroke="\\75rl(x)"',
      'filter="url(#a)"',
      'xlink:href="#a"',
    ];
    for (const attribute of attributes) expect(inside(`<path ${attribute}/>`)).toEqual({ svg: `${head}<path/></svg>` });
  });

  it.each(["script", "foreignObject", "image", "a", "use", "style", "animate", "iframe"])("refuses <%s>", (name) => {
    expect(inside(`<${name}>x</${name}>`)).toEqual({ refused: name });
  });

  it("refuses markup that it cannot read to the end", () => {
    for (const markup of ["<path d=1/>", "<path d='1'/>", "<!-- a -->", "<![CDATA[a]]>", '<path d="<"/>', "a < b"]) {
      expect(inside(markup)).toHaveProperty("refused");
    }
    expect(safeSvg("", frame)).toEqual({ refused: "unreadable markup" });
    expect(safeSvg("<svg></svg><script></script>", frame)).toEqual({ refused: "script" });
  });

  it("counts ids anew and keeps what they connect", () => {
    const markup =
      '<g clip-path="url(#clip7)"/><path fill="url(#gradient_3)"/><defs><clipPath id="clip7"/><linearGradient id="gradient_3"/></defs>';
    expect(inside(markup)).toEqual({
      svg: `${head}<g clip-path="url(#p-0)"/><path fill="url(#p-1)"/><defs><clipPath id="p-0"/><linearGradient id="p-1"/></defs></svg>`,
    });
  });

  it("rounds coordinates to hundredths, whatever their notation", () => {
    expect(inside('<path d="M1.23456,-0.004L3e-17,12.5e1" opacity="0.7"/>')).toEqual({
      svg: `${head}<path d="M1.23,0L0,125" opacity="0.7"/></svg>`,
    });
  });

  it("leaves out the empty grounds and frames of groups", () => {
    expect(inside('<path class="background" d="M0,0"/><path class="foreground" d="" display="none"/>')).toEqual({
      svg: `${head}</svg>`,
    });
    expect(inside('<path class="background" d="M0,0" stroke="#ddd"/>')).toEqual({
      svg: `${head}<path d="M0,0" stroke="#ddd"/></svg>`,
    });
  });

  it("escapes quotes in text and replaces what XML forbids", () => {
    expect(inside(`<text font-family="'a'">"x"'&amp;\u0000\ud800</text>`)).toEqual({
      svg: `${head}<text font-family="&#39;a&#39;">&quot;x&quot;&#39;&amp;\ufffd\ufffd</text></svg>`,
    });
  });

  it("paints the ground in a color, and in nothing that reaches outside", () => {
    expect(safeSvg("<svg></svg>", { ...frame, background: "#fff" })).toEqual({
      svg: `${head}<rect width="100%" height="100%" fill="#fff"/></svg>`,
    });
    expect(safeSvg("<svg></svg>", { ...frame, background: "url(http://a)" })).toEqual({ svg: `${head}</svg>` });
  });
});
