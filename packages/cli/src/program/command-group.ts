/** Commands whose names begin with the same word, such as `parked`. */
export interface CommandGroup {
  readonly name: string;
  /** One line, as the summary of a command. */
  readonly summary: string;
}
