/** A soft problem: something a careful reader of the result should know, with a stable code to branch on. */
export interface Note {
  /** Stable, kebab-case. */
  readonly code: string;
  /** One sentence; names features and counts, never a customer. */
  readonly message: string;
}
