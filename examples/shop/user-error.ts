/** Something the person can put right: printed as one sentence, exit code 2, no stack trace. */
export class UserError extends Error {}
