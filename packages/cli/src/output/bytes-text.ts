const UNITS = ["kB", "MB", "GB", "TB", "PB"] as const;
const NUMBERS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** A size for people, in powers of a thousand: `4.1 kB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const power = Math.min(UNITS.length, Math.floor(Math.log10(bytes) / 3));
  return `${NUMBERS.format(bytes / 1_000 ** power)} ${UNITS[power - 1]}`;
}
