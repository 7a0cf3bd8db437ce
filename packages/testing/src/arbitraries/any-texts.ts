import fc from "fast-check";

/** Every character but `\u0000` and lone surrogates. To make fast-check's own unit of this kind would take a second. */
const characters: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 2, arbitrary: fc.integer({ min: 0x1, max: 0x7f }) },
    { weight: 2, arbitrary: fc.integer({ min: 0x80, max: 0xd7ff }) },
    { weight: 1, arbitrary: fc.integer({ min: 0xe000, max: 0x10ffff }) },
  )
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Texts of the given number of characters, of any kind. */
export function anyTexts({ from, to }: { readonly from: number; readonly to: number }): fc.Arbitrary<string> {
  return fc.array(characters, { minLength: from, maxLength: to, size: "max" }).map((text) => text.join(""));
}
