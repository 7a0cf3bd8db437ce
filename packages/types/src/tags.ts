/** The most tags that an event may have. */
export const TAG_LIMIT = 100;

/** The tags of an event without tags: one list for all of them. */
export const NO_TAGS: readonly string[] = Object.freeze([]);
