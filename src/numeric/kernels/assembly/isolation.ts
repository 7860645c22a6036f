// See Kernels.addPathLengths.
export function addPathLengths(
  rows: usize,
  columns: i32,
  count: i32,
  nodes: usize,
  lengths: usize,
  trees: i32,
  height: i32,
  sums: usize,
): void {
  const rowBytes = (<usize>columns) << 3;
  const leaves = (<usize>1) << height;
  const end = sums + ((<usize>count) << 3);
  for (let tree = 0; tree < trees; tree++) {
    // The leaves of a tree are the nodes from `leaves` on.
    const leaf = lengths - (leaves << 3);
    let x0 = rows;
    // A step waits for three loads in turn: eight rows at once keep the processor busy meanwhile.
    for (let sum = sums; sum < end; sum += 64) {
      const x1 = x0 + rowBytes;
      const x2 = x1 + rowBytes;
      const x3 = x2 + rowBytes;
      const x4 = x3 + rowBytes;
      const x5 = x4 + rowBytes;
      const x6 = x5 + rowBytes;
      const x7 = x6 + rowBytes;
      let n0: usize = 1;
      let n1: usize = 1;
      let n2: usize = 1;
      let n3: usize = 1;
      let n4: usize = 1;
      let n5: usize = 1;
      let n6: usize = 1;
      let n7: usize = 1;
      for (let level = 0; level < height; level++) {
        n0 = step(nodes, n0, x0);
        n1 = step(nodes, n1, x1);
        n2 = step(nodes, n2, x2);
        n3 = step(nodes, n3, x3);
        n4 = step(nodes, n4, x4);
        n5 = step(nodes, n5, x5);
        n6 = step(nodes, n6, x6);
        n7 = step(nodes, n7, x7);
      }
      add(sum, leaf + (n0 << 3));
      add(sum + 8, leaf + (n1 << 3));
      add(sum + 16, leaf + (n2 << 3));
      add(sum + 24, leaf + (n3 << 3));
      add(sum + 32, leaf + (n4 << 3));
      add(sum + 40, leaf + (n5 << 3));
      add(sum + 48, leaf + (n6 << 3));
      add(sum + 56, leaf + (n7 << 3));
      x0 = x7 + rowBytes;
    }
    nodes += leaves << 4;
    lengths += leaves << 3;
  }
}

/** The child of a node on the side where a row lies. */
function step(nodes: usize, node: usize, row: usize): usize {
  const at = nodes + (node << 4);
  return (node << 1) + <usize>(load<f64>(row + load<u32>(at, 8)) >= load<f64>(at));
}

function add(sum: usize, length: usize): void {
  store<f64>(sum, load<f64>(sum) + load<f64>(length));
}
