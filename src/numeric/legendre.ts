/** Distances of the 16 nodes from the middle of [−1, 1]; each stands on both sides. */
const distances = [
  0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438, 0.755404408355003,
  0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
] as const;
const halfWeights = [
  0.1894506104550685, 0.18260341504492358, 0.16915651939500254, 0.14959598881657674, 0.12462897125553388,
  0.09515851168249279, 0.062253523938647894, 0.027152459411754096,
] as const;

/** Nodes of Gauss's rule with 16 points on [0, 1], ascending. */
export const nodes: Float64Array = Float64Array.from([
  ...distances.toReversed().map((distance) => (1 - distance) / 2),
  ...distances.map((distance) => (1 + distance) / 2),
]);

/** Their weights, of sum 1: exact for polynomials up to degree 31. */
export const weights: Float64Array = Float64Array.from([
  ...halfWeights.toReversed().map((weight) => weight / 2),
  ...halfWeights.map((weight) => weight / 2),
]);
