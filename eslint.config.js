import jsdoc from "eslint-plugin-jsdoc";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";
import {
  adapterFiles,
  adapterRules,
  elementaryFile,
  elementaryRules,
  hostFile,
  hostRules,
  purityRules,
} from "./eslint.purity.js";

export default defineConfig([
  globalIgnores([
    "dist/",
    "out/",
    "coverage/",
    "docs/api/",
    "src/numeric/kernels/assembly/", // AssemblyScript: TypeScript's syntax, another language
    "src/numeric/kernels/wasm-bytes.ts", // generated
  ]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      // The root project, not the nearest: benchmarks have a tsconfig of their own that reads dist, which may not be built.
      parserOptions: {
        project: ["./tsconfig.json", "./examples/browser/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Methods of this house are closures: nothing reads `this`, so taking one out of its object is fine.
      "@typescript-eslint/unbound-method": "off",
      eqeqeq: "error",
      "no-shadow": "off",
      "@typescript-eslint/no-shadow": "error",
      "no-param-reassign": "off",
      "prefer-const": "error",
      "object-shorthand": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    plugins: { jsdoc },
    rules: {
      ...purityRules,
      "jsdoc/require-jsdoc": [
        "error",
        {
          publicOnly: true,
          require: {
            FunctionDeclaration: true,
            ClassDeclaration: true,
            MethodDefinition: true,
            ArrowFunctionExpression: true,
          },
          contexts: ["TSInterfaceDeclaration", "TSTypeAliasDeclaration", "TSEnumDeclaration"],
          checkConstructors: false,
        },
      ],
      "jsdoc/require-description": ["error", { contexts: ["FunctionDeclaration", "ClassDeclaration"] }],
      // Complete @param, @returns and @example are asked of what a room exports: test/surface.test.ts knows which.
      "jsdoc/require-param-description": "error",
      "jsdoc/check-param-names": ["error", { checkDestructured: false, disableMissingParamChecks: true }],
      "jsdoc/require-returns-description": "error",
      "jsdoc/no-types": "error",
      "jsdoc/check-tag-names": ["error", { definedTags: ["remarks", "typeParam", "defaultValue"] }],
      "jsdoc/empty-tags": "error",
    },
    settings: { jsdoc: { mode: "typescript", ignoreInternal: true } },
  },
  { files: [elementaryFile], rules: elementaryRules },
  { files: [hostFile], rules: hostRules },
  { files: [`${adapterFiles}**/*.ts`], rules: adapterRules },
  {
    // An example prints and reads files: it is the program around the library.
    files: ["test/**/*.ts", "examples/**/*.ts", "benchmarks/**/*.ts", "scripts/**/*.{js,mjs,ts}"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
]);
