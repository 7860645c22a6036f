// The only importer of umap-js, an optional peer that users pass to embed2d. CommonJS with types that fit.
export { UMAP } from "umap-js";
