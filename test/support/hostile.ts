/** Names that a person might give to a segment, a feature or a title to break out of a picture, a page or a spec. */
export const hostileNames: readonly string[] = [
  "</text><script>alert(1)</script>",
  "</style><img src=x onerror=alert(1)>",
  "]]><!-- & < > \" ' &amp; &#0;",
  '"/><foreignObject><body onload="alert(1)">',
  "javascript:alert(1)",
  "url(https://example.org/x.svg#a)",
  "__proto__",
  "constructor",
  "toString",
  "\ud800 lone \udc00",
  "\u0000\u0007\u001b[31m",
  "\ufffe\uffff",
  "\u202eevil\u202c",
  "x".repeat(10_000),
  `🧺${"👨‍👩‍👧‍👦".repeat(60)}`,
  '"+datum.x+"',
  "datum.x",
  "{signal: 'width'}",
  "a.b[0]'\"\\",
  "line one\nline two\r\n\tline three",
  "",
  "   ",
  "2024-01-01",
  "1e3",
  "true",
  "null",
  "شرائح العملاء",
  "客户细分",
];

/** Tells whether a text has no lone surrogate. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);
