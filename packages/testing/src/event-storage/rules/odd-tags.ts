/** Tags that careless code mixes up or takes apart. Each is another tag than all the others. */
export const ODD_TAGS: readonly string[] = [
  ...["a", "A", "a ", " a", "aa", "a,b", "a, b", "b", "{a}", "{a,b}", "{}", "{", "}", ",", '"a"', '"', '""', "'", "''"],
  ...["NULL", "null", "undefined", "true", "0", "-1", "1e3", "\\", "\\\\", '\\"', "\\u0061", "\\0", "%", "_", "*", "?"],
  ...["a:1", "a:10", "a:", ":", "a/b", "a|b", "[a]", '["a"]', "$1", "${b", "--", "/*", "; drop table events", "$own"],
  ...["é", "e\u0301", "ß", "ss", "ſ", "K", "\u212a", "İ", "i\u0307", "ﬀ", "ff", "漢", "\u{1f600}", "\u{1f601}"],
  ...["\ufeffa", "a\u200b", "a\u00ad", "\ufffd", "\u00a0", "\u2028", "\ue000", "\u{10ffff}", "\u202ea"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "length"],
  ...["x".repeat(255), "x".repeat(254), "\u{1f600}".repeat(255)],
];
