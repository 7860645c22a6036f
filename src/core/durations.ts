/** Milliseconds of a second. */
export const secondMs = 1000;

/** Milliseconds of a minute. */
export const minuteMs = 60_000;

/** Milliseconds of an hour. */
export const hourMs = 3_600_000;

/** Milliseconds of a day without a clock change. */
export const dayMs = 86_400_000;

/** The last instant that ECMAScript dates reach, in epoch milliseconds; the first one is as far before 1970. */
export const lastInstant = 8.64e15;
