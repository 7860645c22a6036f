import { expect, it } from "vitest";
import { libraryVersion } from "../../src/core/version.ts";
import { readManifest } from "../support/project.ts";

it("is the version of package.json", () => {
  expect(libraryVersion).toBe(readManifest().version);
});
