// What the beginning of a file tells, in Node and in a browser.
import { UserError } from "./user-error.ts";

/** Refuses what is no CSV by how its text begins. */
export function refuseOtherFormats(path: string, head: string): void {
  const start = head.trimStart();
  if (start === "") throw new UserError(`${path} is empty.`);
  if (start.startsWith("<")) throw new UserError(`${path} is a web page or XML, not CSV.`);
  if (start.startsWith("{")) throw new UserError(`${path} is JSON, not CSV.`);
  if (head.includes("\0")) throw notText(path);
}

/** The complaint about a file that is no text. */
export function notText(path: string): UserError {
  return new UserError(`${path} is not a text file: a spreadsheet or an archive must be exported as CSV first.`);
}

/** The delimiter that occurs most often in the first line, outside quotes. */
export function delimiterOf(head: string): string {
  const line = head
    .trimStart()
    .replace(/"(?:[^"]|"")*"/g, "")
    .split(/[\r\n]/, 1)[0];
  const count = (delimiter: string): number => line.split(delimiter).length;
  return [",", ";", "\t", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
}
