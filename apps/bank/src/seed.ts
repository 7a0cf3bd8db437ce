import type { OpenStorage } from "@eventfold/databases";
import type { Bank } from "./bank.ts";

/** Fills an empty bank. */
export async function seed(_storage: OpenStorage, _bank: Bank): Promise<void> {}
