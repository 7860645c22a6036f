// What can be wrong with the service itself, as opposed to a request: the service then does not start, or stops taking commands.

/** Why the service cannot go on; the list is closed. */
export type FailureCode =
  | "damaged-journal" // a line other than the last one cannot be read
  | "missing-journal" // lines between the newest readable snapshot and the journal are not there
  | "settings-differ" // settings that stored state depends on are not those it was made with
  | "folder-in-use" // another process works in the folder
  | "write-failed" // the disk took no more: nothing is acknowledged from here on
  | "command-failed" // a command could not be applied, which is a bug: nothing is acknowledged from here on
  | "closed"; // the service is shutting down

/** A failure of the service; the message names files and positions, never what stands in them. */
export class ServiceFailure extends Error {
  override readonly name: string = "ServiceFailure";

  constructor(
    readonly code: FailureCode,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}
