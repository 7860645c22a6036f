/**
 * Reads CSV exactly as RFC 4180 writes it, and refuses what a lenient reader would forgive: bare quotes, line ends other
 * than CRLF, ragged rows. For tests of files that the project writes.
 *
 * @param text - a header line and records, each ended by CRLF.
 * @returns one object per record; every cell is text.
 */
export function parseStrictCsv(text: string): Record<string, string>[] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const records: string[][] = [[]];
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) throw new Error(`not RFC 4180 at character ${at}`);
    records[records.length - 1].push(match[1]?.replaceAll('""', '"') ?? match[2]);
    if (match[3] === "\r\n") records.push([]);
  }
  if (records.pop()?.length !== 0) throw new Error("the last record is not ended");
  const [header, ...rows] = records;
  return rows.map((row, r) => {
    if (row.length !== header.length) throw new Error(`record ${r} has ${row.length} cells, not ${header.length}`);
    return Object.fromEntries(header.map((name, c) => [name, row[c]]));
  });
}
