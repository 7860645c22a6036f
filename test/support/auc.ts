/**
 * The area under the ROC curve: the chance that a random positive has a higher score than a random negative, ties counting
 * half.
 *
 * @param scores - one per row, higher = more positive.
 * @param positive - 1 for a positive row, 0 for a negative; both must occur.
 */
export function areaUnderRoc(scores: ArrayLike<number>, positive: ArrayLike<number>): number {
  const order = Array.from({ length: scores.length }, (_, row) => row).sort((a, b) => scores[a] - scores[b]);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    let inRun = 0;
    for (let i = from; i < to; i++) if (positive[order[i]] === 1) inRun++;
    positives += inRun;
    rankSum += (inRun * (from + 1 + to)) / 2; // the mean of the run's ranks
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (scores.length - positives));
}
