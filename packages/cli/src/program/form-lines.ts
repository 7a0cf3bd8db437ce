/** Forms of writing something, and what each means, in two columns. */
export function formLines(forms: readonly (readonly [form: string, meaning: string])[]): readonly string[] {
  const width = Math.max(...forms.map(([form]) => form.length));
  return forms.map(([form, meaning]) => `  ${form.padEnd(width)}  ${meaning}`);
}
