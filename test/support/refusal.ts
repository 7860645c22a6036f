import { ClienteleError, type ErrorCode } from "clientele/core";
import { expect } from "vitest";

/** Runs something that must be refused and returns the typed error; fails when nothing or anything else is thrown. */
export function refusalOf(action: () => unknown): ClienteleError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ClienteleError);
    return error as ClienteleError;
  }
  throw new Error("expected a ClienteleError, but nothing was thrown");
}

/** Asserts that something is refused with a code, at a path when one is given. */
export function expectRefusal(action: () => unknown, code: ErrorCode, path?: string): void {
  const error = refusalOf(action);
  expect({ code: error.code, ...(path === undefined ? {} : { path: error.path }) }).toEqual({
    code,
    ...(path === undefined ? {} : { path }),
  });
}
