export { diffAudience } from "./diff-audience.ts";
export type { Audience, AudienceDiff, AudienceMember, ChangedMember } from "./diff-audience.ts";
export { toCsv } from "./to-csv.ts";
export type { CsvCell, CsvRow } from "./to-csv.ts";
