/**
 * Leaves out the library's own categories, which begin with `$`: "%" is the next character. A range, for LIKE would look
 * at every character.
 */
export const IS_NO_OWN_CATEGORY = "(category < '$' OR category >= '%')";
