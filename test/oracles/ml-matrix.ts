// The only importer of ml-matrix among the tests: a real matrix of the package, for functions that accept one.
export { Matrix } from "ml-matrix";
