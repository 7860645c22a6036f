/** What RFM scores are of, in the order in which they are written. */
export const rfmDimensions = ["recency", "frequency", "monetary"] as const;

/** One of {@link rfmDimensions}. */
export type RfmDimension = (typeof rfmDimensions)[number];
