// The one importer of the compiler: its version is a decision (docs/decisions/0002), so it enters the tests in one place.
export { default } from "typescript";
