import type { CompletenessKey } from "@eventfold/projections";
import { printSourceIdentifier } from "@eventfold/types";

interface CompletenessNumber {
  readonly name: string;
  readonly projectorVersion: number;
  readonly upTo: number;
}

/** Up to which number the projections of each projector over each source are complete: there are few of them. */
export class CompletenessNumbers {
  #numbers: ReadonlyMap<string, CompletenessNumber>;

  /** Begins with a copy of another one's numbers. */
  constructor(from?: CompletenessNumbers) {
    this.#numbers = from === undefined ? new Map() : from.#numbers;
  }

  /** 0 where nothing is known. */
  upTo(key: CompletenessKey): number {
    return this.#numbers.get(textOf(key))?.upTo ?? 0;
  }

  set({ name, projectorVersion, source }: CompletenessKey, upTo: number): void {
    const key = textOf({ name, projectorVersion, source });
    this.#numbers = new Map(this.#numbers).set(key, { name, projectorVersion, upTo });
  }

  /** Lets no number of a projector be higher; 0 forgets them. Without a version it is about all of the name. */
  lower(
    { name, projectorVersion }: { readonly name: string; readonly projectorVersion: number | undefined },
    to: number,
  ): void {
    const isMeant = (number: CompletenessNumber): boolean =>
      number.name === name && (projectorVersion ?? number.projectorVersion) === number.projectorVersion;
    const numbers = [...this.#numbers].map(([key, number]): [string, CompletenessNumber] =>
      isMeant(number) ? [key, { ...number, upTo: Math.min(number.upTo, to) }] : [key, number],
    );
    this.#numbers = new Map(numbers);
  }

  takeOver(changed: CompletenessNumbers): void {
    this.#numbers = changed.#numbers;
  }
}

function textOf({ name, projectorVersion, source }: CompletenessKey): string {
  return JSON.stringify([name, projectorVersion, printSourceIdentifier(source)]);
}
