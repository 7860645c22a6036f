/** Distances as the definition has them: a double, compared with ≤. */
export function distanceOf(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, x, j) => sum + (x - b[j]) ** 2, 0));
}

/** Before, equal or after in lexicographic order. */
function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((x, j) => x !== b[j]);
  return at < 0 ? 0 : a[at] - b[at];
}

/** DBSCAN written down as it is defined, quadratic: groups numbered by discovery, border points with their nearest core. */
export function dbscanByDefinition(
  points: readonly (readonly number[])[],
  epsilon: number,
  minPoints: number,
): { groups: number[]; core: number[] } {
  const isNear = (a: readonly number[], b: readonly number[]): boolean => distanceOf(a, b) <= epsilon;
  const core = points.map((point) => Number(points.filter((other) => isNear(point, other)).length >= minPoints));
  const groups = points.map(() => -1);
  let count = 0;
  points.forEach((_, i) => {
    if (core[i] === 0 || groups[i] >= 0) return;
    const waiting = [i];
    groups[i] = count;
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      points.forEach((point, k) => {
        if (core[k] === 0 || groups[k] >= 0 || !isNear(points[at], point)) return;
        groups[k] = count;
        waiting.push(k);
      });
    }
    count++;
  });
  const cores = [...points.keys()].filter((i) => core[i] === 1);
  points.forEach((point, i) => {
    if (core[i] === 1) return;
    const inReach = cores.filter((k) => isNear(point, points[k]));
    const square = (k: number): number => point.reduce((sum, x, j) => sum + (x - points[k][j]) ** 2, 0);
    inReach.sort((a, b) => square(a) - square(b) || compare(points[a], points[b]));
    if (inReach.length > 0) groups[i] = groups[inReach[0]];
  });
  return { groups, core };
}

/** Groups numbered by first appearance, so that two namings of the same groups are equal; −1 stays. */
export function byAppearance(groups: ArrayLike<number>): number[] {
  const numbers = new Map<number, number>();
  return Array.from(groups, (group) => {
    if (group < 0) return group;
    if (!numbers.has(group)) numbers.set(group, numbers.size);
    return numbers.get(group) as number;
  });
}
