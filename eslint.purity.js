// What src/ may not touch, so that the same input gives the same bits on every runtime and nothing happens on the side.
// Read by eslint.config.js and, as a law with its own counter-examples, by test/architecture.test.ts.

const NATIVE_MATH =
  "acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot log log10 log1p log2 pow sin sinh tan tanh";

const elementaryMath = NATIVE_MATH.split(" ").map((property) => ({
  object: "Math",
  property,
  message: "Engines differ in the last bit; use numeric/elementary.ts.",
}));

const impureProperties = [
  { object: "Math", property: "random", message: "Take a seed and use core/random.ts." },
  { object: "Date", property: "now", message: "Time is an argument (asOf, now)." },
  { object: "Date", property: "parse", message: "It accepts 2024-02-30 and '1'; use the strict reader in events." },
  { object: "performance", property: "now", message: "Nothing reads a clock." },
  ...["localeCompare", "toLocaleString", "toLocaleDateString", "toLocaleTimeString"].map((property) => ({
    property,
    message: "The answer depends on the machine's locale; compare code units or format explicitly.",
  })),
  ...["toLocaleLowerCase", "toLocaleUpperCase"].map((property) => ({
    property,
    message: "The answer depends on the machine's locale; use toLowerCase or toUpperCase.",
  })),
  ...["getFullYear", "getMonth", "getDate", "getDay", "getHours", "getMinutes", "getTimezoneOffset"].map(
    (property) => ({
      property,
      message: "It reads the machine's time zone; use the UTC getter or an explicit zone.",
    }),
  ),
];

const impureGlobals = [
  ["console", "Soft problems are notes in the result."],
  ["process", "src/ runs where there is no process."],
  ["Buffer", "src/ runs where there is no Buffer; use Uint8Array."],
  ["performance", "Nothing reads a clock."],
  ["require", "src/ is ESM."],
  ["globalThis", "Nothing reads or changes the host."],
  ["window", "src/ runs where there is no window."],
  ["self", "src/ runs where there is no self."],
  ["document", "Charts are data; nothing draws."],
  ["navigator", "Nothing reads the host."],
  ["localStorage", "Nothing is stored."],
  ["fetch", "No I/O outside adapters."],
  ["XMLHttpRequest", "No I/O outside adapters."],
  ["WebSocket", "No I/O outside adapters."],
  ["setTimeout", "Nothing waits."],
  ["setInterval", "Nothing waits."],
  ["queueMicrotask", "Nothing waits."],
  ["crypto", "Its randomness is unseeded and its digests are async."],
  ["eval", "No code from strings."],
  ["Function", "No code from strings."],
].map(([name, message]) => ({ name, message }));

const impureSyntax = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "It reads the clock; time is an argument (asOf, now).",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length>1]",
    message: "It reads the machine's time zone; use Date.UTC.",
  },
  { selector: "CallExpression[callee.name='Date']", message: "It reads the clock; time is an argument (asOf, now)." },
  {
    selector: "NewExpression[callee.object.name='Intl'][arguments.length=0]",
    message: "Name the locale: without one the machine decides.",
  },
  {
    // x ** 2 was x * x in three engines over 3 million values; x ** 3 and x ** -1 differed between V8 and Bun.
    selector:
      "BinaryExpression[operator='**']:not([left.type='Literal'][right.type='Literal']):not([right.value=2])" +
      ":not([left.value=2][right.type='UnaryExpression'][right.argument.type='Literal'])",
    message: "Engines differ in the last bit; multiply, or use pow from numeric/elementary.ts.",
  },
  { selector: "AssignmentExpression[operator='**=']", message: "Engines differ in the last bit; multiply." },
  {
    selector:
      "CallExpression[callee.property.name=/^(max|min|push|unshift|splice|concat|fromCharCode|of)$/] > SpreadElement",
    message: "Spread of data overflows the stack at about 120,000 values; loop.",
  },
  {
    selector: "CallExpression[callee.property.name='apply']",
    message: "Applied data overflows the stack at about 120,000 values; loop.",
  },
];

const asyncSyntax = [
  { selector: ":function[async=true]", message: "Only adapters may be async." },
  { selector: "ImportExpression", message: "Rooms load whole and synchronously." },
];

export const purityRules = {
  "no-restricted-properties": ["error", ...impureProperties, ...elementaryMath],
  "no-restricted-globals": ["error", ...impureGlobals],
  "no-restricted-syntax": ["error", ...impureSyntax, ...asyncSyntax],
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
};

/** The one file that may call native functions: it is where they are compared with and replaced by pure ones. */
export const elementaryFile = "src/numeric/elementary.ts";

export const elementaryRules = { "no-restricted-properties": ["error", ...impureProperties] };

/** Adapters talk to engines: they wait, and their engines bring globals. */
export const adapterFiles = "src/adapters/";

export const adapterRules = { "no-restricted-globals": "off", "no-restricted-syntax": ["error", ...impureSyntax] };

/** The one file that asks the host for something: whether there is WebAssembly. */
export const hostFile = "src/numeric/kernels/runtime.ts";

export const hostRules = {
  "no-restricted-globals": ["error", ...impureGlobals.filter(({ name }) => name !== "globalThis")],
};
