/** The most clauses a query may have, counting every filter, `and`, `or` and `not`. */
export const MAX_CLAUSES = 500;

/** How deep clauses may nest: a filter on its own is 1 deep. */
export const MAX_CLAUSE_DEPTH = 100;

/** How deep a value in a clause may nest, the limit that stored JSON has too. */
export const MAX_VALUE_DEPTH = 500;

/** The most segments a path may have. */
export const MAX_PATH_SEGMENTS = 100;

/** The highest index of an array that a path may name: PostgreSQL counts in 32 bits. */
export const MAX_ARRAY_INDEX = 2_147_483_647;

/** The most fields a query may sort by. */
export const MAX_SORTS = 32;

/** The most arguments a function may take. */
export const MAX_FUNCTION_ARGUMENTS = 16;

/** The most items a page may have. */
export const MAX_PAGE_SIZE = 1000;

/** The size of the page when a search names none. */
export const DEFAULT_PAGE_SIZE = 100;

/** The most UTF-16 units a regular expression may have. */
export const MAX_REGEX_LENGTH = 1000;

/** How deep groups of a regular expression may nest. */
export const MAX_REGEX_DEPTH = 50;

/** The highest count of a repetition: PostgreSQL's `{n,m}` goes no further. */
export const MAX_REGEX_REPEAT = 255;

/** The most characters and anchors that a regular expression may have once its counted repetitions are written out. */
export const MAX_REGEX_SIZE = 1000;

/**
 * The most that a regular expression may cost a database: PostgreSQL takes less than a tenth of a second for the most
 * expensive. A character costs about 8, and more where many kinds of characters meet, or much that can be left out.
 */
export const MAX_REGEX_COST = 20_000;
