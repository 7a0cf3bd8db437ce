/** The numbers in an array of integers as the server prints it; none in `null`. */
export function numbersIn(array: string | null): readonly number[] {
  if (array === null || array === "{}") return [];
  return array.slice(1, -1).split(",").map(Number);
}
