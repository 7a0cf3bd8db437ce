const NUMBERS = new Intl.NumberFormat("en-US");

/** A number for people: `1,234`. */
export function numberText(quantity: number): string {
  return NUMBERS.format(quantity);
}

/** How many there are of something: `1 event`, `2 events`. */
export function countText(quantity: number, one: string, many = `${one}s`): string {
  return `${numberText(quantity)} ${quantity === 1 ? one : many}`;
}
